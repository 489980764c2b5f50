"""A simulated GROW GM65/GM861: zones, frames with a CRC, printed set-up codes."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

from host_tools.simulator.readers.line import Gate, LineReader
from host_tools.simulator.readers.plain import framed

MODE, SET_UP_CODES, SAME_CODE, BAUD, OUTPUT = 0x0000, 0x0003, 0x0013, 0x002A, 0x0060
VERSION, COMMAND = 0x00E2, 0x00D9
TRIGGER = 0x0002

MANUAL, ON_COMMAND, CONTINUOUS, SENSOR = range(4)
LOCKED = 0x02
GAP_US = 400_000  # a longer one within a frame, and the frame is forgotten
RESTART_US = 250_000
CLOCK_HZ = 3_000_000  # baud = CLOCK_HZ / divisor
NOT_CHECKED = b"\xab\xcd"

FACTORY = {
    MODE: 0xD4,  # light, sound, aim; read by hand
    TRIGGER: 0x00,
    SET_UP_CODES: 0x01,
    0x0005: 0x0A,
    0x0006: 0x32,
    0x000D: 0x00,
    SAME_CODE: 0x85,  # the same code again after 5 s
    BAUD: 0x39,  # 9,600, little-endian
    BAUD + 1: 0x01,
    OUTPUT: 0x01,  # text, then CR
    VERSION: 0x87,
}
READ_ONLY = (VERSION,)


def crc(data: bytes) -> bytes:
    return binascii.crc_hqx(data, 0).to_bytes(2, "big")


def reply(data: bytes, kind: int = 2) -> bytes:
    body = bytes([0, len(data)]) + data
    return bytes([kind, 0]) + body + crc(body)


@dataclass
class Stubborn:
    """How a firmware of this family differs from the manual."""

    refused: dict[int, int] = field(default_factory=dict)  # zone -> the value it keeps
    missing: set[int] = field(default_factory=set)  # zones that it does not answer for
    heartbeat: bool = True
    saves: bool = True
    new_speed_after_restart: bool = False


class Gm65Reader(LineReader):
    ACKNOWLEDGEMENT = reply(b"\x00")

    def __init__(self, gate: Gate, uart: int, baud: int = 9600) -> None:
        super().__init__(gate, uart, baud)
        self.stubborn = Stubborn()
        self.saved = dict(FACTORY)
        if baud != 9600:
            self._put(self.saved, BAUD, (CLOCK_HZ // baud).to_bytes(2, "little"))
        self.zones = dict(self.saved)
        self.writes = 0  # of its flash
        self._pending = b""
        self._heard_us = 0
        self._ready_us = 0  # when it has started
        self._triggered = False
        self._last: tuple[bytes, int] = (b"", -(10**9))  # what it saw, and when

    # Power and speed

    def reset(self) -> None:
        """Start anew with the settings of the factory."""
        self.saved = dict(FACTORY)
        self.restart()

    def restart(self) -> None:
        """Power off and on: what was not saved is gone."""
        self.zones = dict(self.saved)
        self._pending = b""
        self._triggered = False
        self._ready_us = self._gate.clock.now() + RESTART_US
        self._take_speed()

    def _take_speed(self) -> None:
        divisor = int.from_bytes(self._get(BAUD, 2), "little")
        self.baud = {0x139: 9600, 52: 57600, 26: 115200}.get(divisor, CLOCK_HZ // max(1, divisor))

    # Sees

    def sees(self, data: bytes, at_us: int) -> bool:
        if at_us < self._ready_us:
            return False
        mode = self.zones[MODE] & 3
        if mode in (MANUAL, ON_COMMAND) and not self._triggered:
            return False
        delay = self.zones[SAME_CODE]
        last, seen_us = self._last
        if data == last and delay & 0x80 and at_us - seen_us < (delay & 0x7F) * 1_000_000:
            return False
        self._last = data, at_us
        self._triggered = False
        return True

    def output(self, data: bytes) -> bytes:
        return framed(data) if self.zones[OUTPUT] == 0x81 else data + b"\r"

    def show_set_up_code(self, zone: int, value: int) -> bool:
        """Hold a printed set-up code before it; whether that has reprogrammed it, for good."""
        if self.zones[SET_UP_CODES] == LOCKED:
            return False
        self.zones[zone] = self.saved[zone] = value
        if zone in (BAUD, BAUD + 1):
            self._take_speed()
        return True

    # Hears

    def hear(self, data: bytes, at_us: int) -> None:
        if at_us < self._ready_us:
            return
        if at_us - self._heard_us > GAP_US:
            self._pending = b""
        self._heard_us = at_us
        self._pending += data
        while (start := self._pending.find(b"\x7e\x00")) >= 0:
            self._pending = self._pending[start:]
            if len(self._pending) < 4:
                return
            count = self._pending[3] if self._pending[2] != 7 else 1
            size = 6 + count + 2
            if len(self._pending) < size:
                return
            frame, self._pending = self._pending[:size], self._pending[size:]
            if frame[-2:] in (NOT_CHECKED, crc(frame[2:-2])):
                self._obey(frame[2], int.from_bytes(frame[4:6], "big"), frame[6:-2])

    def _obey(self, kind: int, zone: int, data: bytes) -> None:
        if zone in self.stubborn.missing:
            return
        if kind == 7:
            self.answer(reply(self._get(zone, data[0] or 256)))
        elif kind == 8:
            self.answer(reply(b"\x00"))
            self._write(zone, data)
        elif kind == 9:
            if self.stubborn.saves:
                self.saved = dict(self.zones)
                self.writes += 1
                self.answer(reply(b"\x00"))
        elif kind == 0x0A and self.stubborn.heartbeat:
            self.answer(reply(b"\x00", kind=3))

    def _write(self, zone: int, data: bytes) -> None:
        if zone == COMMAND:
            if data == b"\x50":
                self.reset()
            return
        if zone == TRIGGER and data == b"\x01":
            self._triggered = True
        self._put(self.zones, zone, data)
        for kept, value in self.stubborn.refused.items():
            self.zones[kept] = value
        if zone in (BAUD, BAUD + 1) and not self.stubborn.new_speed_after_restart:
            # Once the acknowledgement has left, at the old speed.
            wait = self.faults.late_ms * 1000 + 10 * 10_000_000 // self.baud
            self._gate.at(self._gate.clock.now() + wait, self._take_speed)

    def _get(self, zone: int, count: int) -> bytes:
        return bytes(self.zones.get(zone + i, 0) for i in range(count))

    @staticmethod
    def _put(zones: dict[int, int], zone: int, data: bytes) -> None:
        for place, value in enumerate(data, zone):
            if place not in READ_ONLY:
                zones[place] = value
