"""SSD1306 over I2C: 128x64 or 128x32, one bit a pixel. Commands after the data sheet, revision 1.1.

The longest step is a page of 8 rows: 130 bytes and the address take 2.9 ms at 400 kHz.
"""

import framebuf
from machine import I2C, Pin
from micropython import const

from .layout import NOTED

_COMMANDS = const(0x00)  # control byte: only commands follow
_DATA = const(0x40)  # control byte: only data follow
_BRIGHT = const(0xCF)
_DIM = const(0x20)  # while nobody is there: the display lasts longer
DEPTH = framebuf.MONO_VLSB


class SSD1306:
    def __init__(self, i2c, address, width, height):
        bus, scl, sda, hz = i2c
        self._i2c = I2C(bus, scl=Pin(scl), sda=Pin(sda), freq=hz)
        self._address = address
        self.width = width
        self.height = height
        self._page = bytearray(1 + width)
        self._page[0] = _DATA

    def begin(self):
        """Steps: each gives the ms until the next. Can be repeated at any time."""
        self._write(
            0xAE,  # off
            0xD5, 0x80,  # clock: as after reset
            0xA8, self.height - 1,  # rows
            0xD3, 0x00,  # no offset
            0x40,  # from the first line
            0x8D, 0x14,  # charge pump on
            0x20, 0x00,  # addresses run along the row, then to the next page
            0xA1,  # columns and
            0xC8,  # rows from the side opposite to the connector
            0xDA, 0x02 if self.height == 32 else 0x12,  # how the rows are wired
            0xD9, 0xF1,  # pre-charge, for the charge pump
            0xDB, 0x40,  # level at which rows rest
            0xA4,  # what is in its memory
            0xA6,  # not inverted
        )  # fmt: skip
        yield 0

    def light(self, bright):
        """Steps: after a page has been sent."""
        self._write(0x81, _BRIGHT if bright else _DIM, 0xAF)
        yield 0

    def send(self, y, rows, canvas, style, what):
        """Steps: a band of `rows` rows from y on; canvas: its bytes, a page of 8 rows after the
        other."""
        page = self._page
        for i in range(rows // 8):
            page[1:] = memoryview(canvas)[i * self.width : (i + 1) * self.width]
            if style == NOTED:
                for x in range(1, 1 + self.width):
                    page[x] ^= 0xFF
            at = y // 8 + i
            self._write(0x21, 0, self.width - 1, 0x22, at, at)
            self._i2c.writeto(self._address, page)
            yield 0

    def _write(self, *commands):
        self._i2c.writeto(self._address, bytes((_COMMANDS,) + commands))
