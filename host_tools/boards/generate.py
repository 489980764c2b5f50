"""board.py for the firmware, from a profile. firmware/board.pyi says what it holds."""

from __future__ import annotations

from typing import Any

from host_tools.boards.profile import (
    W5500,
    Input,
    Lan8720,
    Lane,
    Network,
    Output,
    Profile,
    Ssd1306,
    St7789,
)

Value = Any  # numbers, texts, None and tuples of them


def values(profile: Profile) -> dict[str, Value]:
    """The names of board.py and what each is bound to."""
    pixels, i2c, spi, rtc = profile.pixels, profile.i2c, profile.spi, profile.rtc
    buzzer = profile.buzzer
    return {
        "NAME": profile.name,
        "RELAYS": tuple((relay.pin, 1 - relay.active) for relay in profile.relays),
        "READERS": tuple((r.kind, r.uart, r.rx, r.tx, r.baud) for r in profile.readers),
        "LANES": tuple(_lane(lane) for lane in profile.lanes),
        "FIRE": _input(profile.fire),
        "TAMPER": _input(profile.tamper),
        "LOCK": _input(profile.lock),
        "MAINTENANCE": _input(profile.maintenance),
        "GREEN": _output(profile.green),
        "RED": _output(profile.red),
        "PIXELS": pixels and (pixels.pin, pixels.count),
        "BUZZER": buzzer and (buzzer.pin, buzzer.active, buzzer.tone),
        "I2C": i2c and (i2c.bus, i2c.scl, i2c.sda, i2c.hz),
        "SPI": spi and (spi.bus, spi.sck, spi.mosi, spi.hz),
        "DISPLAY": _display(profile.display),
        "RTC": rtc and ("ds3231", rtc.address),
        "NETWORK": _network(profile.network),
        "FLASH_KB": profile.flash_kb,
        "PSRAM": profile.psram != "none",
    }


def board_module(profile: Profile) -> str:
    """The text of board.py: constants, nothing that runs."""
    lines = [f"{name} = {value!r}" for name, value in values(profile).items()]
    first = f'"""Made by gatectl from the board profile {profile.name}: change that, not this."""'
    return "\n".join([first, "", *lines, ""])


def _input(wired: Input | None) -> Value:
    return wired and (wired.pin, wired.active, wired.pull)


def _output(wired: Output | None) -> Value:
    return wired and (wired.pin, wired.active)


def _lane(lane: Lane) -> Value:
    inputs = (lane.passage, lane.door, lane.request_to_exit)
    return (lane.readers, lane.relays, *(_input(one) for one in inputs))


def _display(display: Ssd1306 | St7789 | None) -> Value:
    if display is None:
        return None
    if isinstance(display, Ssd1306):
        return ("ssd1306", display.address, display.width, display.height)
    d = display
    pins = (d.cs, d.dc, d.reset, d.backlight)
    return ("st7789", *pins, d.width, d.height, d.x, d.y, d.rotation)


def _network(network: Network | None) -> Value:
    if network is None:
        return None
    n = network
    if isinstance(n, Lan8720):
        return ("lan8720", n.address, n.mdc, n.mdio, n.power, n.clock, n.clock_out)
    if isinstance(n, W5500):
        return ("w5500", n.bus, n.sck, n.mosi, n.miso, n.cs, n.interrupt, n.reset)
    return ("wifi",)
