"""What hangs on a simulated chip's buses and lines, and how long a transfer to it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

_SECOND_US = 1_000_000


class BusTimeout(Exception):
    """A device holds the clock line; raised by a device, ETIMEDOUT for the program."""


class I2CDevice(Protocol):
    def write(self, data: bytes) -> bool:
        """Take what was written, the register first; says whether it was acknowledged."""

    def read(self, count: int) -> bytes:
        """Give what is read, from where the last write pointed."""


class SPIDevice(Protocol):
    def write(self, data: bytes, levels: Mapping[int, int]) -> bytes | None:
        """Hear what is clocked out; levels: pins driven now (chip select, data or command).
        Gives what it answers meanwhile, as many bytes; None when it is not selected or mute."""


class PixelDevice(Protocol):
    def write(self, data: bytes) -> None:
        """Take one burst of bits."""


class UARTDevice(Protocol):
    def write(self, data: bytes) -> None:
        """Be sent bytes from now on; the line's speed says when they have come."""


class Buses:
    """By bus, address or pin; a transfer gives the answer's words and how long it took, in us."""

    def __init__(self) -> None:
        self.i2c: dict[tuple[int, int], I2CDevice] = {}
        self.spi: dict[int, list[SPIDevice]] = {}
        self.pixels: dict[int, PixelDevice] = {}
        self.uarts: dict[int, UARTDevice] = {}

    def i2c_transfer(
        self, bus: int, hz: int, address: int, out: str, count: int
    ) -> tuple[str, int]:
        """out: what is written before the reading, in hex, "-" nothing but the address, "." no
        write at all."""
        data = None if out == "." else bytes.fromhex(out.strip("-"))
        device = self.i2c.get((bus, address))
        byte_us = 9 * _SECOND_US / hz  # eight bits and the acknowledgement
        if device is None:
            return "nak", round(byte_us)
        took = round(byte_us * sum((0 if data is None else 1 + len(data), count and 1 + count)))
        try:
            if data is not None and not device.write(data):
                return "nak", took
            answer = device.read(count) if count else b""
        except BusTimeout:
            return "timeout", took
        if len(answer) != count:
            raise ValueError(f"I2C device {address:#x} gave {len(answer)} bytes, not {count}")
        return f"ok {answer.hex() or '-'}", took

    def spi_transfer(
        self, bus: int, hz: int, data: bytes, levels: Mapping[int, int], wanted: bool
    ) -> tuple[str, int]:
        heard = b"\xff" * len(data)  # the line rests high
        for device in self.spi.get(bus, []):
            answer = device.write(data, levels)
            if answer is not None:
                heard = answer[: len(data)].ljust(len(data), b"\xff")
        took = round(len(data) * 8 * _SECOND_US / hz)
        return f"ok {heard.hex() if wanted and data else '-'}", took
