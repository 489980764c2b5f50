"""ST7789 on four-wire SPI: commands after the data sheet (Sitronix, ST7789V 1.6), 16 bits a pixel.

Its memory has 240 columns and 320 rows; a panel shows a part of it, mounted in one of four
directions. Panels of this class show the opposite of a colour unless told to invert.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Mapping

from PIL import Image

from host_tools.simulator.displays.wrong import DisplayError

COLUMNS = 240
ROWS = 320
_MY, _MX, _MV, _BGR = 0x80, 0x40, 0x20, 0x08
# As mounted, in quarter turns -> what the program has to say so that the picture is upright.
_UPRIGHT = (0x00, _MX | _MV, _MX | _MY, _MY | _MV)
_AFTER_RESET_US = 5_000
_AFTER_SLEEP_OUT_US = 5_000
_ARGUMENTS = {0x2A: 4, 0x2B: 4, 0x36: 1, 0x3A: 1}
_PLAIN = (0x01, 0x10, 0x11, 0x13, 0x20, 0x21, 0x28, 0x29)


class SimulatedSt7789:
    """now_us: the time, for what has to be waited for. lit: whether the backlight is on."""

    def __init__(
        self,
        cs: int,
        dc: int,
        width: int = 240,
        height: int = 240,
        x: int = 0,
        y: int = 0,
        rotation: int = 0,
        *,
        now_us: Callable[[], int] | None = None,
        lit: Callable[[], bool] | None = None,
    ) -> None:
        self.width = width
        self.height = height
        self.version = 0
        self._cs = cs
        self._dc = dc
        self._at = (x, y)
        self._mounted = _UPRIGHT[rotation]
        self._now_us = now_us or (lambda: 0)
        self._lit = lit or (lambda: True)
        self.power_on()

    def power_on(self) -> None:
        """As after a reset; the memory holds anything."""
        self.ram = array("H", [0x5AA5]) * (COLUMNS * ROWS)
        self._ready_us: int | None = None
        self._reset()

    def _reset(self) -> None:
        self.on = self.inverted = False
        self.asleep = True
        self._madctl = 0
        self._format = 0x66
        self._columns = (0, COLUMNS - 1)
        self._rows = (0, ROWS - 1)
        self._command: int | None = None
        self._given = bytearray()
        self._column = self._row = 0
        self.version += 1

    # The bus

    def write(self, data: bytes, levels: Mapping[int, int]) -> bytes | None:
        if levels.get(self._cs, 1):
            return None
        if self._dc not in levels:
            raise DisplayError("ST7789: nothing drives the data/command line")
        if levels[self._dc]:
            self._data(data)
        else:
            for byte in data:
                self._begin(byte)
        self.version += 1
        return None

    def _begin(self, command: int) -> None:
        if self._given and self._command is not None and self._command != 0x2C:
            raise DisplayError(f"ST7789: command {self._command:#04x} has too few arguments")
        if self._ready_us is not None and self._now_us() < self._ready_us:
            raise DisplayError(f"ST7789: command {command:#04x} too soon after the one before")
        self._ready_us = None
        self._command, self._given = command, bytearray()
        if command in _PLAIN:
            self._do(command)
        elif command == 0x2C:
            self._column, self._row = self._columns[0], self._rows[0]
        elif command not in _ARGUMENTS:
            raise DisplayError(f"ST7789: command {command:#04x}")

    def _do(self, command: int) -> None:
        if command == 0x01:
            self._reset()
            self._ready_us = self._now_us() + _AFTER_RESET_US
        elif command in (0x10, 0x11):
            self.asleep = command == 0x10
            self._ready_us = self._now_us() + _AFTER_SLEEP_OUT_US
        elif command in (0x20, 0x21):
            self.inverted = command == 0x21
        elif command in (0x28, 0x29):
            self.on = command == 0x29

    def _data(self, data: bytes) -> None:
        if self._command == 0x2C:
            self._pixels(data)
            return
        if self._command not in _ARGUMENTS:
            raise DisplayError("ST7789: data without a command that takes any")
        self._given += data
        if len(self._given) > _ARGUMENTS[self._command]:
            raise DisplayError(f"ST7789: command {self._command:#04x} has too many arguments")
        if len(self._given) < _ARGUMENTS[self._command]:
            return
        given, self._given = bytes(self._given), bytearray()
        if self._command == 0x36:
            self._madctl = given[0]
        elif self._command == 0x3A:
            self._format = given[0]
        else:
            first, last = int.from_bytes(given[:2], "big"), int.from_bytes(given[2:], "big")
            across = (self._command == 0x2A) != bool(self._madctl & _MV)
            if not first <= last < (COLUMNS if across else ROWS):
                raise DisplayError(f"ST7789: {self._command:#04x} from {first} to {last}")
            if self._command == 0x2A:
                self._columns = (first, last)
            else:
                self._rows = (first, last)

    def _pixels(self, data: bytes) -> None:
        if self._format & 7 != 5:
            raise DisplayError(f"ST7789: pixels are of format {self._format:#04x}, not 16 bits")
        if len(data) % 2:
            raise DisplayError("ST7789: half of a pixel")
        pixels = array("H", data)
        if sys.byteorder == "little":  # the high byte comes first
            pixels.byteswap()
        at = 0
        while at < len(pixels):  # row by row
            count = min(len(pixels) - at, self._columns[1] - self._column + 1)
            first = _place(self._madctl, self._column, self._row)
            last = _place(self._madctl, self._column + count - 1, self._row)
            step = (last - first) // (count - 1) if count > 1 else 1
            past = last + (1 if step > 0 else -1)
            self.ram[first : past if past >= 0 else None : step] = pixels[at : at + count]
            at += count
            self._column += count
            if self._column > self._columns[1]:
                self._column = self._columns[0]
                self._row = self._row + 1 if self._row < self._rows[1] else self._rows[0]

    # The glass

    def image(self) -> Image.Image:
        picture = Image.new("RGB", (self.width, self.height))
        if not self.on or self.asleep or not self._lit():
            return picture
        colours = {value: self._colour(value) for value in set(self.ram)}
        left, top = self._at
        places = (
            _place(self._mounted, left + x, top + y)
            for y in range(self.height)
            for x in range(self.width)
        )
        picture.putdata([colours[self.ram[at]] for at in places])
        return picture

    def _colour(self, value: int) -> tuple[int, int, int]:
        if not self.inverted:  # a panel that wants inversion, and did not get it
            value ^= 0xFFFF
        red, green, blue = value >> 11, value >> 5 & 0x3F, value & 0x1F
        if self._madctl & _BGR:
            red, blue = blue, red
        return red * 255 // 31, green * 255 // 63, blue * 255 // 31


def _place(madctl: int, column: int, row: int) -> int:
    """Where in the memory an address of the program lies."""
    if madctl & _MV:
        column, row = row, column
    if madctl & _MX:
        column = COLUMNS - 1 - column
    if madctl & _MY:
        row = ROWS - 1 - row
    if not (0 <= column < COLUMNS and 0 <= row < ROWS):
        raise DisplayError(f"ST7789: no column {column}, row {row}")
    return row * COLUMNS + column
