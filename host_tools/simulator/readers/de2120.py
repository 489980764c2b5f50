"""A simulated SparkFun DE2120: text commands, ACK and NACK."""

from __future__ import annotations

import re

from host_tools.simulator.readers.line import Gate, LineReader

ACK, NACK = b"\x06", b"\x15"
SPEEDS = {
    b"5": 9600,
    b"8": 57600,
    b"9": 115200,
}
VERSION = b"DE2120_V1.0.3"
VERSION_US = 430_000
SWITCH_US = 300_000  # after a change of speed it does not answer yet
COMMAND = re.compile(rb"\^_\^([A-Z0-9]{6}|SCAN|SLEEP)([A-Z0-9]*)\.")


class De2120Reader(LineReader):
    ACKNOWLEDGEMENT = ACK

    def __init__(self, gate: Gate, uart: int, baud: int = 115200) -> None:
        super().__init__(gate, uart, baud)
        self.settings: dict[bytes, bytes] = {b"SCM": b"MAN", b"POR": b"232", b"BEPSUC": b"1"}
        self.commands: list[bytes] = []
        self._pending = b""
        self._ready_us = 0
        self._triggered = False

    def reset(self) -> None:
        """Start anew with the settings of the factory, but for the serial line."""
        self.settings.update({b"SCM": b"MAN", b"BEPSUC": b"1"})
        self.baud = 115200

    def sees(self, data: bytes, at_us: int) -> bool:
        if self.settings[b"POR"] != b"232" or at_us < self._ready_us:
            return False
        return self.settings[b"SCM"] != b"MAN" or self._triggered

    def output(self, data: bytes) -> bytes:
        return data + b"\r"

    def hear(self, data: bytes, at_us: int) -> None:
        if at_us < self._ready_us:
            return
        self._pending = (self._pending + data)[-64:]
        while found := COMMAND.search(self._pending):
            self._pending = self._pending[found.end() :]
            self.commands.append(found[0])
            self._obey(found[1], found[2])

    def _obey(self, name: bytes, argument: bytes) -> None:
        if name.startswith(b"POR"):
            self.settings[b"POR"] = name[3:]
            self.answer(ACK)
        elif self.settings[b"POR"] != b"232":
            return
        elif name == b"DSPYFW":
            self.answer(ACK, VERSION_US)
            self.answer(VERSION + b"\r", VERSION_US + 2000)
        elif name.startswith(b"SCM"):
            self.settings[b"SCM"] = name[3:]
            self.answer(ACK)
        elif name == b"BEPSUC" and argument in (b"0", b"1"):
            self.settings[name] = argument
            self.answer(ACK)
        elif name == b"232BAD" and argument in SPEEDS:
            self.answer(ACK)
            self._gate.at(self._gate.clock.now() + 20_000, lambda: self._switch(SPEEDS[argument]))
        elif name == b"SCAN":
            self._triggered = True
            self.answer(ACK)
        else:
            self.answer(NACK)

    def _switch(self, baud: int) -> None:
        self.baud = baud
        self._ready_us = self._gate.clock.now() + SWITCH_US
