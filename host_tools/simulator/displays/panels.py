"""Hangs the display and the pixels of a board's profile on a simulated chip."""

from __future__ import annotations

from dataclasses import dataclass

from host_tools.boards.profile import Profile, Ssd1306
from host_tools.simulator.displays.ssd1306 import SimulatedSsd1306
from host_tools.simulator.displays.st7789 import SimulatedSt7789
from host_tools.simulator.displays.ws2812 import SimulatedPixels
from host_tools.simulator.gate import SimulatedGate


@dataclass(frozen=True)
class Panels:
    """What there is to be looked at; None where the board has none."""

    display: SimulatedSsd1306 | SimulatedSt7789 | None
    pixels: SimulatedPixels | None

    def power_on(self) -> None:
        for part in (self.display, self.pixels):
            if part is not None:
                part.power_on()


def attach(gate: SimulatedGate, profile: Profile) -> Panels:
    display: SimulatedSsd1306 | SimulatedSt7789 | None = None
    pixels = None
    there = profile.display
    if isinstance(there, Ssd1306):
        assert profile.i2c is not None
        display = SimulatedSsd1306(there.width, there.height)
        gate.attach_i2c(profile.i2c.bus, there.address, display)
    elif there is not None:
        assert profile.spi is not None
        backlight = there.backlight
        display = SimulatedSt7789(
            there.cs,
            there.dc,
            there.width,
            there.height,
            there.x,
            there.y,
            there.rotation,
            now_us=gate.clock.now,
            lit=lambda: backlight is None or gate.record.levels.get(backlight) == 1,
        )
        gate.attach_spi(profile.spi.bus, display)
    if profile.pixels is not None:
        pixels = SimulatedPixels(profile.pixels.count)
        gate.attach_pixels(profile.pixels.pin, pixels)
    return Panels(display, pixels)
