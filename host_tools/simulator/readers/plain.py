"""A reader that only sends: a text and how it ends."""

from __future__ import annotations

from enum import Enum

from host_tools.simulator.readers.line import Gate, LineReader


class Ending(Enum):
    """How the reader lets the terminal know that the text is complete."""

    CR = b"\r"
    LF = b"\n"
    CRLF = b"\r\n"
    NONE = b""
    FRAME = b"\x03"  # GM861 with length framing


def framed(data: bytes) -> bytes:
    """A code as a GM861 sends it with length framing."""
    return b"\x03" + len(data).to_bytes(2, "big") + data


class PlainReader(LineReader):
    ACKNOWLEDGEMENT = b"\x06"

    def __init__(self, gate: Gate, uart: int, baud: int, ending: Ending = Ending.CR) -> None:
        super().__init__(gate, uart, baud)
        self.ending = ending

    def output(self, data: bytes) -> bytes:
        return framed(data) if self.ending is Ending.FRAME else data + self.ending.value
