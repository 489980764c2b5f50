"""A simulated turnstile: a gate on a board's pins with its reader, relay and lamp, and a site.

Tests, the demo and `gatectl sim` all show their codes here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.boards.profile import Output, Profile
from host_tools.simulator.gate import NOON, GateError, SimulatedGate
from host_tools.simulator.readers import Ending, PlainReader
from host_tools.simulator.record import Note, Pulse, Record
from host_tools.simulator.storage import drop_bundle, prepare, quiet_inputs, resting_outputs

START_MS = 10_000
ANSWER_MS = 10_000  # after the last byte


@dataclass(frozen=True)
class Outcome:
    """What became of one code, as the hardware saw it. Times in microseconds since power on."""

    granted: bool
    reason: str | None  # why not
    decision: dict[str, Any]  # the firmware's log line
    texts: dict[str, Any]  # what the display showed
    last_byte_us: int
    answered_us: int  # the relay opened, or the refusal was shown
    pulse: Pulse | None  # of the relay

    @property
    def latency_us(self) -> int:
        return self.answered_us - self.last_byte_us


class Presentation:
    """A code that is being shown; complete when it has been answered and the relay is shut."""

    def __init__(self, turnstile: Turnstile, last_byte_us: int) -> None:
        self._turnstile = turnstile
        self._record = turnstile.record
        self._first_note = len(self._record.notes)
        self._since_us = turnstile.gate.clock.now()
        self.last_byte_us = last_byte_us

    def _decision(self) -> Note | None:
        return next(iter(self._record.events("decision", self._first_note)), None)

    @property
    def answered(self) -> bool:
        """Whether the firmware has decided and said so."""
        return self._decision() is not None and self._shown() is not None

    @property
    def complete(self) -> bool:
        return self.answered and not self._turnstile.relay_open

    def _shown(self) -> Note | None:
        displays = self._record.events("display", self._first_note)
        return next((d for d in displays if d.fields["show"] in ("granted", "refused")), None)

    def outcome(self) -> Outcome:
        """What became of it, once it has been answered."""
        decision, shown = self._decision(), self._shown()
        assert decision is not None
        granted = decision.fields["verdict"] == "granted"
        pulses = self._turnstile.pulses(self._since_us)
        pulse = pulses[0] if pulses else None
        answered_us = (shown or decision).at_us
        if granted and pulse:
            answered_us = pulse.on_us
        return Outcome(
            granted=granted,
            reason=decision.fields["reason"],
            decision=decision.fields,
            texts=shown.fields if shown else {},
            last_byte_us=self.last_byte_us,
            answered_us=answered_us,
            pulse=pulse,
        )


class Turnstile:
    """Use as a context manager: powers on at entry, off at exit."""

    def __init__(
        self,
        folder: Path,
        board: Profile,
        *,
        bundle: bytes | None,
        root: bytes | None,
        gate_id: str = "A-1",
        ending: Ending = Ending.CR,
        baud: int | None = None,
        **gate: Any,
    ) -> None:
        """folder: the terminal's file system. gate: options of SimulatedGate."""
        prepare(folder, board, gate=gate_id, bundle=bundle, root=root)
        self.board = board
        gate.setdefault("unix", NOON)
        gate.setdefault("inputs", quiet_inputs(board))
        gate.setdefault("floating", resting_outputs(board))
        self.gate = SimulatedGate(folder, **gate)
        reader = board.readers[0]
        self.reader = PlainReader(self.gate, reader.uart, baud or reader.baud, ending)
        self._relay = board.relays[0]

    def __enter__(self) -> Turnstile:
        self.gate.__enter__()
        try:
            ready = lambda: bool(self.record.events("display"))  # noqa: E731
            if not self.gate.run_ms(START_MS, ready):
                raise GateError("the firmware shows no sign of life")
        except BaseException:
            self.gate.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.__exit__()

    @property
    def record(self) -> Record:
        return self.gate.record

    # What the hardware shows

    @property
    def relay_open(self) -> bool:
        return self.record.levels.get(self._relay.pin) == self._relay.active

    def pulses(self, since_us: int = 0) -> list[Pulse]:
        """Every opening of the relay that began at since_us or later."""
        return self.record.pulses(self._relay.pin, 1 - self._relay.active, since_us)

    def lit(self, lamp: Output | None) -> bool:
        """Whether one of the board's lamps (or its buzzer) is on."""
        return lamp is not None and self.record.levels.get(lamp.pin) == lamp.active

    @property
    def burning(self) -> bool:
        """Whether the display says that there is a fire."""
        return bool(self.record.events("display")[-1].fields["show"] == "fire")

    # What happens to it

    def show(self, code: str | bytes) -> Presentation:
        """Hold a code before the reader; it is on its way to the gate when this returns."""
        presentation = Presentation(self, 0)
        presentation.last_byte_us = self.reader.scan(code)
        return presentation

    def present(self, code: str | bytes) -> Outcome:
        """Show a code and wait until it has been answered and the relay is shut."""
        return self.settle(self.show(code))

    def show_raw(self, data: bytes) -> Presentation:
        """Let the reader send bytes as they are."""
        presentation = Presentation(self, 0)
        presentation.last_byte_us = self.reader.send(data)
        return presentation

    def send(self, data: bytes) -> Outcome:
        """Let the reader send bytes as they are, and wait for the answer."""
        return self.settle(self.show_raw(data))

    def settle(
        self, presentation: Presentation, tick: Callable[[], None] = lambda: None
    ) -> Outcome:
        """Wait until a code has been answered and the relay is shut; tick: called meanwhile."""
        wait_us = presentation.last_byte_us - self.gate.clock.now() + ANSWER_MS * 1000
        complete = _changed(self.record, lambda: presentation.complete)

        def until() -> bool:
            tick()
            return complete()

        if not self.gate.run(wait_us, until):
            said = self.record.notes[-1].text
            raise GateError(f"the gate gave no answer in {ANSWER_MS} ms; it said last: {said}")
        return presentation.outcome()

    def drop(self, bundle: bytes) -> None:
        """A technician puts a bundle or an update into the terminal's folder."""
        drop_bundle(self.gate.folder, bundle)

    def fire(self, burning: bool) -> None:
        """The fire contact, from now on."""
        fire = self.board.fire
        assert fire is not None, f"{self.board.name} has no fire input"
        self.gate.set_input(fire.pin, fire.active if burning else 1 - fire.active)

    def wait_ms(self, duration_ms: float) -> None:
        self.gate.run_ms(duration_ms)


def _changed(record: Record, condition: Callable[[], bool]) -> Callable[[], bool]:
    """The condition, looked at only when the record has grown."""
    seen = -1

    def check() -> bool:
        nonlocal seen
        size = len(record.notes) + len(record.changes)
        if size == seen:
            return False
        seen = size
        return condition()

    return check
