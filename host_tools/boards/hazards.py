"""What can go wrong with a profile, and why. Each hazard has a name that `accepted:` may cite.

An error is what cannot work or would open the gate; a warning is what works if somebody has
thought of it. What chips do is in chips.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from host_tools.boards import wiring_hazards
from host_tools.boards.hazard import ERROR, WARNING, Hazard
from host_tools.boards.profile import Lan8720, Profile, Use

# The MAC's data lines of an ESP32: fixed by the silicon, in use once there is an Ethernet PHY.
RMII = {19: "TXD0", 21: "TX_EN", 22: "TXD1", 25: "RXD0", 26: "RXD1", 27: "CRS_DV"}


def check(profile: Profile) -> list[Hazard]:
    """Everything known against this profile, errors first; warnings with what excuses them."""
    found = [*wiring_hazards.find(profile), *_pins(profile)]
    return sorted(_excused(profile, found), key=lambda h: (h.severity, h.accepted != "", h.pin))


def _excused(profile: Profile, found: list[Hazard]) -> Iterator[Hazard]:
    used = set()
    for hazard in found:
        excuse = next(
            (
                a
                for a in profile.accepted
                if a.hazard == hazard.name and a.pin in (None, hazard.pin)
            ),
            None,
        )
        if excuse and hazard.severity == WARNING:
            used.add(excuse)
            hazard = replace(hazard, accepted=excuse.because)
        yield hazard
    for excuse in profile.accepted:
        if excuse not in used:
            pin = -1 if excuse.pin is None else excuse.pin
            reason = f"accepts a warning {excuse.hazard} that there is not: remove the entry"
            yield Hazard("accepted", ERROR, pin, "accepted", reason)


def _pins(profile: Profile) -> Iterator[Hazard]:
    users: dict[int, Use] = {}
    for use in profile.uses():
        first = users.setdefault(use.pin, use)
        if first is not use:
            yield Hazard("twice", ERROR, use.pin, str(use), f"is used for {first} already")
        if use.pin not in profile.silicon.pins or use.pin in profile.silicon.absent:
            yield Hazard("no-pin", ERROR, use.pin, str(use), "the chip has no such pin")
            continue
        yield from _of_the_chip(profile, use)
        yield from _of_the_board(profile, use)


def _of_the_chip(profile: Profile, use: Use) -> Iterator[Hazard]:
    chip, pin, name = profile.silicon, use.pin, str(use)
    relay = use.part.startswith("relay")
    if pin in chip.flash:
        yield Hazard("flash", ERROR, pin, name, "belongs to the flash: the board does not start")
    if pin in chip.psram.get(profile.psram, ()):
        yield Hazard("psram", ERROR, pin, name, "belongs to the PSRAM of this module")
    if pin in chip.input_only and use.driven:
        yield Hazard("input-only", ERROR, pin, name, "is an input only: it drives nothing")
    wired = profile.inputs().get(name)
    if pin in chip.no_pulls and wired and wired.pull:
        reason = "has no pull resistor inside: fit one and say resistor: up, or down"
        yield Hazard("no-pull", ERROR, pin, name, reason)
    if pin in chip.console:
        reason = "is the console of UART 0: the log goes out here, and a laptop talks to the board"
        yield Hazard("console", ERROR if relay else WARNING, pin, name, reason)
    if pin in chip.strapping:
        more = ", and what hangs on a relay may set it" if relay else ""
        reason = f"is a strapping pin: {chip.strapping[pin]}{more}"
        yield Hazard("strapping", WARNING, pin, name, reason)
    if pin in chip.usb:
        yield Hazard("usb", WARNING, pin, name, "is USB data: the board's console may be lost")
    if relay and pin in chip.glitch:
        reason = f"{chip.glitch[pin]}: the gate may open by itself"
        yield Hazard("boot-glitch", WARNING, pin, name, reason)


def _of_the_board(profile: Profile, use: Use) -> Iterator[Hazard]:
    pin, name = use.pin, str(use)
    parts = [one for one in profile.onboard if one.pin == pin]
    out = {place.gpio for header in profile.headers for place in header.pins}
    serves = [one for one in parts if one.use and name.startswith(one.use)]
    if profile.headers and pin not in out and not serves:
        reason = "is not brought out on this board: no header or terminal has it"
        yield Hazard("not-brought-out", ERROR, pin, name, reason)
    if parts and not serves:
        reason = f"is shared with the board's {parts[0].part}"
        yield Hazard("shared", WARNING, pin, name, reason)
    if isinstance(profile.network, Lan8720) and pin in RMII and use.part != "ethernet":
        reason = f"is {RMII[pin]} of the Ethernet PHY: fixed by the chip"
        yield Hazard("rmii", ERROR, pin, name, reason)
