"""Whether a step brought what the story expects: judged by what the hardware saw, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from host_tools.simulator.record import Note, Pulse
from host_tools.simulator.scenarios import audit, signals
from host_tools.simulator.scenarios.language import Step, milliseconds
from host_tools.simulator.scenarios.stage import Stage
from host_tools.simulator.scenarios.timeline import Place

_TOLERANCE_MS = 20  # of a pulse: the loop looks every 10 ms
_LANGUAGES = ("zh", "zh_advice", "en", "en_advice")


@dataclass(frozen=True)
class Problem:
    """what: a word of `expect`, or what nobody expected."""

    what: str
    expected: str
    seen: str


class Watch:
    """Made before a step; asked for its problems when it has settled."""

    def __init__(self, stage: Stage, step: Step) -> None:
        self.stage = stage
        self.step = step
        self.lane = stage.lane(step)
        self.relay = stage.turnstile.relay_of(stage.reader(step))
        self.record = stage.turnstile.record
        self.place = Place.of(self.record, stage.now_us)
        self._open_before = stage.turnstile.open(self.relay)
        self._drawn = self._version()
        self._audited = audit.count(stage) if "audit" in step.expect else 0
        self.event_us = stage.now_us

    def problems(self, event_us: int) -> list[Problem]:
        """event_us: when what the step tells happened."""
        self.event_us = event_us
        found = []
        for word, expected in self.step.expect.items():
            wanted, seen = _JUDGES[word](self, expected)
            if wanted != seen:
                found.append(Problem(word, _text(wanted), _text(seen)))
        return [*found, *self._unasked()]

    def _unasked(self) -> list[Problem]:
        """What no story may pass over."""
        found = []
        if not self.step.expect.keys() & {"fault"}:
            for note in self._events("fault", every_lane=True):
                seen = f"{note.fields.get('where')}: {note.fields.get('error')}"
                found.append(Problem("a fault", "none", seen))
        for relay in range(len(self.stage.board.relays)):
            if not self._allows(relay) and self._pulses(relay):
                found.append(Problem(f"relay {relay + 1}", "shut: nothing opens it", "it opened"))
        return found

    def _allows(self, relay: int) -> bool:
        """Whether the step says that this relay opens; a fire opens all."""
        expect, subject = self.step.expect, self.step.subject
        opens = (
            expect.get("relay") in ("opens", "open")
            or expect.get("verdict") == "granted"
            or "opened for" in expect
        )
        return opens and (relay == self.relay or subject == "fire" or expect.get("lane") == "fire")

    # What was seen

    def _events(self, kind: str, every_lane: bool = False) -> list[Note]:
        notes = self.record.events(kind, self.place.notes)
        if every_lane:
            return notes
        return [note for note in notes if note.fields.get("lane", self.lane) == self.lane]

    def _pulses(self, relay: int) -> list[Pulse]:
        return self.stage.turnstile.pulses(self.place.at_us, relay)

    def _decision(self, field: str) -> Any:
        decisions = self._events("decision")
        return decisions[-1].fields.get(field) if decisions else None

    def _state(self, field: str) -> Any:
        """Of the lane, at the end: as it last said."""
        said = [n for n in self.record.events("lane") if n.fields.get("lane") == self.lane]
        starts = self.record.events("start")
        if not said or (starts and starts[-1].at_us > said[-1].at_us):
            return {"state": "idle", "alarm": None}[field]
        return said[-1].fields[field]

    def _version(self) -> int | None:
        display = self.stage.turnstile.equipment.panels.display
        return None if display is None else display.version

    # Judges: a word of the grammar and what is expected -> (what is wanted, what was seen)

    def verdict(self, expected: str) -> tuple[Any, Any]:
        return expected, self._decision("verdict") or "none"

    def field(self, name: str) -> Callable[[Any], tuple[Any, Any]]:
        return lambda expected: (expected, self._decision(name))

    def relay_does(self, expected: str) -> tuple[Any, Any]:
        opened = bool(self._pulses(self.relay))
        if expected in ("opens", "stays shut"):
            shut = "was open already" if self._open_before else "stays shut"
            return expected, "opens" if opened else shut
        return expected, "open" if self.stage.turnstile.open(self.relay) else "shut"

    def opened_for(self, expected: str) -> tuple[Any, Any]:
        wanted = milliseconds(expected)
        lengths = [pulse.length_us for pulse in self._last_pulses()]
        seen = [None if length is None else length / 1000 for length in lengths]
        if len(seen) == 1 and seen[0] is not None and abs(seen[0] - wanted) <= _TOLERANCE_MS:
            return expected, expected
        words = ["still open" if ms is None else f"{ms:.0f} ms" for ms in seen]
        return expected, ", ".join(words) or "it did not open"

    def _last_pulses(self) -> list[Pulse]:
        """Those that ended in this step, or began in it."""
        return [
            pulse
            for pulse in self.stage.turnstile.pulses(0, self.relay)
            if pulse.off_us is None or pulse.off_us >= self.place.at_us
        ]

    def within(self, expected: str) -> tuple[Any, Any]:
        pulses = self.stage.turnstile.pulses(self.event_us, self.relay)
        if not pulses:
            return f"open after {expected}", "it did not open"
        took_ms = (pulses[0].on_us - self.event_us) / 1000
        late = took_ms > milliseconds(expected)
        return expected, f"{took_ms:.1f} ms" if late else expected

    def state(self, expected: str) -> tuple[Any, Any]:
        return expected, self._state("state")

    def alarm(self, expected: str) -> tuple[Any, Any]:
        return expected, self._state("alarm") or "none"

    def passage(self, expected: str) -> tuple[Any, Any]:
        names = {"passage": "completed", "annulled": "annulled"}
        seen = [
            names[note.event]
            for note in self.record.notes[self.place.notes :]
            if note.event in names and note.fields.get("lane", self.lane) == self.lane
        ]
        return expected, seen[-1] if seen else "none"

    def lamp(self, expected: str) -> tuple[Any, Any]:
        shown = self.record.events("display", self.place.notes)
        since = shown[-1].at_us if shown else self.event_us
        return expected, signals.lamp(self.record, self.stage.board, since, self.stage.now_us)

    def buzzer(self, expected: str) -> tuple[Any, Any]:
        return expected, signals.buzzer(
            self.record, self.stage.board, self.event_us, self.stage.now_us
        )

    def display(self, expected: str | list[str]) -> tuple[Any, Any]:
        shown = self._events("display")
        lines = [note.fields.get(key, "") for note in shown for key in _LANGUAGES]
        missing = [word for word in _several(expected) if not any(word in line for line in lines)]
        if missing:
            return missing, [note.fields.get("en", "") for note in shown] or "nothing new"
        drawn = self._drawn is None or self._drawn != self._version()
        return "drawn on the panel", "drawn on the panel" if drawn else "the panel was not drawn"

    def says(self, expected: str | list[str]) -> tuple[Any, Any]:
        events = [note.event for note in self.record.notes[self.place.notes :] if note.event]
        return _in_order(_several(expected), events)

    def says_nothing_of(self, expected: str | list[str]) -> tuple[Any, Any]:
        events = {note.event for note in self.record.notes[self.place.notes :]}
        said = sorted(events & set(_several(expected)))
        return "not said", f"{', '.join(said)}" if said else "not said"

    def audited(self, expected: str | list[str]) -> tuple[Any, Any]:
        return _in_order(_several(expected), audit.kinds(self.stage, self._audited))

    def reset(self, expected: str) -> tuple[Any, Any]:
        starts = self._events("start", every_lane=True)
        return expected, starts[-1].fields.get("reset") if starts else "none"

    def reader(self, expected: str) -> tuple[Any, Any]:
        number = self.stage.reader(self.step)
        said = [n for n in self.record.events("reader") if n.fields.get("reader") == number]
        return expected, said[-1].fields["state"] if said else "starting"

    def clock(self, expected: str) -> tuple[Any, Any]:
        starts = self.record.events("start")
        unix = starts[-1].fields.get("unix") if starts else None
        return expected, "untrusted" if unix is None else "trusted"

    def version(self, expected: int) -> tuple[Any, Any]:
        installed = [
            note.fields.get("version")
            for note in self._events("update", every_lane=True)
            if note.fields.get("verdict") == "installed"
        ]
        return expected, installed[-1] if installed else "none installed"

    def fault(self, expected: str) -> tuple[Any, Any]:
        seen = [n.fields.get("where") for n in self._events("fault", every_lane=True)]
        return expected, expected if seen and set(seen) == {expected} else seen or "none"


_JUDGES: dict[str, Callable[[Watch, Any], tuple[Any, Any]]] = {
    "verdict": Watch.verdict,
    "reason": lambda watch, expected: watch.field("reason")(expected),
    "rule": lambda watch, expected: watch.field("rule")(expected),
    "relay": Watch.relay_does,
    "opened for": Watch.opened_for,
    "within": Watch.within,
    "lane": Watch.state,
    "alarm": Watch.alarm,
    "passage": Watch.passage,
    "lamp": Watch.lamp,
    "buzzer": Watch.buzzer,
    "display": Watch.display,
    "says": Watch.says,
    "says nothing of": Watch.says_nothing_of,
    "audit": Watch.audited,
    "reset": Watch.reset,
    "reader": Watch.reader,
    "clock": Watch.clock,
    "version": Watch.version,
    "fault": Watch.fault,
}


def _several(words: str | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else words


def _in_order(wanted: Sequence[str], seen: Sequence[str]) -> tuple[Any, Any]:
    rest = iter(seen)
    if all(word in rest for word in wanted):
        return list(wanted), list(wanted)
    return list(wanted), list(seen) or "nothing"


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
