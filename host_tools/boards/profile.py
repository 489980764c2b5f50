"""What a board profile says, as types: one board and everything that is wired to it.

Pins are GPIO numbers of the chip. Readers, relays and lanes are counted from 0, as in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host_tools.boards.chips import CHIPS, Chip


@dataclass(frozen=True)
class Output:
    """A pin that is driven; active is the level at which it does something."""

    pin: int
    active: int


@dataclass(frozen=True)
class Relay(Output):
    """Active: the gate lets pass. bias: what a resistor holds it at (1, 0) or None.

    driver: what the pin drives, "" if the profile does not say.
    """

    bias: int | None = None
    driver: str = ""


@dataclass(frozen=True)
class Buzzer(Output):
    """tone: a passive one, which wants PWM."""

    tone: bool = False


@dataclass(frozen=True)
class Input:
    """A pin that is read. pull: the chip's own, 1 up, -1 down, 0 none; resistor: one outside."""

    pin: int
    active: int
    pull: int
    resistor: int = 0

    @property
    def rest(self) -> int:
        """The level that a cut wire leaves: 1, -1 (low), or 0 where nobody knows."""
        return self.pull or self.resistor


@dataclass(frozen=True)
class Reader:
    kind: str
    uart: int
    rx: int
    tx: int
    baud: int


@dataclass(frozen=True)
class Lane:
    """One barrier. readers, relays: indices. Reader i opens relay min(i, len(relays) - 1)."""

    readers: tuple[int, ...]
    relays: tuple[int, ...]
    passage: Input | None = None
    door: Input | None = None
    request_to_exit: Input | None = None


@dataclass(frozen=True)
class Pixels:
    """WS2812 in a row, in the order green, red, blue."""

    pin: int
    count: int


@dataclass(frozen=True)
class I2C:
    bus: int
    scl: int
    sda: int
    hz: int
    resistors: bool


@dataclass(frozen=True)
class SPI:
    bus: int
    sck: int
    mosi: int
    hz: int


@dataclass(frozen=True)
class Ssd1306:
    address: int
    width: int
    height: int


@dataclass(frozen=True)
class St7789:
    """x, y: the panel's first pixel in the controller's memory. rotation: quarter turns."""

    cs: int
    dc: int
    reset: int | None
    backlight: int | None
    width: int
    height: int
    x: int
    y: int
    rotation: int


@dataclass(frozen=True)
class Ds3231:
    address: int


@dataclass(frozen=True)
class Wifi:
    pass


@dataclass(frozen=True)
class Lan8720:
    """clock_out: whether the chip gives the PHY its 50 MHz, or takes it."""

    address: int
    mdc: int
    mdio: int
    power: int | None
    clock: int
    clock_out: bool


@dataclass(frozen=True)
class W5500:
    bus: int
    sck: int
    mosi: int
    miso: int
    cs: int
    interrupt: int | None
    reset: int | None


Network = Wifi | Lan8720 | W5500


@dataclass(frozen=True)
class HeaderPin:
    """A place of a header: what is printed there, and its GPIO number if it has one."""

    label: str
    gpio: int | None


@dataclass(frozen=True)
class Header:
    """A row of pins or terminals from top to bottom. ordered: whether the order is known."""

    name: str
    side: str  # left, right
    ordered: bool
    pins: tuple[HeaderPin, ...]


@dataclass(frozen=True)
class Onboard:
    """A part that the board has on a pin, and what this profile uses it for ("": nothing)."""

    pin: int
    part: str
    use: str


@dataclass(frozen=True)
class Source:
    """Where a fact is from. sure: maker, several, single, disagree, assumed."""

    what: str
    origin: str
    sure: str


@dataclass(frozen=True)
class Accepted:
    """A warning that is lived with, on a pin or (None) of the whole board."""

    hazard: str
    pin: int | None
    because: str


@dataclass(frozen=True)
class Use:
    """What a pin is for. part: the thing at its end, e.g. "reader 0"; duty: e.g. "rx"."""

    pin: int
    part: str
    duty: str
    driven: bool

    def __str__(self) -> str:
        return f"{self.part} {self.duty}".strip()


@dataclass(frozen=True)
class Profile:
    """One board, as wired."""

    name: str
    title: str
    chip: str
    flash_kb: int
    psram: str  # none, quad, octal
    readers: tuple[Reader, ...]
    relays: tuple[Relay, ...]
    lanes: tuple[Lane, ...]
    fire: Input | None = None
    tamper: Input | None = None
    lock: Input | None = None
    maintenance: Input | None = None
    green: Output | None = None
    red: Output | None = None
    pixels: Pixels | None = None
    buzzer: Buzzer | None = None
    i2c: I2C | None = None
    spi: SPI | None = None
    display: Ssd1306 | St7789 | None = None
    rtc: Ds3231 | None = None
    network: Network | None = None
    headers: tuple[Header, ...] = ()
    onboard: tuple[Onboard, ...] = ()
    sources: tuple[Source, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    @property
    def silicon(self) -> Chip:
        return CHIPS[self.chip]

    @property
    def arch(self) -> str:
        """What mpy-cross calls it."""
        return self.silicon.arch

    def inputs(self) -> dict[str, Input]:
        """Every input that is wired, by its name."""
        found = {
            "fire": self.fire,
            "tamper": self.tamper,
            "lock": self.lock,
            "maintenance": self.maintenance,
        }
        for number, lane in enumerate(self.lanes):
            found[f"lane {number} passage"] = lane.passage
            found[f"lane {number} door"] = lane.door
            found[f"lane {number} request-to-exit"] = lane.request_to_exit
        return {name: wired for name, wired in found.items() if wired}

    def uses(self) -> list[Use]:
        """Every pin in use, in the order of the profile."""
        return [*self._readers_relays_inputs(), *self._people(), *self._buses()]

    def _readers_relays_inputs(self) -> Iterator[Use]:
        for number, reader in enumerate(self.readers):
            yield Use(reader.rx, f"reader {number}", "rx", False)
            yield Use(reader.tx, f"reader {number}", "tx", True)
        for number, relay in enumerate(self.relays):
            yield Use(relay.pin, f"relay {number}", "", True)
        for name, wired in self.inputs().items():
            yield Use(wired.pin, name, "", False)

    def _people(self) -> Iterator[Use]:
        for duty, lamp in (("green", self.green), ("red", self.red)):
            if lamp:
                yield Use(lamp.pin, "lamp", duty, True)
        if self.pixels:
            yield Use(self.pixels.pin, "lamp", "pixels", True)
        if self.buzzer:
            yield Use(self.buzzer.pin, "buzzer", "", True)

    def _buses(self) -> Iterator[Use]:
        if self.i2c:
            yield Use(self.i2c.scl, "i2c", "scl", True)
            yield Use(self.i2c.sda, "i2c", "sda", True)
        if self.spi:
            yield Use(self.spi.sck, "spi", "sck", True)
            yield Use(self.spi.mosi, "spi", "mosi", True)
        if isinstance(self.display, St7789):
            for duty in ("cs", "dc", "reset", "backlight"):
                pin = getattr(self.display, duty)
                if pin is not None:
                    yield Use(pin, "display", duty, True)
        network = self.network
        if isinstance(network, Lan8720):
            yield Use(network.mdc, "ethernet", "mdc", True)
            yield Use(network.mdio, "ethernet", "mdio", True)
            yield Use(network.clock, "ethernet", "clock", network.clock_out)
            if network.power is not None:
                yield Use(network.power, "ethernet", "power", True)
        elif isinstance(network, W5500):
            for duty in ("sck", "mosi", "miso", "cs", "interrupt", "reset"):
                pin = getattr(network, duty)
                if pin is not None:
                    yield Use(pin, "ethernet", duty, duty not in ("miso", "interrupt"))
