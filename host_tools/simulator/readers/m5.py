"""Simulated readers by M5: Unit QRCode at 115,200 baud, Atomic QRCode at 9,600."""

from __future__ import annotations

from host_tools.simulator.readers.line import Gate, LineReader

KEY, AUTO = 0, 5  # modes of a Unit
DEAF_FOR_GOOD = b"\x32\x76\x01"


class M5UnitReader(LineReader):
    """Three bytes say what. Codes end with silence."""

    ACKNOWLEDGEMENT = b"\x22\x61\x41\x05\x00"

    def __init__(self, gate: Gate, uart: int, baud: int = 115200) -> None:
        super().__init__(gate, uart, baud)
        self.mode = KEY
        self.tells_mode = True  # whether the answer to the probe has it
        self.writes = 0
        self.deaf_for_good = False
        self._decoding = False

    def reset(self) -> None:
        self.mode = KEY

    def sees(self, data: bytes, at_us: int) -> bool:
        return not self.deaf_for_good and (self.mode == AUTO or self._decoding)

    def output(self, data: bytes) -> bytes:
        return data

    def hear(self, data: bytes, at_us: int) -> None:
        if DEAF_FOR_GOOD in data:
            self.deaf_for_good = True
        if self.deaf_for_good:
            return
        if data == b"\x23\x61\x41":
            told = bytes([self.mode, 0]) if self.tells_mode else b""
            self.answer(b"\x24\x61\x41" + told)
        elif data[:3] == b"\x21\x61\x41" and len(data) == 4:
            self.mode = data[3]
            self.writes += 1
            self.answer(b"\x22\x61\x41" + bytes([self.mode, 0]))
        elif data == b"\x32\x75\x01":
            self._decoding = True
        elif data == b"\x32\x75\x02":
            self._decoding = False
            self.answer(b"\x33\x75\x02\x00\x00")


def message(*body: int) -> bytes:
    """A message of the Atomic: what is given, and its checksum."""
    return bytes(body) + (-sum(body) & 0xFFFF).to_bytes(2, "big")


ACK = message(0x04, 0xD0, 0x00, 0x00)
NAK = message(0x05, 0xD1, 0x00, 0x00, 0x02)
HOST = 8
DECODES_US = 5_000_000


class M5AtomicReader(LineReader):
    """Messages with a checksum. In host mode a start is good for one code or five seconds."""

    ACKNOWLEDGEMENT = ACK

    def __init__(self, gate: Gate, uart: int, baud: int = 9600) -> None:
        super().__init__(gate, uart, baud)
        self.mode = 0
        self.writes = 0
        self._until_us = 0

    def reset(self) -> None:
        self.mode = 0
        self._until_us = 0

    def sees(self, data: bytes, at_us: int) -> bool:
        if self.mode != HOST or at_us >= self._until_us:
            return False
        self._until_us = 0
        return True

    def output(self, data: bytes) -> bytes:
        return data

    def hear(self, data: bytes, at_us: int) -> None:
        if data == b"\x00":
            return  # wakes it
        if len(data) < 6 or message(*data[:-2]) != data or data[0] != len(data) - 2:
            self.answer(NAK)
            return
        if data[1] == 0xC6 and data[5] == 0x8A:
            self.mode = data[6]
            self.writes += data[3] == 8
        elif data[1] == 0xE4:
            self._until_us = at_us + DECODES_US
        elif data[1] == 0xE5:
            self._until_us = 0
        self.answer(ACK)
