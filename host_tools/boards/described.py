"""A profile told to people and to programs: a summary, and its wiring table."""

from __future__ import annotations

from typing import Any

from host_tools.boards import hazards
from host_tools.boards.profile import (
    W5500,
    Input,
    Lan8720,
    Profile,
    Reader,
    Relay,
    Ssd1306,
    Use,
    Wifi,
)

_READERS = {
    "plain": "serial reader",
    "gm65": "GM65",
    "de2120": "DE2120",
    "m5-unit": "Unit QRCode",
    "m5-atomic": "Atomic QRCode",
}
_DRIVERS = {"opto-5v": "5 V optocoupler module", "opto": "optocoupler module"}
_LEVELS = {0: "ground", 1: "3.3 V"}


def summary(profile: Profile) -> dict[str, Any]:
    """One line of a list."""
    return {
        "board": profile.name,
        "title": profile.title,
        "chip": profile.silicon.title,
        "arch": profile.arch,
        "flash_kb": profile.flash_kb,
        "psram": profile.psram,
        "lanes": len(profile.lanes),
        "relays": [relay.pin for relay in profile.relays],
        "readers": [reader(one) for one in profile.readers],
        "network": network(profile),
        "display": display(profile),
    }


def everything(profile: Profile) -> dict[str, Any]:
    """The summary, each pin with its wire, and the hazards and sources."""
    found = hazards.check(profile)
    wiring = []
    for use in profile.uses():
        of_use = [h for h in found if h.pin == use.pin and h.use == str(use)]
        wiring.append(
            {
                "pin": use.pin,
                "use": str(use),
                "direction": "out" if use.driven else "in",
                "wire": wire(profile, use),
                "boot": at_boot(profile, use.pin),
                "hazards": [h.name for h in of_use],
            }
        )
    return {
        **summary(profile),
        "wiring": wiring,
        "hazards": [vars(hazard) for hazard in found],
        "sources": [vars(source) for source in profile.sources],
    }


def network(profile: Profile) -> str | None:
    kinds = {Wifi: "Wi-Fi", Lan8720: "Ethernet (LAN8720)", W5500: "Ethernet (W5500)"}
    return None if profile.network is None else kinds[type(profile.network)]


def reader(wired: Reader) -> str:
    return f"{_READERS[wired.kind]}, {wired.baud} baud"


def display(profile: Profile) -> str | None:
    if profile.display is None:
        return None
    kind = "SSD1306" if isinstance(profile.display, Ssd1306) else "ST7789"
    return f"{kind}, {profile.display.width} x {profile.display.height}"


def at_boot(profile: Profile, pin: int) -> str:
    """What the pin does or decides before any program runs."""
    chip = profile.silicon
    told = [text for text in (chip.glitch.get(pin), chip.strapping.get(pin)) if text]
    return "; ".join(told)


def wire(profile: Profile, use: Use) -> str:
    """What to connect to a pin, in words."""
    parts = [o.part for o in profile.onboard if o.pin == use.pin and o.use]
    at = parts[0] if parts and str(use).startswith(_use(profile, use)) else ""
    if use.part.startswith("reader"):
        other = {"rx": "TX", "tx": "RX"}[use.duty]
        kind = profile.readers[int(use.part.split()[1])].kind
        return f"{other} of the {_READERS[kind]}" + (f" ({at} on the board)" if at else "")
    if use.part.startswith("relay"):
        return _relay(profile.relays[int(use.part.split()[1])], at)
    wired = profile.inputs().get(str(use))
    if wired:
        return _input(wired, at)
    return _others(profile, use) + (f" ({at} on the board)" if at else "")


def _use(profile: Profile, use: Use) -> str:
    return next((o.use for o in profile.onboard if o.pin == use.pin and o.use), "")


def _relay(relay: Relay, at: str) -> str:
    to = f"{at} on the board" if at else _DRIVERS.get(relay.driver, "transistor module")
    opens = "high" if relay.active else "low"
    bias = "" if relay.bias is None or at else f", 10 kΩ to {_LEVELS[relay.bias]}"
    return f"{to}, {opens} opens{bias}"


def _input(wired: Input, at: str) -> str:
    """As a contact: what closes to where, and when."""
    if wired.rest == 0:
        return f"a signal, {'high' if wired.active else 'low'} means yes"
    to = _LEVELS[0 if wired.rest > 0 else 1]
    opens = wired.active == (1 if wired.rest > 0 else 0)
    contact = f"contact to {to} that {'opens' if opens else 'closes'}"
    if at:
        return f"contact that {'opens' if opens else 'closes'} ({at} on the board)"
    pull = "" if wired.pull else f", 10 kΩ to {_LEVELS[1 if wired.rest > 0 else 0]}"
    return contact + pull


def _others(profile: Profile, use: Use) -> str:
    if use.part == "lamp":
        if use.duty == "pixels" and profile.pixels:
            return f"DIN of {profile.pixels.count} WS2812"
        return f"{use.duty} LED with resistor"
    if use.part == "buzzer" and profile.buzzer:
        return "passive buzzer" if profile.buzzer.tone else "active buzzer"
    if use.part == "i2c":
        devices = [d for d in (display(profile), "DS3231" if profile.rtc else None) if d]
        return f"{use.duty.upper()} of {' and '.join(devices) or 'the bus'}"
    if use.part in ("spi", "display"):
        return f"{use.duty.upper()} of {display(profile) or 'the display'}"
    return f"{use.duty.upper()} of the PHY"
