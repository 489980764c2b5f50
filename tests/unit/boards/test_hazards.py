"""Each hazard has an example that must be found; in random profiles none may be missed."""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import hazards, profiles, wiring_hazards
from host_tools.boards.chips import CHIPS
from host_tools.boards.hazard import ERROR, WARNING, Hazard
from host_tools.boards.profile import Profile
from host_tools.firmware import ROOT
from tests.unit.boards.examples import PLAIN, RICH


def found(document: dict[str, Any]) -> list[Hazard]:
    return hazards.check(profiles.parse(document, "test"))


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PLAIN), **changes}


def relay(pin: int, **more: Any) -> dict[str, Any]:
    return changed(relays=[{"pin": pin, "safe": "low", "bias": "down", **more}])


def fire(**fields: Any) -> dict[str, Any]:
    return changed(inputs={"fire": {"active": "high", **fields}})


def lane(**inputs: Any) -> dict[str, Any]:
    return changed(lanes=[{"readers": [0], "relays": [0], **inputs}])


def readers(*wirings: tuple[int, int, int]) -> list[dict[str, Any]]:
    return [
        {"kind": "plain", "uart": uart, "rx": rx, "tx": tx, "baud": 9600}
        for uart, rx, tx in wirings
    ]


PHY = {"kind": "lan8720", "address": 1, "mdc": 23, "mdio": 18, "power": 13}
W5500 = {"kind": "w5500", "bus": 1, "sck": 18, "mosi": 23, "miso": 19, "cs": 5}
CLOCK_IN = {"clock": {"pin": 0, "direction": "in"}}
S3 = {"chip": "esp32s3", "inputs": {"fire": {"pin": 5, "active": "high", "pull": "up"}}}
C3 = {"chip": "esp32c3", "inputs": {"fire": {"pin": 3, "active": "high", "pull": "up"}}}
KEY = {"pin": 25, "active": "low", "pull": "up"}

# name, severity, pin, a word of the reason, the profile
EXAMPLES: list[tuple[str, str, int, str, dict[str, Any]]] = [
    ("twice", ERROR, 16, "is used for reader 0 rx already", relay(16)),
    ("no-pin", ERROR, 24, "the chip has no such pin", relay(24)),
    ("no-pin", ERROR, 45, "the chip has no such pin", relay(45)),
    ("flash", ERROR, 6, "the board does not start", relay(6)),
    ("psram", ERROR, 16, "belongs to the PSRAM", changed(psram="quad")),
    ("psram", ERROR, 35, "belongs to the PSRAM",
     {**relay(35), **S3, "psram": "octal", "readers": readers((1, 18, 17))}),
    ("input-only", ERROR, 34, "drives nothing", relay(34)),
    ("no-pull", ERROR, 34, "fit one and say resistor", fire(pin=34, pull="up")),
    ("console", WARNING, 3, "is the console of UART 0", fire(pin=3, pull="up")),
    ("console", ERROR, 1, "is the console of UART 0", relay(1)),
    ("strapping", WARNING, 12, "1.8 V", relay(12)),
    ("usb", WARNING, 19, "is USB data",
     {**relay(19), **C3, "readers": readers((1, 4, 5))}),
    ("boot-glitch", WARNING, 14, "is high for about 600 ms at boot", relay(14)),
    ("boot-glitch", WARNING, 21, "30 ms",
     {**relay(21), **S3, "readers": readers((1, 18, 17))}),
    ("not-brought-out", ERROR, 26, "no header or terminal",
     changed(headers=[{"side": "left", "pins": [16, 17, 27, "GND"]}])),
    ("shared", WARNING, 27, "shared with the board's button",
     changed(headers=[{"side": "left", "pins": [16, 17, 26, 27]}],
             onboard=[{"pin": 27, "part": "button"}])),
    ("rmii", ERROR, 26, "RXD1 of the Ethernet PHY", changed(network={**PHY, **CLOCK_IN})),
    ("uart", ERROR, 4, "UART 2 does not exist", {**relay(10), **C3, "readers": readers((2, 4, 5))}),
    ("uart", ERROR, 4, "the console", changed(readers=readers((0, 4, 5)))),
    ("uart", ERROR, 18, "is reader 0's already",
     changed(readers=readers((2, 16, 17), (2, 18, 19)),
             lanes=[{"readers": [0, 1], "relays": [0]}])),
    ("lane", ERROR, -1, "names relay 1, but there are 1",
     changed(lanes=[{"readers": [0], "relays": [1]}])),
    ("lane", ERROR, -1, "reader 0 is lane 0's already",
     changed(lanes=[{"readers": [0], "relays": [0]}, {"readers": [0], "relays": [0]}])),
    ("lane", ERROR, 18, "belongs to no lane", changed(readers=readers((2, 16, 17), (1, 18, 19)))),
    ("too-many", ERROR, -1, "lanes use 3 relays",
     changed(relays=[{"pin": p, "safe": "low", "bias": "down"} for p in (26, 32, 33)],
             readers=readers((2, 16, 17), (1, 18, 19)),
             lanes=[{"readers": [0], "relays": [0, 1]}, {"readers": [1], "relays": [2]}])),
    ("relay-bias", WARNING, 26, "the pin floats", relay(26, bias="none")),
    ("relay-bias", ERROR, 26, "opens the gate while nothing drives it", relay(26, bias="up")),
    ("boot-pull", WARNING, 5, "is held high by the chip itself in reset", relay(5, bias="none")),
    ("opto-5v", WARNING, 26, "3.3 V may not switch it off",
     relay(26, safe="high", bias="up", driver="opto-5v")),
    ("no-fire", WARNING, -1, "stays shut in a fire", changed(inputs={})),
    ("fire-loop", WARNING, 27, "a cut wire goes unnoticed",
     changed(inputs={"fire": {"pin": 27, "active": "low", "pull": "up"}})),
    ("tamper-loop", WARNING, 25, "cutting its wire silences it", changed(inputs={"tamper": KEY})),
    ("key-loop", WARNING, 25, "reads as turned when its wire is cut",
     changed(inputs={"maintenance": {**KEY, "active": "high"}})),
    ("exit-loop", ERROR, 25, "that opens the gate",
     lane(request_to_exit={**KEY, "active": "high"})),
    ("floating", WARNING, 34, "a cut wire reads as anything", fire(pin=34)),
    ("no-bus", ERROR, -1, "needs i2c",
     changed(display={"kind": "ssd1306", "width": 128, "height": 64})),
    ("no-bus", ERROR, -1, "needs spi",
     changed(display={"kind": "st7789", "cs": 5, "dc": 4, "width": 240, "height": 240})),
    ("no-bus", ERROR, -1, "DS3231 needs i2c", changed(rtc={"kind": "ds3231"})),
    ("no-bus", ERROR, 5, "bus 1 does not exist",
     {**relay(10), **C3, "readers": readers((1, 4, 6)), "i2c": {"bus": 1, "scl": 7, "sda": 5}}),
    ("no-bus", ERROR, 7, "bus 2 does not exist",
     {**relay(10), **C3, "readers": readers((1, 4, 6)), "spi": {"bus": 2, "sck": 7, "mosi": 5}}),
    ("no-bus", ERROR, 18, "is the display's already",
     changed(network=W5500, spi={"bus": 1, "sck": 32, "mosi": 33})),
    ("i2c-pull-ups", WARNING, 21, "fit 2.2 to 10", changed(i2c={"bus": 0, "scl": 22, "sda": 21})),
    ("no-mac", ERROR, -1, "use a W5500",
     {**relay(4), **S3, "readers": readers((1, 18, 17)), "network": {**PHY, **CLOCK_IN}}),
    ("phy-clock", ERROR, 17, "GPIO 0 can",
     changed(network={**PHY, "clock": {"pin": 17, "direction": "in"}})),
    ("phy-clock", WARNING, 0, "waits for a download",
     changed(network={**CLOCK_IN, "kind": "lan8720", "address": 0, "mdc": 23, "mdio": 18})),
    ("accepted", ERROR, 12, "that there is not",
     changed(accepted=[{"hazard": "strapping", "pin": 12, "because": "there was a relay once"}])),
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e[0]}-{e[2]}" for e in EXAMPLES])
def test_hazard_is_found(example: tuple[str, str, int, str, dict[str, Any]]) -> None:
    name, severity, pin, reason, document = example
    same = [h for h in found(document) if (h.name, h.severity, h.pin) == (name, severity, pin)]
    assert any(reason in hazard.reason for hazard in same), found(document)


def test_plain_profile_has_none() -> None:
    assert found(PLAIN) == []


def test_every_hazard_has_an_example_and_is_explained_in_the_docs() -> None:
    names: set[str] = set()
    for module in (hazards, wiring_hazards):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        names |= set(re.findall(r'yield Hazard\(\s*"([a-z0-9-]+)"', source))
    assert names == {example[0] for example in EXAMPLES}
    page = (ROOT / "docs" / "boards.md").read_text(encoding="utf-8").partition("| hazard |")[2]
    assert names == set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE))


def test_an_accepted_warning_stays_and_says_why() -> None:
    accepted = [{"hazard": "strapping", "pin": 12, "because": "measured with a scope"}]
    [hazard] = found({**relay(12), "accepted": accepted})
    assert (hazard.name, hazard.accepted) == ("strapping", "measured with a scope")


def test_an_error_cannot_be_accepted() -> None:
    accepted = [{"hazard": "flash", "pin": 6, "because": "I know what I do"}]
    names = [(h.name, h.severity, h.accepted) for h in found({**relay(6), "accepted": accepted})]
    assert names == [("flash", ERROR, ""), ("accepted", ERROR, "")]


def test_no_hazard_of_a_pin_is_missed_in_random_profiles() -> None:
    """An oracle of its own: pins drawn at random, judged by the chips' lists alone."""
    rng = random.Random(6)
    for _ in range(600):
        document, profile = _random(rng)
        names = {(h.name, h.pin) for h in hazards.check(profile)}
        chip = CHIPS[profile.chip]
        uses = profile.uses()
        for use in uses:
            pin = use.pin
            if pin not in chip.pins or pin in chip.absent:
                assert ("no-pin", pin) in names, document
                continue
            assert (pin in chip.flash) == (("flash", pin) in names), document
            assert (pin in chip.strapping) == (("strapping", pin) in names), document
            assert (pin in chip.console) == (("console", pin) in names), document
            assert (pin in chip.usb) == (("usb", pin) in names), document
            taken = pin in chip.psram.get(profile.psram, ())
            assert taken == (("psram", pin) in names), document
            assert (sum(u.pin == pin for u in uses) > 1) == (("twice", pin) in names), document
            drives = any(u.driven for u in uses if u.pin == pin)
            assert (pin in chip.input_only and drives) == (("input-only", pin) in names), document


def _random(rng: random.Random) -> tuple[dict[str, Any], Profile]:
    document = copy.deepcopy(RICH)
    document["chip"] = rng.choice(list(CHIPS))
    document["psram"] = rng.choice(["none", "quad", "octal"])

    def redraw(place: Any) -> None:
        if isinstance(place, list):
            for one in place:
                redraw(one)
        elif isinstance(place, dict):
            for key in place:
                if key in ("pin", "rx", "tx", "scl", "sda", "sck", "mosi", "cs", "dc", "backlight"):
                    place[key] = rng.randrange(49)
                else:
                    redraw(place[key])

    redraw(document)
    return document, profiles.parse(document, "random")
