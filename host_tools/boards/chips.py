"""What each chip's pins do by themselves. Facts from the chips' manuals and from public projects;
nobody has measured them here on real parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Chip:
    """Pins with duties or habits of their own.

    flash, psram: pins of the module's memories, by how these are wired. glitch: what an output does
    at boot before any program runs. pulled: strapping pins that the chip itself holds at a level in
    reset, by a weak resistor.
    """

    title: str
    arch: str  # what mpy-cross calls it
    pins: range
    uarts: int
    console: tuple[int, int]  # tx, rx of UART 0
    flash: frozenset[int]
    strapping: Mapping[int, str]  # what the level at boot decides
    psram: Mapping[str, frozenset[int]] = field(default_factory=dict)
    input_only: frozenset[int] = frozenset()
    no_pulls: frozenset[int] = frozenset()
    usb: frozenset[int] = frozenset()
    glitch: Mapping[int, str] = field(default_factory=dict)
    pulled: Mapping[int, int] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()
    i2cs: int = 2
    spis: tuple[int, ...] = (1, 2)  # free ones, by MicroPython's numbers


CHIPS = {
    "esp32": Chip(
        title="ESP32",
        arch="xtensawin",
        pins=range(40),
        uarts=3,
        console=(1, 3),
        flash=frozenset(range(6, 12)),
        strapping={
            0: "low at boot waits for a download",
            2: "high at boot prevents a download",
            5: "sets SDIO timing at boot",
            12: "high at boot sets the flash to 1.8 V: the board does not start",
            15: "low at boot silences the boot log",
        },
        psram={"quad": frozenset((16, 17))},
        input_only=frozenset(range(34, 40)),
        no_pulls=frozenset(range(34, 40)),
        glitch={
            0: "pulses at boot",
            1: "sends the boot log",
            5: "is low for about 200 ms at boot",
            14: "is high for about 600 ms at boot",
            15: "pulses at boot",
        },
        pulled={0: 1, 2: 0, 5: 1, 12: 0, 15: 1},
        absent=frozenset((20, 24, 28, 29, 30, 31)),
    ),
    "esp32s2": Chip(
        title="ESP32-S2",
        arch="xtensawin",
        pins=range(47),
        uarts=2,
        console=(43, 44),
        flash=frozenset(range(26, 33)),
        strapping={
            0: "low at boot waits for a download",
            45: "sets the flash voltage at boot",
            46: "high together with a low GPIO 0 is no valid boot mode",
        },
        input_only=frozenset((46,)),
        usb=frozenset((19, 20)),
        glitch={43: "sends the boot log"},
        pulled={0: 1, 45: 0, 46: 0},
        absent=frozenset((22, 23, 24, 25)),
    ),
    "esp32s3": Chip(
        title="ESP32-S3",
        arch="xtensawin",
        pins=range(49),
        uarts=3,
        console=(43, 44),
        flash=frozenset(range(26, 33)),
        strapping={
            0: "low at boot waits for a download",
            3: "selects the JTAG source at boot",
            45: "sets the flash voltage at boot",
            46: "must be low for a download, and silences the boot log",
        },
        psram={"octal": frozenset(range(33, 38))},
        usb=frozenset((19, 20)),
        glitch={21: "is high for about 30 ms at boot", 43: "sends the boot log"},
        pulled={0: 1, 45: 0, 46: 0},
        absent=frozenset((22, 23, 24, 25)),
    ),
    "esp32c3": Chip(
        title="ESP32-C3",
        arch="rv32imc",
        pins=range(22),
        uarts=2,
        console=(21, 20),
        flash=frozenset(range(12, 18)),
        strapping={
            2: "must be high at boot",
            8: "must be high for a download",
            9: "low at boot waits for a download",
        },
        usb=frozenset((18, 19)),
        i2cs=1,
        spis=(1,),
        glitch={18: "is high for a moment at boot", 21: "sends the boot log"},
        pulled={9: 1},
    ),
    "esp32c6": Chip(
        title="ESP32-C6",
        arch="rv32imc",
        pins=range(31),
        uarts=2,
        console=(16, 17),
        flash=frozenset(range(24, 31)),
        strapping={
            4: "takes part in choosing SDIO timing at boot",
            5: "takes part in choosing SDIO timing at boot",
            8: "must be high for a download",
            9: "low at boot waits for a download",
            15: "selects the JTAG source at boot",
        },
        usb=frozenset((12, 13)),
        i2cs=1,
        spis=(1,),
        glitch={16: "sends the boot log"},
        pulled={9: 1},
    ),
}
