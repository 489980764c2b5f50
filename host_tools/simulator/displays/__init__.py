"""Displays and pixels as their chips take them: bytes in, a picture out.

They know the chips' data sheets and nothing of the firmware: a wrong sequence shows what the real
part would show, or raises where a data sheet forbids it. Only what such panels need is known; an
unknown command raises.
"""

from __future__ import annotations

from host_tools.simulator.displays.ssd1306 import SimulatedSsd1306
from host_tools.simulator.displays.st7789 import SimulatedSt7789
from host_tools.simulator.displays.wrong import DisplayError
from host_tools.simulator.displays.ws2812 import SimulatedPixels

__all__ = ["DisplayError", "SimulatedPixels", "SimulatedSsd1306", "SimulatedSt7789"]
