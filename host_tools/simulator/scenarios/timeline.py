"""What the hardware saw, in words: a gate's record with the names that its board's profile has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from host_tools.boards.profile import Output, Profile
from host_tools.simulator.record import Note, Record

_CAUSES = {1: "power on", 2: "the program asked for it", 3: "watchdog"}
_TOO_MUCH = ("zh_advice", "en_advice", "kid", "trace")  # fields of log lines that are left out


@dataclass(frozen=True)
class Entry:
    """Microseconds since the start, who, and what happened."""

    at_us: int
    who: str
    what: str


@dataclass(frozen=True)
class Place:
    """How far a record had grown at some moment."""

    at_us: int
    changes: int
    notes: int
    tones: int
    bursts: int
    resets: int

    @classmethod
    def of(cls, record: Record, at_us: int) -> Place:
        return cls(
            at_us, len(record.changes), len(record.notes), len(record.tones), len(record.bursts),
            len(record.resets),
        )  # fmt: skip


def since(record: Record, board: Profile, place: Place) -> list[Entry]:
    """Everything after a place, in order."""
    names = _names(board)
    found = []
    for change in record.changes[place.changes :]:
        name, on, off, active = names.get(change.pin, (f"pin {change.pin}", "high", "low", 1))
        found.append(Entry(change.at_us, name, on if change.level == active else off))
    for tone in record.tones[place.tones :]:
        found.append(Entry(tone.at_us, "buzzer", f"{tone.hz} Hz" if tone.duty else "silent"))
    for burst in record.bursts[place.bursts :]:
        found.append(Entry(burst.at_us, "lamp", f"pixels {burst.data[:3].hex()}..."))
    for reset in record.resets[place.resets :]:
        cause = _CAUSES.get(reset.cause, str(reset.cause))
        found.append(Entry(reset.at_us, "chip", f"starts again: {cause}"))
    for note in record.notes[place.notes :]:
        found.append(Entry(note.at_us, "log", said(note)))
    return sorted(found, key=lambda entry: entry.at_us)


def said(note: Note) -> str:
    """A log line, short."""
    if not note.event:
        return note.text
    fields = {
        name: value
        for name, value in note.fields.items()
        if value is not None and name not in _TOO_MUCH and name != "event"
    }
    values = ", ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in fields.items()
    )
    return f"{note.event}: {values}" if values else note.event


def _names(board: Profile) -> Mapping[int, tuple[str, str, str, int]]:
    """pin -> name, word for its active level, for the other, the active level."""
    many = len(board.relays) > 1
    found = {
        relay.pin: (f"relay {number}" if many else "relay", "open", "shut", relay.active)
        for number, relay in enumerate(board.relays, 1)
    }
    outputs: list[tuple[str, Output | None]] = [
        ("green lamp", board.green),
        ("red lamp", board.red),
        ("buzzer", board.buzzer),
    ]
    for name, output in outputs:
        if output is not None:
            found[output.pin] = (name, "on", "off", output.active)
    return found
