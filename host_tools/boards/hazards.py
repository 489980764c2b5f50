"""What can go wrong with the pins of a profile, and why. Facts from the chips' manuals and from
public projects; nobody has measured them here on real parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from host_tools.boards.profiles import Profile

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Hazard:
    severity: str
    pin: int
    use: str
    reason: str


@dataclass(frozen=True)
class Chip:
    """Pins with duties or habits of their own."""

    pins: range
    uarts: int
    arch: str
    flash: frozenset[int]
    strapping: Mapping[int, str]  # what the level at boot decides
    psram: frozenset[int] = frozenset()
    input_only: frozenset[int] = frozenset()  # and without pulls
    usb: frozenset[int] = frozenset()
    glitch: Mapping[int, str] | None = None  # what it does at boot by itself
    absent: frozenset[int] = frozenset()


CHIPS = {
    "esp32": Chip(
        pins=range(40),
        uarts=3,
        arch="xtensawin",
        flash=frozenset(range(6, 12)),
        strapping={
            0: "low at boot waits for a download",
            2: "high at boot prevents a download",
            5: "sets SDIO timing at boot",
            12: "high at boot sets the flash to 1.8 V: the board does not start",
            15: "low at boot silences the boot log",
        },
        psram=frozenset((16, 17)),
        input_only=frozenset(range(34, 40)),
        glitch={
            0: "pulses at boot",
            5: "is low for about 200 ms at boot",
            14: "is high for about 600 ms at boot",
            15: "pulses at boot",
        },
        absent=frozenset((20, 24, 28, 29, 30, 31)),
    ),
    "esp32s2": Chip(
        pins=range(47),
        uarts=2,
        arch="xtensawin",
        flash=frozenset(range(26, 33)),
        strapping={0: "selects the boot mode", 45: "sets the flash voltage", 46: "boot log"},
        input_only=frozenset((46,)),
        usb=frozenset((19, 20)),
        absent=frozenset((22, 23, 24, 25)),
    ),
    "esp32s3": Chip(
        pins=range(49),
        uarts=3,
        arch="xtensawin",
        flash=frozenset(range(26, 33)),
        strapping={
            0: "selects the boot mode",
            3: "selects the JTAG source at boot",
            45: "sets the flash voltage at boot",
            46: "selects the boot mode",
        },
        psram=frozenset(range(33, 38)),
        usb=frozenset((19, 20)),
        glitch={21: "is high for about 30 ms at boot"},
        absent=frozenset((22, 23, 24, 25)),
    ),
    "esp32c3": Chip(
        pins=range(22),
        uarts=2,
        arch="rv32imc",
        flash=frozenset(range(12, 18)),
        strapping={
            2: "must be high at boot",
            8: "must be high for a download",
            9: "low at boot waits for a download",
        },
        usb=frozenset((18, 19)),
        glitch={18: "is high for a moment at boot"},
    ),
}


def check(profile: Profile) -> list[Hazard]:
    """Everything known against this profile, errors first."""
    found = [*_board(profile)]
    users: dict[int, str] = {}
    for use, pin, driven in profile.pins():
        if pin in users:
            found.append(Hazard(ERROR, pin, use, f"is used for {users[pin]} already"))
        users.setdefault(pin, use)
        found += _pin(profile, use, pin, driven)
    return sorted(found, key=lambda hazard: (hazard.severity, hazard.pin))


def _board(profile: Profile) -> Iterator[Hazard]:
    chip = CHIPS[profile.chip]
    reader = profile.reader
    if reader.uart >= chip.uarts:
        reason = f"UART {reader.uart} does not exist, the chip has {chip.uarts}; 0 is the console"
        yield Hazard(ERROR, reader.rx, "reader rx", reason)
    if profile.arch != chip.arch:
        reason = f"the profile says {profile.arch}, the chip runs {chip.arch}"
        yield Hazard(ERROR, reader.rx, "arch", reason)


def _pin(profile: Profile, use: str, pin: int, driven: bool) -> Iterator[Hazard]:
    chip = CHIPS[profile.chip]
    relay = use.startswith("relay")
    if pin not in chip.pins or pin in chip.absent:
        yield Hazard(ERROR, pin, use, "the chip has no such pin")
        return
    if pin in chip.flash:
        yield Hazard(ERROR, pin, use, "belongs to the flash: the board does not start")
    if pin in chip.psram:
        if profile.psram:
            yield Hazard(ERROR, pin, use, "belongs to the PSRAM of this module")
        elif relay:
            yield Hazard(WARNING, pin, use, "belongs to the PSRAM on modules that have it")
    if pin in chip.input_only:
        if driven:
            yield Hazard(ERROR, pin, use, "is an input only")
        elif use == "fire" and profile.fire and profile.fire.pull:
            yield Hazard(ERROR, pin, use, "has no pull resistor: fit one and say pull: none")
    if pin in chip.strapping:
        reason = chip.strapping[pin]
        more = ", and what hangs on a relay may set it" if relay else ""
        yield Hazard(WARNING, pin, use, f"is a strapping pin: {reason}{more}")
    if pin in chip.usb:
        yield Hazard(WARNING, pin, use, "is USB data: the board's console may be lost")
    if relay and chip.glitch and pin in chip.glitch:
        yield Hazard(WARNING, pin, use, f"{chip.glitch[pin]}: the gate may open by itself")
