"""Keys of the audit log: one seals records and is replaced with each segment, one names subjects.

The key of a segment is the hash of the one before, which is then forgotten: who takes the key from
the board cannot make older segments anew. The operator, who kept the first key, can check them all.

    site/audit.key: version 1, id (4), number of the segment (4, big-endian), seal key (32),
                    subject key (32), first 4 bytes of SHA-256 of all that
"""

import errno
import hashlib
import os
from micropython import const

from .audit_format import KEY, SEAL, SUBJECT

_SIZE = const(77)
_UNKNOWN = b"\xff\xff\xff\xff"  # a day that is not known, before the number of the start


class Keys:
    """id: names the pair of keys. number: of the segment that the seal key is for."""

    def __init__(self, folder):
        self._path = folder + KEY
        self.id = b""
        self.number = 0
        self._seal = b""
        self._subject = b""

    def load(self, number):
        """Take the stored keys; if there are none, or damaged ones, make new ones, which are for
        the segment `number`. Gives None, "missing" or "damaged". Raises OSError."""
        wrong = "damaged"
        try:
            with open(self._path, "rb") as file:
                data = file.read(_SIZE + 1)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            data = b""
            wrong = "missing"
        if len(data) == _SIZE and data[0] == 1 and _check(data[:-4]) == data[-4:]:
            self.id = data[1:5]
            self.number = int.from_bytes(data[5:9], "big")
            self._seal = data[9:41]
            self._subject = data[41:73]
            return None
        self.id = os.urandom(4)
        self.number = number
        self._seal = os.urandom(32)
        self._subject = os.urandom(32)
        self._save()
        return wrong

    def advance(self, number):
        """Have the key of a later segment."""
        while self.number < number:
            self._seal = hashlib.sha256(b"audit next" + self._seal).digest()
            self.number += 1

    def keep(self):
        """Store the key that is in use now, in the place of the earlier one. Raises OSError."""
        self._save()

    def _save(self):
        data = b"\x01" + self.id + self.number.to_bytes(4, "big") + self._seal + self._subject
        new = self._path + ".new"
        with open(new, "wb") as file:
            file.write(data + _check(data))
        os.rename(new, self._path)

    def seal(self, chain):
        return _hmac(self._seal, chain)[:SEAL]

    def subject(self, replay_key, unix, boot):
        """What the log calls a person on one day (UTC); if that is not known, during one run."""
        when = _UNKNOWN + boot.to_bytes(4, "big") if unix is None else _day(unix)
        return _hmac(self._subject, when + replay_key)[:SUBJECT]


def _day(unix):
    return (unix // 86400).to_bytes(4, "big")


def _check(data):
    return hashlib.sha256(data).digest()[:4]


def _hmac(key, message):
    """HMAC-SHA-256 (RFC 2104) with a key of 32 bytes; MicroPython has none."""
    inner = bytearray(64)
    outer = bytearray(64)
    for i in range(64):
        byte = key[i] if i < 32 else 0
        inner[i] = byte ^ 0x36
        outer[i] = byte ^ 0x5C
    digest = hashlib.sha256(inner)
    digest.update(message)
    outer_digest = hashlib.sha256(outer)
    outer_digest.update(digest.digest())
    return outer_digest.digest()
