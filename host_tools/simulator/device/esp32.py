"""`esp32.NVS`: keys and values in flash, which count once they are committed.

They lie in one file beside the terminal's folder, replaced as a whole.
"""

import json
import os

_FILE = ".nvs.json"
_MAX_NAME = 15  # characters of a key and of a namespace
_MAX_BLOB = 4000
_ERRORS = {
    "ESP_ERR_NVS_NOT_FOUND": 0x1102,
    "ESP_ERR_NVS_KEY_TOO_LONG": 0x1109,
    "ESP_ERR_NVS_INVALID_LENGTH": 0x110C,
    "ESP_ERR_NVS_VALUE_TOO_LONG": 0x110E,
}


def _refuse(name):
    raise OSError(-_ERRORS[name], name)


def _stored():
    try:
        with open(_FILE) as file:
            return json.load(file)
    except OSError:
        return {}


class NVS:
    def __init__(self, namespace):
        self._check(namespace)
        self._namespace = namespace
        self._changes = {}  # key -> value, or None: erased

    def _check(self, name):
        if not 0 < len(name) <= _MAX_NAME:
            _refuse("ESP_ERR_NVS_KEY_TOO_LONG")

    def _get(self, key, kind):
        self._check(key)
        if key in self._changes:
            value = self._changes[key]
        else:
            value = _stored().get(self._namespace, {}).get(key)
        if not isinstance(value, kind):
            _refuse("ESP_ERR_NVS_NOT_FOUND")
        return value

    def get_i32(self, key):
        return self._get(key, int)

    def set_i32(self, key, value):
        self._check(key)
        if not -(1 << 31) <= value < 1 << 31:
            raise OverflowError("overflow converting long int to machine word")
        self._changes[key] = value

    def get_blob(self, key, buffer):
        data = bytes.fromhex(self._get(key, str))
        if len(data) > len(buffer):
            _refuse("ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(data)] = data
        return len(data)

    def set_blob(self, key, value):
        self._check(key)
        if len(value) > _MAX_BLOB:
            _refuse("ESP_ERR_NVS_VALUE_TOO_LONG")
        self._changes[key] = bytes(value).hex()

    def erase_key(self, key):
        self._check(key)
        if key not in self._changes and key not in _stored().get(self._namespace, {}):
            _refuse("ESP_ERR_NVS_NOT_FOUND")
        self._changes[key] = None

    def commit(self):
        everything = _stored()
        values = everything.get(self._namespace, {})
        values.update(self._changes)
        everything[self._namespace] = {k: v for k, v in values.items() if v is not None}
        with open(_FILE + ".new", "w") as file:
            json.dump(everything, file)
        os.rename(_FILE + ".new", _FILE)
        self._changes = {}
