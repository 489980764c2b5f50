"""One simulated gate: the firmware's process, its clock, its serial lines and its pins.

The simulator owns time. The device computes until it says `wait`; then the stimuli that are due
happen, and it is answered when bytes or inputs have changed or when its time is up.
"""

from __future__ import annotations

import heapq
import itertools
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from host_tools.simulator.clock import Clock, VirtualClock
from host_tools.simulator.process import Process
from host_tools.simulator.record import Note, Record, Sent

NOON = (
    1_790_000_000  # 2026-09-21 13:33:20 UTC; the wall clock of virtual runs, unless told otherwise
)
HANG_S = 30.0  # of the computer's time: longer than any computation between two waits


def _block(lines: str) -> bytes:
    """Lines for the device, after their size, so that it reads them in one go."""
    return f"{len(lines):06}\n{lines}".encode()


class GateError(Exception):
    """The firmware's process ended or hangs; the message has what it said last."""


class UartDevice(Protocol):
    def write(self, data: bytes) -> None: ...


class SimulatedGate:
    """Use as a context manager: powers on at entry, off at exit."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        unix: int = NOON,
        inputs: dict[int, int] | None = None,
        **process: Any,
    ) -> None:
        """unix: Unix seconds at power on, by the chip's clock. inputs: levels at power on."""
        self.folder = folder
        self.clock: Clock = clock or VirtualClock()
        self.record = Record()
        self.on_note: Callable[[Note], None] | None = None
        self.bauds: dict[int, int] = {}  # UARTs that the firmware has opened
        self._devices: dict[int, UartDevice] = {}
        self._unix = unix
        self._inputs = dict(inputs or {})
        self._process_options = process
        self._process: Process | None = None
        self._received = bytearray()  # of a line from the device
        self._lines: list[str] = []
        self._waiting = False
        self._deadline: int | None = None
        self._answer: list[str] = []
        self._stimuli: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # Power

    def __enter__(self) -> SimulatedGate:
        self._process = Process(self.folder, **self._process_options)
        inputs = "".join(f"in {pin} {level}\n" for pin, level in self._inputs.items())
        start = f"start {self.clock.kind} {self._unix}\n{inputs}now {self.clock.now()}"
        self._process.wire.sendall(_block(start))
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None

    # Stimuli

    def at(self, time_us: int, stimulus: Callable[[], None]) -> None:
        """Have something happen to the hardware at a time; not in the past."""
        moment = max(time_us, self.clock.now())
        heapq.heappush(self._stimuli, (moment, next(self._order), stimulus))

    def attach_uart(self, uart: int, device: UartDevice) -> None:
        """Hang a device on a serial line: it is told what the firmware sends, as it begins to."""
        self._devices[uart] = device

    def receive(self, uart: int, data: bytes, baud: int) -> None:
        """Bytes arrive on a serial line now; lost while the firmware has not opened it."""
        expected = self.bauds.get(uart)
        if expected is None:
            return
        if expected != baud:
            data = bytes(byte * 7 & 0x7F | 0x80 for byte in data)  # the wrong speed reads as noise
        self._answer.append(f"rx {uart} {data.hex()}")

    def set_input(self, pin: int, level: int) -> None:
        """An input changes its level now."""
        self._answer.append(f"in {pin} {level}")

    # Time

    def run(self, duration_us: int, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass, until the condition holds if one is given; says whether it held."""
        end = self.clock.now() + duration_us
        while True:
            if until is not None and until():
                return True
            self._stimulate()
            now = self.clock.now()
            due = self._deadline is not None and now >= self._deadline
            if self._waiting and (self._answer or due):
                self._reply(now)
            elif self._lines:
                self._hear(self._lines.pop(0))
            elif now >= end and (self._waiting or self.clock.kind == "real"):
                return False
            elif self._waiting:
                self.clock.idle(self._next(end, self._deadline), self._wire)
            else:
                self._listen(end)

    def run_ms(self, duration_ms: float, until: Callable[[], bool] | None = None) -> bool:
        return self.run(round(duration_ms * 1000), until)

    def _next(self, end: int, deadline: int | None) -> int:
        moments = [end]
        if deadline is not None:
            moments.append(deadline)
        if self._stimuli:
            moments.append(self._stimuli[0][0])
        return min(moments)

    def _stimulate(self) -> None:
        while self._stimuli and self._stimuli[0][0] <= self.clock.now():
            heapq.heappop(self._stimuli)[2]()

    # The wire

    @property
    def _wire(self) -> Any:
        assert self._process is not None, "the gate has no power"
        return self._process.wire

    def _reply(self, now: int) -> None:
        self._waiting = False
        self._deadline = None
        answer, self._answer = self._answer, []
        try:
            self._wire.sendall(_block("\n".join([*answer, f"now {now}"])))
        except OSError:
            raise self._failure("the firmware's process ended") from None

    def _listen(self, end: int) -> None:
        """Wait for lines from the device, which computes."""
        timeout = HANG_S
        if self.clock.kind == "real":
            timeout = max(0, self._next(end, None) - self.clock.now()) / 1e6
        if not select.select([self._wire], [], [], timeout)[0]:
            if timeout == HANG_S:
                raise self._failure(f"the firmware neither waits nor ends for {HANG_S:.0f} s")
            return
        data = self._wire.recv(65536)
        if not data:
            raise self._failure("the firmware's process ended")
        self._received += data
        *lines, rest = bytes(self._received).split(b"\n")
        self._received = bytearray(rest)
        self._lines += [line.decode(errors="replace") for line in lines]

    def _hear(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        now = self.clock.now()
        if word == "wait":
            self._waiting = True
            self._deadline = None if rest == "-" else now + int(rest)
        elif word == "pin":
            pin, level = rest.split()
            self.record.drive(now, int(pin), int(level))
        elif word == "note":
            note = Note.of(now, rest)
            self.record.notes.append(note)
            if self.on_note:
                self.on_note(note)
        elif word == "uart":
            uart, baud = rest.split()
            self.bauds[int(uart)] = int(baud)
        elif word == "out":
            uart, data = rest.split()
            self.record.sent.append(Sent(now, int(uart), bytes.fromhex(data)))
            if device := self._devices.get(int(uart)):
                device.write(bytes.fromhex(data))
        elif word == "reset":
            raise self._failure("the firmware asked for a reset")
        else:
            raise self._failure(f"the firmware sent {line!r}, which means nothing")

    def _failure(self, what: str) -> GateError:
        said = "\n".join(note.text for note in self.record.notes[-20:])
        console = self._process.console() if self._process else ""
        return GateError(f"{what}; it said last:\n{said}\n{console}".rstrip())
