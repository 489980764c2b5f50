"""ST7789 over SPI: 240x240, 240x320, 135x240 and the like, 16 bits a pixel.

There is no picture of it in RAM (240x240 would take 115 KB): a band of a page is drawn with one bit
a pixel and sent eight rows at a time in two colours. The longest step is one such strip: 3,840
bytes at 240 pixels take 0.8 ms at 40 MHz. The display answers nothing: whether it is there cannot
be told.
"""

import framebuf
from machine import SPI, Pin
from micropython import const

from .layout import NOTED, QUIET, STATE

_STRIP = const(8)  # rows
DEPTH = framebuf.MONO_HLSB

# Rotation in quarter turns: which way rows and columns of its memory run.
_MADCTL = b"\x00\x60\xc0\xa0"

# what is shown -> 0xRRGGBB behind its symbol. Green and red differ in brightness too.
_COLOURS = (
    ("granted", 0x009A4E),
    ("fire", 0x009A4E),
    ("refused", 0xC4161C),
    ("alarm", 0xD65A00),
    ("data_expired", 0xD65A00),
    ("locked", 0x5A2A82),
    ("maintenance", 0xB08000),
    ("wait", 0x46505A),
)
_READY = const(0x1456B4)
_WHITE = const(0xFFFFFF)
_QUIET = const(0xB8C4CE)
_BLACK = const(0x000000)
_NOTED = const(0xFFC83C)


def _colour(rgb):
    """RGB565 as it goes over the line: the high byte first."""
    value = (rgb >> 8 & 0xF800) | (rgb >> 5 & 0x07E0) | (rgb >> 3 & 0x1F)
    return (value & 0xFF) << 8 | value >> 8


class ST7789:
    def __init__(self, spi, cs, dc, reset, backlight, width, height, x, y, rotation):
        """width, height: as people see it. x, y: where that begins in its memory, the same way
        round."""
        bus, sck, mosi, hz = spi
        self._spi = SPI(
            bus,
            baudrate=hz,
            polarity=0,
            phase=0,
            sck=Pin(sck),
            mosi=Pin(mosi),
            miso=None,  # left out, the bus would take its default pin, whatever is wired to that
        )
        self._cs = Pin(cs, Pin.OUT, value=1)
        self._dc = Pin(dc, Pin.OUT, value=1)
        self._reset = None if reset is None else Pin(reset, Pin.OUT, value=1)
        self._backlight = None if backlight is None else Pin(backlight, Pin.OUT, value=0)
        self.width = width
        self.height = height
        self._x = x
        self._y = y
        self._madctl = _MADCTL[rotation : rotation + 1]
        self._pixels = bytearray(2 * width * _STRIP)
        self._strip = framebuf.FrameBuffer(self._pixels, width, _STRIP, framebuf.RGB565)
        self._palette = framebuf.FrameBuffer(bytearray(4), 2, 1, framebuf.RGB565)
        self._window = bytearray(4)
        self._begun = False

    def begin(self):
        """Steps: each gives the ms until the next. Without a new start of the chip from the second
        time on, so that a picture that is there stays."""
        if not self._begun:
            self._begun = True
            if self._reset:
                self._reset.value(0)
                yield 1
                self._reset.value(1)
            else:
                self._write(0x01)  # SWRESET
            yield 150
            self._write(0x11)  # SLPOUT
            yield 120
        self._write(0x3A, b"\x55")  # COLMOD: 16 bits a pixel
        self._write(0x36, self._madctl)  # MADCTL
        self._write(0x21)  # INVON: these panels are made so
        self._write(0x13)  # NORON
        yield 0

    def light(self, bright):
        """Steps: after a page has been sent."""
        self._write(0x29)  # DISPON
        if self._backlight:
            self._backlight.value(1)
        yield 0

    def send(self, y, rows, canvas, style, what):
        """Steps: a band of `rows` rows from y on; canvas: a bit a pixel, row by row."""
        ink, paper = _WHITE, _BLACK
        if style == STATE:
            paper = _READY
            for name, colour in _COLOURS:
                if name == what:
                    paper = colour
        elif style == NOTED:
            ink, paper = _BLACK, _NOTED
        elif style == QUIET:
            ink = _QUIET
        self._palette.pixel(0, 0, _colour(paper))
        self._palette.pixel(1, 0, _colour(ink))
        picture = framebuf.FrameBuffer(canvas, self.width, rows, DEPTH)
        for top in range(0, rows, _STRIP):
            high = min(_STRIP, rows - top)
            self._strip.blit(picture, 0, -top, -1, self._palette)
            self._range(0x2A, self._x, self.width)  # CASET
            self._range(0x2B, self._y + y + top, high)  # RASET
            self._write(0x2C, memoryview(self._pixels)[: 2 * self.width * high])  # RAMWR
            yield 0

    def _range(self, command, first, count):
        last = first + count - 1
        window = self._window
        window[0], window[1] = first >> 8, first & 0xFF
        window[2], window[3] = last >> 8, last & 0xFF
        self._write(command, window)

    def _write(self, command, data=None):
        self._cs.value(0)
        self._dc.value(0)
        self._spi.write(bytes((command,)))
        if data is not None:
            self._dc.value(1)
            self._spi.write(data)
        self._cs.value(1)
