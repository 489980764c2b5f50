"""WS2812 pixels in a row: each takes the first 24 bits, green, red, blue, and hands on the rest."""

from __future__ import annotations

from PIL import Image, ImageDraw

from host_tools.simulator.displays.wrong import DisplayError

_SIZE = 24


class SimulatedPixels:
    def __init__(self, count: int) -> None:
        self.version = 0
        self._count = count
        self.power_on()

    def power_on(self) -> None:
        self.colours: list[tuple[int, int, int]] = [(0, 0, 0)] * self._count
        self.version += 1

    def write(self, data: bytes) -> None:
        if len(data) % 3:
            raise DisplayError("WS2812: a part of a colour")
        for i in range(min(len(data) // 3, len(self.colours))):
            green, red, blue = data[3 * i : 3 * i + 3]
            self.colours[i] = (red, green, blue)
        self.version += 1

    def image(self) -> Image.Image:
        """Discs, as bright as they look: the eye is not linear."""
        picture = Image.new("RGB", (_SIZE * len(self.colours), _SIZE), (24, 26, 30))
        pen = ImageDraw.Draw(picture)
        for i, colour in enumerate(self.colours):
            red, green, blue = (round(255 * (part / 255) ** 0.45) for part in colour)
            box = (i * _SIZE + 3, 3, (i + 1) * _SIZE - 4, _SIZE - 4)
            pen.ellipse(box, fill=(max(red, 40), max(green, 42), max(blue, 46)))
        return picture
