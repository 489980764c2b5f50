"""The keys of a log: a segment's, those of later ones, and what a person is called on a day."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from host_tools.audit.layout import SEAL, SUBJECT
from host_tools.problems import Failure

_SIZE = 77
DAY = 86400


@dataclass
class LogKey:
    """The keys as they were for the segment `number`; older ones cannot be had from them."""

    id: bytes
    number: int
    seal_key: bytes
    subject_key: bytes
    _at: int = -1
    _now: bytes = b""

    def seals_from(self, number: int, key_id: bytes) -> bool:
        """Whether the seals of a segment can be checked with it."""
        return key_id == self.id and number >= self.number

    def seal(self, number: int, chain: bytes) -> bytes:
        """The seal of a record of a segment, by the chain with it."""
        if not self.number <= self._at <= number:
            self._at, self._now = self.number, self.seal_key
        while self._at < number:
            self._now = hashlib.sha256(b"audit next" + self._now).digest()
            self._at += 1
        return hmac.digest(self._now, chain, "sha256")[:SEAL]

    def subject(self, replay_key: bytes, unix: int | None, start: int) -> bytes:
        """What the log calls a person: on a day (UTC), or in one run when no day was known."""
        when = (
            b"\xff" * 4 + start.to_bytes(4, "big")
            if unix is None
            else (unix // DAY).to_bytes(4, "big")
        )
        return hmac.digest(self.subject_key, when + replay_key, "sha256")[:SUBJECT]


def read(path: Path) -> LogKey:
    """The key in a file `audit.key`."""
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE + 1)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    right = len(data) == _SIZE and data[0] == 1
    if not right or hashlib.sha256(data[:-4]).digest()[:4] != data[-4:]:
        raise Failure(f"{path}: is not a log's key (audit.key, {_SIZE} bytes), or is damaged")
    return LogKey(data[1:5], int.from_bytes(data[5:9], "big"), data[9:41], data[41:73])
