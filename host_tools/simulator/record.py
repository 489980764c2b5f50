"""What the simulated hardware saw: every pin change, byte sent and log line, with its time.

Tests, the demo and `sim` all judge the gate by this record and by nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """A pin was driven to a level; the first change of a pin is when it was first driven."""

    at_us: int
    pin: int
    level: int


@dataclass(frozen=True)
class Note:
    """A line that the firmware printed; fields: its content, if it is a line of the JSON log."""

    at_us: int
    text: str
    fields: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, at_us: int, text: str) -> Note:
        try:
            fields = json.loads(text) if text.startswith("{") else {}
        except ValueError:
            fields = {}
        return cls(at_us, text, fields)

    @property
    def event(self) -> str:
        """The kind of log line: start, decision, display, fault, fire_on, fire_off; or nothing."""
        return str(self.fields.get("event", ""))


@dataclass(frozen=True)
class Sent:
    """Bytes that the firmware wrote to a UART."""

    at_us: int
    uart: int
    data: bytes


@dataclass(frozen=True)
class Tone:
    """A pin was given a frequency; duty of 65535, 0: silent."""

    at_us: int
    pin: int
    hz: int
    duty: int


@dataclass(frozen=True)
class Burst:
    """Bits for WS2812 lamps at a pin."""

    at_us: int
    pin: int
    data: bytes


@dataclass(frozen=True)
class Reset:
    """The chip started again, and its outputs floated; cause: as machine.reset_cause() will say."""

    at_us: int
    cause: int


@dataclass(frozen=True)
class Pulse:
    """A time during which a pin was away from its resting level; off_us None: it still is."""

    on_us: int
    off_us: int | None

    @property
    def length_us(self) -> int | None:
        return None if self.off_us is None else self.off_us - self.on_us


@dataclass
class Record:
    """Grows while the gate runs; nothing is ever taken out."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    tones: list[Tone] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    feeds: list[int] = field(default_factory=list)  # us: when the watchdog was fed
    resets: list[Reset] = field(default_factory=list)
    levels: dict[int, int] = field(default_factory=dict)  # driven pins as they are now

    def drive(self, at_us: int, pin: int, level: int) -> None:
        """A pin is driven; only a change of its level is written down."""
        if self.levels.get(pin) != level:
            self.levels[pin] = level
            self.changes.append(Change(at_us, pin, level))

    def release(self, at_us: int, pin: int, level: int) -> None:
        """A pin is driven no longer: what hangs on it sees the level that its wiring gives."""
        if self.levels.pop(pin, level) != level:
            self.changes.append(Change(at_us, pin, level))

    def pulses(self, pin: int, rest: int, since_us: int = 0) -> list[Pulse]:
        """When the pin left its resting level and came back, from since_us on."""
        pulses: list[Pulse] = []
        began: int | None = None
        for change in self.changes:
            if change.pin != pin:
                continue
            if change.level != rest:
                began = change.at_us
            elif began is not None:
                pulses.append(Pulse(began, change.at_us))
                began = None
        if began is not None:
            pulses.append(Pulse(began, None))
        return [pulse for pulse in pulses if pulse.on_us >= since_us]

    def events(self, kind: str, after: int = 0) -> list[Note]:
        """The log lines of one kind among the notes from number `after` on."""
        return [note for note in self.notes[after:] if note.event == kind]
