"""Records as they stand in a file: byte strings, strictly read, at most so many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from host_tools.audit.layout import HEAD, LINK, MOST, SEAL
from host_tools.problems import Failure


@dataclass(frozen=True)
class Raw:
    """A record's parts, and where it begins in its file."""

    offset: int
    body: bytes
    link: bytes
    seal: bytes


@dataclass(frozen=True)
class Junk:
    """Bytes at the end of a file that are no record."""

    offset: int
    count: int


Reading = Raw | Junk


def read(path: Path, most: int) -> Iterator[Reading]:
    """The records of a file, and what behind them is none. most: bytes that it may have."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            at = 0
            while at < size:
                head = file.read(HEAD)
                whole = len(head) == HEAD and head[0] == 0x58 and 24 <= head[1] <= MOST - HEAD
                content = file.read(head[1]) if whole else b""
                if not whole or len(content) != head[1] or at + HEAD + head[1] > most:
                    yield Junk(at, size - at)
                    return
                end = len(content) - LINK - SEAL
                yield Raw(at, content[:end], content[end:-SEAL], content[-SEAL:])
                at += HEAD + len(content)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
