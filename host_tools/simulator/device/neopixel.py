"""`neopixel` as it is frozen into a board's image: WS2812 lamps behind one pin."""

from machine import bitstream


class NeoPixel:
    ORDER = (1, 0, 2, 3)  # green comes first on the line

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.timing = (400, 850, 800, 450) if timing else (800, 1700, 1600, 900)
        pin.init(pin.OUT)

    def __len__(self):
        return self.n

    def __setitem__(self, at, colour):
        for part in range(self.bpp):
            self.buf[at * self.bpp + self.ORDER[part]] = colour[part]

    def __getitem__(self, at):
        return tuple(self.buf[at * self.bpp + self.ORDER[part]] for part in range(self.bpp))

    def fill(self, colour):
        for at in range(self.n):
            self[at] = colour

    def write(self):
        bitstream(self.pin, 0, self.timing, self.buf)
