"""What all simulated readers have: a serial line that takes its time, and faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

BITS_PER_BYTE = 10  # start bit, eight data bits, stop bit


class Clock(Protocol):
    def now(self) -> int: ...


class Gate(Protocol):
    """What a reader needs of the simulated gate."""

    @property
    def clock(self) -> Clock: ...
    @property
    def bauds(self) -> dict[int, int]: ...
    def at(self, time_us: int, stimulus: Callable[[], None]) -> None: ...
    def receive(self, uart: int, data: bytes, baud: int) -> None: ...


@dataclass
class Faults:
    """What is wrong with a reader; may be changed while it runs."""

    dead: bool = False  # it neither sends nor hears
    deaf: bool = False  # it scans, but nothing that it is told arrives
    late_ms: int = 0  # before it answers
    echo: bool = False  # what it is told comes back
    answer_at: int | None = None  # an acknowledgement lies after so many bytes of each scan
    lose_every: int = 0  # every so many bytes that it sends one is lost


class LineReader:
    """A reader on one UART of a gate. Its kind says what it answers and how it sends a code."""

    ACKNOWLEDGEMENT = b""  # what it may mix into a scan

    def __init__(self, gate: Gate, uart: int, baud: int) -> None:
        self._gate = gate
        self._uart = uart
        self.baud = baud
        self.faults = Faults()
        self._free_us = 0  # when the line has sent what it was given
        self._sent = 0  # bytes

    # Sees

    def scan(self, text: str | bytes, at_us: int | None = None) -> int:
        """See a code now, or at a time; gives when its last byte arrives, in microseconds."""
        data = text if isinstance(text, bytes) else text.encode()
        when = self._gate.clock.now() if at_us is None else at_us
        if self.faults.dead or not self.sees(data, when):
            return when
        output = self.output(data)
        if self.faults.answer_at is not None:
            at = self.faults.answer_at
            output = output[:at] + self.ACKNOWLEDGEMENT + output[at:]
        return self.send(output, at_us)

    def sees(self, data: bytes, at_us: int) -> bool:
        """Whether it reads a code that is held before it."""
        return True

    def output(self, data: bytes) -> bytes:
        """What it sends for a code."""
        raise NotImplementedError

    # Hears

    def write(self, data: bytes) -> None:
        """The terminal sends bytes from now on; they are here when the last has come."""
        baud = self._gate.bauds.get(self._uart, self.baud)
        arrives = self._gate.clock.now() + len(data) * BITS_PER_BYTE * 1_000_000 // baud

        def arrived() -> None:
            if self.faults.dead:
                return
            if self.faults.echo:
                self.send(data)
            if not self.faults.deaf and baud == self.baud:  # another speed is noise
                self.hear(data, arrives)

        self._gate.at(arrives, arrived)

    def hear(self, data: bytes, at_us: int) -> None:
        """Bytes have arrived."""

    # Sends

    def answer(self, data: bytes, after_us: int = 0) -> None:
        """Send an answer, later if that is its fault."""
        wait = after_us + self.faults.late_ms * 1000
        self._gate.at(self._gate.clock.now() + wait, lambda: self._answer_now(data))

    def _answer_now(self, data: bytes) -> None:
        if not self.faults.dead:
            self.send(data)

    def send(self, data: bytes, at_us: int | None = None) -> int:
        """Put bytes on the line as they are; gives when the last one arrives."""
        start = max(self._gate.clock.now() if at_us is None else at_us, self._free_us)
        arrives = start
        for index, byte in enumerate(data):
            arrives = start + (index + 1) * BITS_PER_BYTE * 1_000_000 // self.baud
            self._sent += 1
            if self.faults.lose_every and self._sent % self.faults.lose_every == 0:
                continue
            self._gate.at(arrives, self._arrival(byte))
        self._free_us = arrives
        return arrives

    def _arrival(self, byte: int) -> Callable[[], None]:
        baud = self.baud
        return lambda: self._gate.receive(self._uart, bytes([byte]), baud)

    def babble(self, data: bytes, duration_ms: int) -> int:
        """Send the same again and again, as a burst each time; gives when it ends."""
        now = max(self._gate.clock.now(), self._free_us)
        until = now + duration_ms * 1000
        length = len(data) * BITS_PER_BYTE * 1_000_000 // self.baud
        while now < until:
            now += length
            self._gate.at(now, lambda: self._gate.receive(self._uart, data, self.baud))
        self._free_us = now
        return now

    def restart(self) -> None:
        """Power off and on: what it has saved still holds."""

    def reset(self) -> None:
        """Start anew with the settings of the factory, as a brown-out may leave it."""
