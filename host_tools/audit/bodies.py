"""What the bodies of headers and records say; what no terminal writes is refused."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import cbor2

from host_tools import times
from host_tools.audit.layout import FIELDS, KINDS, MAX_BYTES, MAX_NAME, MAX_TEXT, VERSION

Value = bool | int | str | bytes
_MOST = 0x3FFFFFFF
_TIMES = 1 << 40  # no time in seconds, or milliseconds since a start, is larger
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class BodyError(ValueError):
    """A body that no terminal writes."""


@dataclass(frozen=True)
class Header:
    """number: of the segment. first: number of its first record. before: the chain up to it.
    oldest: the oldest segment that was kept when it was begun. time: the last one known, or 0."""

    number: int
    first: int
    before: bytes
    oldest: int
    device: str
    key_id: bytes
    start: int
    time: int


@dataclass(frozen=True)
class Record:
    """unix: seconds; None when the clock was not trusted, and then ms counts from the start."""

    number: int
    kind: str
    start: int
    unix: int | None
    ms: int | None
    fields: dict[str, Value]

    @property
    def when(self) -> str:
        if self.unix is not None:
            return times.rfc3339(self.unix)
        return f"start {self.start} + {(self.ms or 0) / 1000:.3f} s"

    def text(self, name: str) -> str:
        """A field as people read it; empty if it is not there."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if name == "verdict" and isinstance(value, bool):
            return "granted" if value else "refused"
        return value.hex() if isinstance(value, bytes) else str(value)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        document: dict[str, Any] = {
            "number": self.number,
            "event": self.kind,
            "start": self.start,
            "time": None if self.unix is None else times.rfc3339(self.unix),
            "ms_since_start": self.ms,
        }
        for name, value in self.fields.items():
            plain = isinstance(value, int | str) and name != "verdict"
            free = name not in document  # else a field of a firmware that is not this one
            document[name if free else f"field_{name}"] = value if plain else self.text(name)
        return document


def header(body: bytes) -> Header:
    items = _items(body)
    kinds = (int, int, int, bytes, int, str, bytes, int, int)
    if len(items) != len(kinds) or any(
        type(item) is not kind for item, kind in zip(items, kinds, strict=True)
    ):
        raise BodyError("not a segment's header")
    version, number, first, before, oldest, device, key_id, start, time = items
    if version != VERSION:
        raise BodyError(f"a header of format {version}, not of {VERSION}")
    small = all(0 <= value <= _MOST for value in (number, first, oldest, start))
    if (
        not small
        or len(before) != 32
        or len(key_id) != 4
        or len(device.encode()) > MAX_NAME
        or not 0 <= time < _TIMES
    ):
        raise BodyError("a segment's header with impossible values")
    return Header(number, first, before, oldest, device, key_id, start, time)


def record(body: bytes) -> Record:
    items = _items(body)
    if len(items) < 4 or len(items) % 2 or len(items) > 23:
        raise BodyError("not a record")
    number, kind, start, time = items[:4]
    if not (_small(number) and _small(start) and type(time) is int and -_TIMES < time < _TIMES):
        raise BodyError("a record with impossible values")
    fields: dict[str, Value] = {}
    for given, value in zip(items[4::2], items[5::2], strict=True):
        name = _name(given, FIELDS)
        if name in fields or not _is_value(value):
            raise BodyError(f"a record with a field {name!r} that is not allowed")
        fields[name] = value
    trusted = time >= 0
    return Record(
        number,
        _name(kind, KINDS),
        start,
        time if trusted else None,
        None if trusted else -1 - time,
        fields,
    )


def _small(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def _name(given: object, table: list[str]) -> str:
    if type(given) is int and 0 <= given < len(table):
        return table[given]
    if isinstance(given, str) and len(given) <= MAX_NAME and _NAME.fullmatch(given):
        return given
    raise BodyError("a record with a name that is none")


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return len(value.encode()) <= MAX_TEXT
    if isinstance(value, bytes):
        return len(value) <= MAX_BYTES
    return isinstance(value, int) and -(1 << 64) <= value < 1 << 64


def _items(body: bytes) -> list[Any]:
    """The items of an array in deterministic encoding, with nothing behind it."""
    stream = io.BytesIO(body)
    try:
        items = cbor2.CBORDecoder(stream).decode()
        scalars = isinstance(items, list) and not any(isinstance(i, list | dict) for i in items)
        whole = scalars and cbor2.dumps(items) == body
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        whole = False
    if not whole:
        raise BodyError("not an array in deterministic CBOR")
    return list(items)
