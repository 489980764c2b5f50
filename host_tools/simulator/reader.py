"""A simulated QR reader: sends what it scanned over a serial line, byte by byte, at its speed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from host_tools.simulator.gate import SimulatedGate

BITS_PER_BYTE = 10  # start bit, eight data bits, stop bit


class Ending(Enum):
    """How the reader lets the terminal know that the text is complete."""

    CR = b"\r"
    LF = b"\n"
    CRLF = b"\r\n"
    NONE = b""
    FRAME = b"\x03"  # GM861 with length framing


class SimulatedReader:
    """Hangs on one UART of a gate."""

    def __init__(
        self, gate: SimulatedGate, uart: int, baud: int, ending: Ending = Ending.CR
    ) -> None:
        self._gate = gate
        self._uart = uart
        self.baud = baud
        self.ending = ending
        self._free_us = 0  # when the line has sent what it was given

    def scan(self, text: str | bytes, at_us: int | None = None) -> int:
        """See a code now, or at a time; gives when its last byte arrives, in microseconds."""
        data = text if isinstance(text, bytes) else text.encode()
        if self.ending is Ending.FRAME:
            return self.send(b"\x03" + len(data).to_bytes(2, "big") + data, at_us)
        return self.send(data + self.ending.value, at_us)

    def send(self, data: bytes, at_us: int | None = None) -> int:
        """Put bytes on the line as they are; gives when the last one arrives."""
        start = max(self._gate.clock.now() if at_us is None else at_us, self._free_us)
        arrives = start
        for index, byte in enumerate(data):
            arrives = start + (index + 1) * BITS_PER_BYTE * 1_000_000 // self.baud
            self._gate.at(arrives, self._arrival(byte))
        self._free_us = arrives
        return arrives

    def _arrival(self, byte: int) -> Callable[[], None]:
        return lambda: self._gate.receive(self._uart, bytes([byte]), self.baud)
