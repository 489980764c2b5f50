"""SSD1306 on I2C: commands and addressing after the data sheet (Solomon Systech, revision 1.1).

The glass is mounted as on the usual modules: upright with the columns remapped and the rows scanned
backwards. Not here: scrolling, fading and zoom, which raise.
"""

from __future__ import annotations

from PIL import Image

from host_tools.simulator.displays.wrong import DisplayError

COLUMNS = 128
PAGES = 8
LIT = (232, 244, 255)
DARK = (6, 8, 12)

# commands with arguments -> how many
_ARGUMENTS = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1,
    0xDB: 1,
}  # fmt: skip


class SimulatedSsd1306:
    """version rises with every change that may be seen. unplugged: it does not answer."""

    def __init__(self, width: int = 128, height: int = 64) -> None:
        self.width = width
        self.height = height
        self.unplugged = False
        self.version = 0
        self.power_on()

    def power_on(self) -> None:
        """As after a reset; the memory holds anything."""
        self.ram = bytearray((x * 37 + 11) & 0xFF for x in range(COLUMNS * PAGES))
        self.on = self.inverted = self.entire = self.pump = False
        self.contrast = 0x7F
        self._mode = 2
        self._columns = (0, COLUMNS - 1)
        self._pages = (0, PAGES - 1)
        self._column = self._page = 0
        self._start = self._offset = 0
        self._rows = 64
        self._remapped = self._backwards = False
        self._wiring = 0x12
        self._pending: list[int] = []
        self.version += 1

    # The bus

    def write(self, data: bytes) -> bool:
        if self.unplugged:
            return False
        at = 0
        while at < len(data):
            control = data[at]
            if control & 0x3F:
                raise DisplayError(f"SSD1306: control byte {control:#04x}")
            rest = data[at + 1 : at + 2] if control & 0x80 else data[at + 1 :]
            for byte in rest:
                if control & 0x40:
                    self._store(byte)
                else:
                    self._command(byte)
            at += 1 + len(rest)
        self.version += 1
        return True

    def read(self, count: int) -> bytes:
        return bytes([0x00 if self.on else 0x40] * count)  # the status

    def _store(self, byte: int) -> None:
        if self._pending:
            raise DisplayError(f"SSD1306: data within command {self._pending[0]:#04x}")
        segment = COLUMNS - 1 - self._column if self._remapped else self._column
        self.ram[self._page * COLUMNS + segment] = byte
        if self._mode == 1:
            self._page, turned = _next(self._page, self._pages)
            if turned:
                self._column, _ = _next(self._column, self._columns)
        else:
            first_last = self._columns if self._mode == 0 else (0, COLUMNS - 1)
            self._column, turned = _next(self._column, first_last)
            if turned and self._mode == 0:
                self._page, _ = _next(self._page, self._pages)

    def _command(self, byte: int) -> None:
        self._pending.append(byte)
        command, *arguments = self._pending
        if len(arguments) == _ARGUMENTS.get(command, 0):
            self._pending = []
            self._do(command, arguments)

    def _do(self, command: int, given: list[int]) -> None:
        first = given[0] if given else 0
        if command == 0x20:
            if first > 2:
                raise DisplayError(f"SSD1306: addressing mode {first}")
            self._mode = first
        elif command in (0x21, 0x22):
            limit = COLUMNS if command == 0x21 else PAGES
            if not given[0] <= given[1] < limit:
                raise DisplayError(f"SSD1306: {command:#04x} from {given[0]} to {given[1]}")
            if command == 0x21:
                self._columns, self._column = (given[0], given[1]), given[0]
            else:
                self._pages, self._page = (given[0], given[1]), given[0]
        elif command == 0x81:
            self.contrast = first
        elif command == 0x8D:
            self.pump = first & 0x3F == 0x14
        elif command in (0xA0, 0xA1):
            self._remapped = command == 0xA1
        elif command in (0xA4, 0xA5):
            self.entire = command == 0xA5
        elif command in (0xA6, 0xA7):
            self.inverted = command == 0xA7
        elif command == 0xA8:
            if first & 0x3F < 15:
                raise DisplayError(f"SSD1306: {first} rows are too few")
            self._rows = (first & 0x3F) + 1
        elif command in (0xAE, 0xAF):
            self.on = command == 0xAF
        elif command in (0xC0, 0xC8):
            self._backwards = command == 0xC8
        elif command == 0xD3:
            self._offset = first & 0x3F
        elif command == 0xDA:
            if first & ~0x30 != 0x02:
                raise DisplayError(f"SSD1306: wiring {first:#04x}")
            self._wiring = first
        elif 0x40 <= command <= 0x7F:
            self._start = command & 0x3F
        elif self._mode == 2 and 0xB0 <= command <= 0xB7:
            self._page = command & 7
        elif self._mode == 2 and command <= 0x0F:
            self._column = self._column & 0xF0 | command
        elif self._mode == 2 and 0x10 <= command <= 0x1F:
            self._column = self._column & 0x0F | (command & 7) << 4
        elif command not in (0xD5, 0xD9, 0xDB, 0xE3):
            raise DisplayError(f"SSD1306: command {command:#04x}")

    # The glass

    @property
    def lit(self) -> bool:
        return self.on and self.pump

    def bit(self, x: int, y: int) -> bool:
        """Whether a pixel shines, as one sees it."""
        if not self.lit:
            return False
        if self.entire:
            return True
        row = y if self._backwards else self.height - 1 - y
        if (self._wiring & 0x10 == 0) != (self.height == 32):  # rows are wired the other way
            row = row * 2 % self.height + row * 2 // self.height
        if row >= self._rows:
            return False
        row = (row + self._start + self._offset) % 64
        byte = self.ram[row // 8 * COLUMNS + COLUMNS - 1 - x]
        return (byte >> row % 8 & 1 == 1) != self.inverted

    def image(self) -> Image.Image:
        picture = Image.new("RGB", (self.width, self.height), DARK)
        for y in range(self.height):
            for x in range(self.width):
                if self.bit(x, y):
                    picture.putpixel((x, y), LIT)
        return picture


def _next(value: int, first_last: tuple[int, int]) -> tuple[int, bool]:
    """The next address, and whether it went back to the first."""
    first, last = first_last
    if value == last:
        return first, True
    return (value + 1) % COLUMNS, False
