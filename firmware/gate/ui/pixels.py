"""The lamp as WS2812 pixels: the patterns of lamp.py, in colours that differ in brightness too."""

from machine import Pin, bitstream
from micropython import const

from .lamp import Rhythm

_TIMING = (400, 850, 800, 450)  # ns: high and low of a 0, of a 1
_GREEN = b"\x60\x00\x18"  # as on the line: green, red, blue; a little blue, for who sees no red
_RED = b"\x00\x80\x00"
_BOTH = b"\x28\x60\x00"  # amber
_DARK = b"\x00\x00\x00"
MAX_PIXELS = const(64)  # 1.9 ms during which nothing else runs


class Pixels(Rhythm):
    def __init__(self, pin, count):
        if not 0 < count <= MAX_PIXELS:
            raise ValueError("pixels")
        super().__init__()
        self._pin = Pin(pin, Pin.OUT, value=0)
        self._count = count
        self._colour = None

    def _light(self, green, red):
        if green:
            colour = _BOTH if red else _GREEN
        else:
            colour = _RED if red else _DARK
        if colour is not self._colour:
            bitstream(self._pin, 0, _TIMING, colour * self._count)
            self._colour = colour
