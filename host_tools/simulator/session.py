"""A gate that runs on, and answers whoever comes to its door with a code (see `door`)."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from host_tools.simulator import door
from host_tools.simulator.record import Note
from host_tools.simulator.turnstile import ANSWER_MS, Outcome, Presentation, Turnstile
from host_tools.simulator.words import milliseconds, told

BURNING = "the gate stands open and reads nothing: fire; end it with: gatectl scan --fire off"
_HISTORY = 12  # outcomes kept for the view


class Session:
    """Call `step` again and again; everything else says what has happened so far."""

    def __init__(self, turnstile: Turnstile, entrance: door.Door) -> None:
        self.turnstile = turnstile
        self.outcomes: list[Outcome] = []
        self._entrance = entrance
        self._asked: tuple[socket.socket, Presentation] | None = None
        self._updating: tuple[socket.socket, int] | None = None
        self._noted = 0
        self._size = 0

    def opening(self) -> list[str]:
        """What a person needs to know at the start."""
        start = self.start
        state = f"problem: {start['problem']}" if start.get("problem") else "ready"
        return [
            f"gate {start['gate']} on {self.turnstile.board.title}; site {start['site']}, "
            f"bundle version {start['version']}, {start['issuers']} issuers; {state}",
            "show it a code from another terminal with: gatectl scan CODE|FILE.png",
        ]

    @property
    def start(self) -> dict[str, Any]:
        """The firmware's own description of itself."""
        return self.turnstile.record.events("start")[0].fields

    def step(self, duration_ms: float) -> bool:
        """Let time pass and serve the door; says whether anything has happened."""
        self.turnstile.wait_ms(duration_ms)
        self._serve()
        record = self.turnstile.record
        before, self._size = self._size, len(record.notes) + len(record.changes)
        return before != self._size

    def new_notes(self) -> list[Note]:
        """Log lines since the last call."""
        notes = self.turnstile.record.notes[self._noted :]
        self._noted += len(notes)
        return notes

    def _serve(self) -> None:
        if self._asked is not None:
            connection, presentation = self._asked
            late_us = presentation.last_byte_us + ANSWER_MS * 1000
            if presentation.complete:
                outcome = presentation.outcome()
                self.outcomes = [*self.outcomes, outcome][-_HISTORY:]
                door.answer(connection, answer_of(outcome))
            elif self.turnstile.gate.clock.now() > late_us:
                door.answer(connection, {"error": "the gate gave no answer"})
            else:
                return
            self._asked = None
        if self._updating is not None:
            connection, noted = self._updating
            said = self.turnstile.record.events("update", noted)
            if not said:
                return  # the gate takes it when nobody is passing
            door.answer(connection, said[0].fields)
            self._updating = None
        arrived = self._entrance.request()
        if arrived is not None:
            self._take(*arrived)

    def _take(self, connection: socket.socket, request: dict[str, Any]) -> None:
        try:
            if "update" in request:
                self.turnstile.drop(Path(request["update"]).read_bytes())
                self._updating = connection, len(self.turnstile.record.notes)
            elif "fire" in request:
                self.turnstile.fire(bool(request["fire"]))
                state = "on" if request["fire"] else "off"
                door.answer(connection, {"text": f"the fire contact is {state}"})
            else:
                code = bytes.fromhex(request["code"])
                if self.turnstile.burning:
                    door.answer(connection, {"error": BURNING})
                    return
                self._asked = connection, self.turnstile.show(code)
        except (KeyError, TypeError, ValueError, OSError):
            door.answer(connection, {"error": "the request makes no sense to the gate"})


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as `gatectl scan` gets it. Times in ms; those of the relay after the last byte."""
    pulse = outcome.pulse
    decision = outcome.decision
    return {
        "granted": outcome.granted,
        "reason": outcome.reason,
        "stage": decision.get("stage"),
        "format": decision.get("format"),
        "issuer": decision.get("issuer"),
        "rule": decision.get("rule"),
        "zh": told(outcome.texts, "zh"),
        "en": told(outcome.texts, "en"),
        "latency_ms": outcome.latency_us / 1000,
        "relay_on_ms": milliseconds(pulse.on_us - outcome.last_byte_us if pulse else None),
        "relay_ms": milliseconds(pulse.length_us if pulse else None),
    }
