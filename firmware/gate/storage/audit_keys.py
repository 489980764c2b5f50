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
        self._sealing = None
        self._naming = None

    def load(self, number):
        """Take the stored keys; if there are none, or damaged ones, make new ones, which are for
        the segment `number`. Gives None, "missing" or "damaged". Raises OSError."""
        self._sealing = self._naming = None
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
            self._sealing = None

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
        if self._sealing is None:
            self._sealing = _Hmac(self._seal)
        return self._sealing.of(chain, SEAL)

    def subject(self, replay_key, unix, boot):
        """What the log calls a person on one day (UTC); if that is not known, during one run."""
        when = _UNKNOWN + boot.to_bytes(4, "big") if unix is None else _day(unix)
        if self._naming is None:
            self._naming = _Hmac(self._subject)
        return self._naming.of(when + replay_key, SUBJECT)


def _day(unix):
    return (unix // 86400).to_bytes(4, "big")


def _check(data):
    return hashlib.sha256(data).digest()[:4]


class _Hmac:
    """HMAC-SHA-256 (RFC 2104) with a key of 32 bytes; MicroPython has none."""

    def __init__(self, key):
        self._inner = bytearray(b"\x36" * 64)
        self._outer = bytearray(b"\x5c" * 64)
        for i in range(32):
            self._inner[i] ^= key[i]
            self._outer[i] ^= key[i]

    def of(self, message, size):
        inner = hashlib.sha256(self._inner)
        inner.update(message)
        outer = hashlib.sha256(self._outer)
        outer.update(inner.digest())
        return outer.digest()[:size]
