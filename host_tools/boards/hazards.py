"""What can go wrong with the pins of a profile, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host_tools.boards.profile import Profile, Use

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Hazard:
    severity: str
    pin: int
    use: str
    reason: str


def check(profile: Profile) -> list[Hazard]:
    """Everything known against this profile, errors first."""
    found = [*_readers(profile), *_lanes(profile)]
    users: dict[int, Use] = {}
    for use in profile.uses():
        if use.pin in users:
            reason = f"is used for {users[use.pin]} already"
            found.append(Hazard(ERROR, use.pin, str(use), reason))
        users.setdefault(use.pin, use)
        found += _pin(profile, use)
    return sorted(found, key=lambda hazard: (hazard.severity, hazard.pin))


def _readers(profile: Profile) -> Iterator[Hazard]:
    chip = profile.silicon
    for number, reader in enumerate(profile.readers):
        if reader.uart >= chip.uarts:
            reason = (
                f"UART {reader.uart} does not exist, the chip has {chip.uarts}; 0 is the console"
            )
            yield Hazard(ERROR, reader.rx, f"reader {number} rx", reason)


def _lanes(profile: Profile) -> Iterator[Hazard]:
    for number, lane in enumerate(profile.lanes):
        for what, used, there in (
            ("reader", lane.readers, len(profile.readers)),
            ("relay", lane.relays, len(profile.relays)),
        ):
            for index in used:
                if index >= there:
                    reason = f"names {what} {index}, but there are {there}, counted from 0"
                    yield Hazard(ERROR, -1, f"lane {number}", reason)


def _pin(profile: Profile, use: Use) -> Iterator[Hazard]:
    chip, pin, name = profile.silicon, use.pin, str(use)
    relay = use.part.startswith("relay")
    if pin not in chip.pins or pin in chip.absent:
        yield Hazard(ERROR, pin, name, "the chip has no such pin")
        return
    if pin in chip.flash:
        yield Hazard(ERROR, pin, name, "belongs to the flash: the board does not start")
    if pin in chip.psram.get(profile.psram, ()):
        yield Hazard(ERROR, pin, name, "belongs to the PSRAM of this module")
    if pin in chip.input_only:
        wired = profile.inputs().get(name)
        if use.driven:
            yield Hazard(ERROR, pin, name, "is an input only")
        elif wired and wired.pull:
            reason = "has no pull resistor: fit one and say resistor: up, or down"
            yield Hazard(ERROR, pin, name, reason)
    if pin in chip.strapping:
        reason = chip.strapping[pin]
        more = ", and what hangs on a relay may set it" if relay else ""
        yield Hazard(WARNING, pin, name, f"is a strapping pin: {reason}{more}")
    if pin in chip.usb:
        yield Hazard(WARNING, pin, name, "is USB data: the board's console may be lost")
    if relay and pin in chip.glitch:
        reason = f"{chip.glitch[pin]}: the gate may open by itself"
        yield Hazard(WARNING, pin, name, reason)
