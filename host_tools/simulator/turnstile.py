"""A simulated turnstile: a gate with all that its board's profile has, and a site.

Tests, scenarios, the demo and `gatectl sim` all show their codes and walk through here. Readers and
lanes are counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.boards.profile import Output, Profile
from host_tools.simulator.contacts import Contacts
from host_tools.simulator.equipment import Equipment
from host_tools.simulator.gate import EPOCH_2000, NOON, GateError, SimulatedGate
from host_tools.simulator.readers import Ending, LineReader
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

    def __init__(self, turnstile: Turnstile, reader: int) -> None:
        self._turnstile = turnstile
        self._relay = turnstile.relay_of(reader)
        self._lane = turnstile.lane_of(reader)
        self._record = turnstile.record
        self._first_note = len(self._record.notes)
        self._since_us = turnstile.gate.clock.now()
        self.last_byte_us = self._since_us

    def _decision(self) -> Note | None:
        return next(iter(self._said("decision")), None)

    def _said(self, event: str) -> list[Note]:
        """Log lines since then, of this lane."""
        notes = self._record.events(event, self._first_note)
        return [note for note in notes if note.fields.get("lane", self._lane) == self._lane]

    @property
    def answered(self) -> bool:
        """Whether the firmware has decided and said so."""
        return self._decision() is not None and self._shown() is not None

    @property
    def complete(self) -> bool:
        return self.answered and not self._turnstile.open(self._relay)

    def _shown(self) -> Note | None:
        displays = self._said("display")
        return next((d for d in displays if d.fields["show"] in ("granted", "refused")), None)

    def outcome(self) -> Outcome:
        """What became of it, once it has been answered."""
        decision, shown = self._decision(), self._shown()
        assert decision is not None
        granted = decision.fields["verdict"] == "granted"
        pulses = self._turnstile.pulses(self._since_us, self._relay)
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
        gates: Sequence[str] = (),
        ending: Ending = Ending.CR,
        baud: int | None = None,
        **gate: Any,
    ) -> None:
        """folder: the terminal's file system. gates: ids, one a reader, where `gate_id` is not that
        of all. ending, baud: of plain readers. gate: options of SimulatedGate."""
        prepare(folder, board, gates=gates or [gate_id], bundle=bundle, root=root)
        self.board = board
        gate.setdefault("unix", NOON)
        gate.setdefault("inputs", quiet_inputs(board))
        gate.setdefault("floating", resting_outputs(board))
        self.gate = SimulatedGate(folder, **gate)
        self.equipment = Equipment(self.gate, board, ending, baud)
        self.readers = self.equipment.readers
        self.contacts = Contacts(self.gate, board)

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

    @property
    def reader(self) -> LineReader:
        """The first one."""
        return self.readers[0]

    # What the hardware shows

    def relay_of(self, reader: int) -> int:
        """The relay that a reader's codes open."""
        for lane in self.board.lanes:
            if reader in lane.readers:
                return lane.relays[min(lane.readers.index(reader), len(lane.relays) - 1)]
        raise LookupError(f"reader {reader} belongs to no lane")

    def lane_of(self, reader: int) -> int:
        return next(n for n, lane in enumerate(self.board.lanes) if reader in lane.readers)

    @property
    def relay_open(self) -> bool:
        """Whether the first relay lets pass."""
        return self.open(0)

    def open(self, relay: int) -> bool:
        wired = self.board.relays[relay]
        return self.record.levels.get(wired.pin) == wired.active

    def pulses(self, since_us: int = 0, relay: int = 0) -> list[Pulse]:
        """Every opening of a relay that began at since_us or later."""
        wired = self.board.relays[relay]
        return self.record.pulses(wired.pin, 1 - wired.active, since_us)

    def lit(self, lamp: Output | None) -> bool:
        """Whether one of the board's lamps (or its buzzer) is on."""
        return lamp is not None and self.record.levels.get(lamp.pin) == lamp.active

    @property
    def burning(self) -> bool:
        """Whether the display says that there is a fire."""
        return bool(self.record.events("display")[-1].fields["show"] == "fire")

    # Codes

    def show(self, code: str | bytes, reader: int = 0) -> Presentation:
        """Hold a code before a reader; it is on its way to the gate when this returns."""
        presentation = Presentation(self, reader)
        presentation.last_byte_us = self.readers[reader].scan(code)
        return presentation

    def present(self, code: str | bytes, reader: int = 0) -> Outcome:
        """Show a code and wait until it has been answered and the relay is shut."""
        return self.settle(self.show(code, reader))

    def show_raw(self, data: bytes, reader: int = 0) -> Presentation:
        """Let a reader send bytes as they are."""
        presentation = Presentation(self, reader)
        presentation.last_byte_us = self.readers[reader].send(data)
        return presentation

    def send(self, data: bytes) -> Outcome:
        """Let the first reader send bytes as they are, and wait for the answer."""
        return self.settle(self.show_raw(data))

    def settle(
        self, presentation: Presentation, tick: Callable[[], None] = lambda: None
    ) -> Outcome:
        """Wait until a code has been answered and the relay is shut; tick: called meanwhile."""
        wait_us = presentation.last_byte_us - self.gate.clock.now() + ANSWER_MS * 1000
        complete = changed(self.record, lambda: presentation.complete)

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

    # Contacts

    def fire(self, on: bool) -> None:
        """The fire contact, from now on."""
        self.contacts.switch("fire", on)

    def tamper(self, on: bool) -> None:
        """The box is opened, or shut."""
        self.contacts.switch("tamper", on)

    def lock(self, on: bool) -> None:
        """The key that locks the lanes."""
        self.contacts.switch("lock", on)

    def maintenance(self, on: bool) -> None:
        """The technician's key."""
        self.contacts.switch("maintenance", on)

    def passage(self, on: bool, lane: int = 0) -> None:
        """The beam, or the rotation contact."""
        self.contacts.switch("passage", on, lane)

    def door(self, on: bool, lane: int = 0) -> None:
        """The contact of the leaf; on: it stands open."""
        self.contacts.switch("door", on, lane)

    def request_to_exit(self, lane: int = 0, for_ms: int = 200) -> int:
        """Somebody presses the button; gives when it is let go, in microseconds."""
        return self.contacts.press("request-to-exit", lane, for_ms)

    def walk_through(self, lane: int = 0) -> int:
        """Somebody goes through, as the sensors see it; gives when that is over. Nothing waits."""
        return self.contacts.walk_through(lane)

    # Power and time

    def power_off(self) -> None:
        self.gate.power_off()
        self.equipment.power(False)

    def power_on(self, *, unix: int = EPOCH_2000, memory: bool = False) -> None:
        """unix: what the chip's own clock shows; memory: whether the RTC's is still whole."""
        self.equipment.power(True)
        self.gate.power_on(unix=unix, memory=memory)

    def wait_ms(self, duration_ms: float) -> None:
        self.gate.run_ms(duration_ms)


def changed(record: Record, condition: Callable[[], bool]) -> Callable[[], bool]:
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
