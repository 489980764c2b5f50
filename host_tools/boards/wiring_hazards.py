"""Hazards of how things are wired together: relays, inputs, readers, buses, network."""

from __future__ import annotations

from collections.abc import Iterator

from host_tools.boards.hazard import ERROR, WARNING, Hazard
from host_tools.boards.profile import W5500, Input, Lan8720, Profile, Ssd1306, St7789

_MOST = 2  # readers, and relays that lanes use, of one terminal
_CLOCK_PINS = {"in": (0,), "out": (0, 16, 17)}  # of an ESP32's 50 MHz to or from the PHY


def find(profile: Profile) -> Iterator[Hazard]:
    yield from _readers(profile)
    yield from _lanes(profile)
    yield from _relays(profile)
    yield from _inputs(profile)
    yield from _buses(profile)
    yield from _network(profile)


def _readers(profile: Profile) -> Iterator[Hazard]:
    uarts: dict[int, int] = {}
    for number, reader in enumerate(profile.readers):
        name = f"reader {number} rx"
        if reader.uart >= profile.silicon.uarts:
            there = profile.silicon.uarts
            reason = f"UART {reader.uart} does not exist, the chip has {there} counted from 0"
            yield Hazard("uart", ERROR, reader.rx, name, reason)
        if reader.uart == 0:
            reason = "UART 0 is the console: its log would be mixed into what the reader hears"
            yield Hazard("uart", ERROR, reader.rx, name, reason)
        first = uarts.setdefault(reader.uart, number)
        if first != number:
            reason = f"UART {reader.uart} is reader {first}'s already"
            yield Hazard("uart", ERROR, reader.rx, name, reason)


def _lanes(profile: Profile) -> Iterator[Hazard]:
    taken: dict[tuple[str, int], int] = {}
    for number, lane in enumerate(profile.lanes):
        for what, used, there in (
            ("reader", lane.readers, len(profile.readers)),
            ("relay", lane.relays, len(profile.relays)),
        ):
            for index in used:
                if index >= there:
                    reason = f"names {what} {index}, but there are {there}, counted from 0"
                    yield Hazard("lane", ERROR, -1, f"lane {number}", reason)
                first = taken.setdefault((what, index), number)
                if first != number:
                    reason = f"{what} {index} is lane {first}'s already"
                    yield Hazard("lane", ERROR, -1, f"lane {number}", reason)
    for index in range(len(profile.readers)):
        if ("reader", index) not in taken:
            reason = "belongs to no lane: it would read for nobody"
            yield Hazard("lane", ERROR, profile.readers[index].rx, f"reader {index}", reason)
    relays = sum(what == "relay" for what, _ in taken)
    if relays > _MOST:
        reason = f"lanes use {relays} relays, one terminal drives at most {_MOST}"
        yield Hazard("too-many", ERROR, -1, "lanes", reason)


def _relays(profile: Profile) -> Iterator[Hazard]:
    for number, relay in enumerate(profile.relays):
        name = f"relay {number}"
        if relay.bias == relay.active:
            reason = "a resistor holds it at the level that opens the gate while nothing drives it"
            yield Hazard("relay-bias", ERROR, relay.pin, name, reason)
        elif relay.bias is None:
            reason = (
                "has no resistor to its safe level: from reset until boot.py runs the pin floats, "
                "and the gate may open"
            )
            yield Hazard("relay-bias", WARNING, relay.pin, name, reason)
        if profile.silicon.pulled.get(relay.pin) == relay.active and relay.bias is None:
            level = "high" if relay.active else "low"
            reason = f"is held {level} by the chip itself in reset: that opens the gate"
            yield Hazard("boot-pull", WARNING, relay.pin, name, reason)
        if relay.driver == "opto-5v" and relay.active == 0:
            reason = (
                "hangs on a module with 5 V at its input: 3.3 V may not switch it off, and the "
                "gate stays open; feed its LEDs from 3.3 V, or use a transistor"
            )
            yield Hazard("opto-5v", WARNING, relay.pin, name, reason)


def _inputs(profile: Profile) -> Iterator[Hazard]:
    if profile.fire is None:
        reason = "there is no fire input: the gate stays shut in a fire"
        yield Hazard("no-fire", WARNING, -1, "fire", reason)
    for name, wired in profile.inputs().items():
        if wired.rest == 0:
            reason = "has no resistor to a level: a cut wire reads as anything"
            yield Hazard("floating", WARNING, wired.pin, name, reason)
        else:
            yield from _cut_wire(name, wired)


def _cut_wire(name: str, wired: Input) -> Iterator[Hazard]:
    """What the input says when its wire is cut."""
    yes = wired.active == (1 if wired.rest > 0 else 0)
    if name == "fire" and not yes:
        reason = (
            "is wired normally open: a cut wire goes unnoticed and the gate stays shut in a fire; "
            "use a closed loop that the fire contact opens"
        )
        yield Hazard("fire-loop", WARNING, wired.pin, name, reason)
    if name == "tamper" and not yes:
        reason = "is wired normally open: cutting its wire silences it; use a closed loop"
        yield Hazard("tamper-loop", WARNING, wired.pin, name, reason)
    if name.endswith("request-to-exit") and yes:
        reason = "reads as pressed when its wire is cut: that opens the gate"
        yield Hazard("exit-loop", ERROR, wired.pin, name, reason)
    if name == "maintenance" and yes:
        reason = "reads as turned when its wire is cut: use a contact that closes"
        yield Hazard("key-loop", WARNING, wired.pin, name, reason)


def _buses(profile: Profile) -> Iterator[Hazard]:
    display = profile.display
    if isinstance(display, Ssd1306) and not profile.i2c:
        yield Hazard("no-bus", ERROR, -1, "display", "an SSD1306 needs i2c:")
    if isinstance(display, St7789) and not profile.spi:
        yield Hazard("no-bus", ERROR, -1, "display", "an ST7789 needs spi:")
    if profile.rtc and not profile.i2c:
        yield Hazard("no-bus", ERROR, -1, "rtc", "a DS3231 needs i2c:")
    if profile.i2c and not profile.i2c.resistors:
        reason = "has no pull-up resistors: fit 2.2 to 10 kΩ to 3.3 V on both wires"
        yield Hazard("i2c-pull-ups", WARNING, profile.i2c.sda, "i2c", reason)
    if profile.i2c and profile.i2c.bus >= profile.silicon.i2cs:
        reason = f"bus {profile.i2c.bus} does not exist on this chip"
        yield Hazard("no-bus", ERROR, profile.i2c.sda, "i2c", reason)
    if profile.spi and profile.spi.bus not in profile.silicon.spis:
        reason = f"bus {profile.spi.bus} does not exist on this chip"
        yield Hazard("no-bus", ERROR, profile.spi.sck, "spi", reason)


def _network(profile: Profile) -> Iterator[Hazard]:
    network = profile.network
    if isinstance(network, Lan8720):
        if profile.chip != "esp32":
            reason = "a LAN8720 needs the Ethernet MAC that only the ESP32 has; use a W5500"
            yield Hazard("no-mac", ERROR, -1, "ethernet", reason)
        direction = "out" if network.clock_out else "in"
        if network.clock not in _CLOCK_PINS[direction]:
            reason = f"cannot carry the PHY's clock {direction}: GPIO 0 can, 16 and 17 give it out"
            yield Hazard("phy-clock", ERROR, network.clock, "ethernet clock", reason)
        if not network.clock_out and network.power is None:
            reason = (
                "gets the PHY's clock at boot unless something holds it back: GPIO 0 low at the "
                "wrong moment waits for a download"
            )
            yield Hazard("phy-clock", WARNING, network.clock, "ethernet clock", reason)
    if isinstance(network, W5500):
        if network.bus not in profile.silicon.spis:
            reason = f"bus {network.bus} does not exist on this chip"
            yield Hazard("no-bus", ERROR, network.sck, "ethernet", reason)
        if profile.spi and profile.spi.bus == network.bus:
            reason = f"SPI bus {network.bus} is the display's already"
            yield Hazard("no-bus", ERROR, network.sck, "ethernet", reason)
