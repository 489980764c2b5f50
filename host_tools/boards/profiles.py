"""Reads board profiles: boards/*.yaml, or a file that the user names."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from host_tools.boards.complaints import complaints
from host_tools.boards.profile import (
    I2C,
    SPI,
    W5500,
    Accepted,
    Buzzer,
    Ds3231,
    Header,
    HeaderPin,
    Input,
    Lan8720,
    Lane,
    Network,
    Onboard,
    Output,
    Pixels,
    Profile,
    Reader,
    Relay,
    Source,
    Ssd1306,
    St7789,
    Wifi,
)
from host_tools.firmware import ROOT
from host_tools.names import suggest
from host_tools.problems import Failure

T = TypeVar("T")
BOARDS = ROOT / "boards"
_LEVELS = {"low": 0, "high": 1}
_PULLS = {"none": 0, "up": 1, "down": -1}
_BIASES = {"none": None, "up": 1, "down": 0}


@lru_cache(maxsize=1)
def _schema() -> Any:
    return json.loads((Path(__file__).parent / "schema.json").read_text())


def names() -> list[str]:
    """The boards that come with the project."""
    return sorted(path.stem for path in BOARDS.glob("*.yaml"))


def load(name: str) -> Profile:
    """The profile of a board by its name, or from a file (a name that ends with .yaml)."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else BOARDS / f"{name}.yaml"
    if not path.is_file():
        known = names()
        raise Failure(
            f"{name}: no such board{suggest(name, known)} (boards: {', '.join(known)}; "
            "a file of your own ends with .yaml)"
        )
    try:
        document = YAML(typ="safe").load(path)
    except (YAMLError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: is not YAML: {error}") from None
    return parse(document, str(path))


def parse(document: Any, where: str) -> Profile:
    """Check a document against the schema and make a profile of it."""
    errors = jsonschema.Draft202012Validator(_schema()).iter_errors(document)
    found = complaints(errors)
    if found:
        raise Failure(f"{where}: " + "; ".join(found))
    lamp = document.get("lamp", {})
    inputs = document.get("inputs", {})
    return Profile(
        name=document["name"],
        title=document["title"],
        chip=document["chip"],
        flash_kb=document["flash"] * 1024,
        psram=document.get("psram", "none"),
        readers=tuple(Reader(**reader) for reader in document["readers"]),
        relays=tuple(_relay(relay) for relay in document["relays"]),
        lanes=tuple(_lane(lane) for lane in document["lanes"]),
        **{name: _input(fields) for name, fields in inputs.items()},
        green=_output(lamp.get("green")),
        red=_output(lamp.get("red")),
        pixels=Pixels(**lamp["ws2812"]) if "ws2812" in lamp else None,
        buzzer=_maybe(_buzzer, document.get("buzzer")),
        i2c=_maybe(_i2c, document.get("i2c")),
        spi=_maybe(_spi, document.get("spi")),
        display=_maybe(_display, document.get("display")),
        rtc=_maybe(lambda fields: Ds3231(fields.get("address", 0x68)), document.get("rtc")),
        network=_maybe(_network, document.get("network")),
        headers=tuple(_header(header) for header in document.get("headers", ())),
        onboard=tuple(
            Onboard(one["pin"], one["part"], one.get("use", ""))
            for one in document.get("onboard", ())
        ),
        sources=tuple(
            Source(one["what"], one["from"], one["sure"]) for one in document.get("sources", ())
        ),
        accepted=tuple(
            Accepted(one["hazard"], one.get("pin"), one["because"])
            for one in document.get("accepted", ())
        ),
    )


def _maybe(make: Callable[[dict[str, Any]], T], fields: dict[str, Any] | None) -> T | None:
    return None if fields is None else make(fields)


def _output(fields: dict[str, Any] | None) -> Output | None:
    return None if fields is None else Output(fields["pin"], _LEVELS[fields["on"]])


def _input(fields: dict[str, Any] | None) -> Input | None:
    if fields is None:
        return None
    return Input(
        fields["pin"],
        _LEVELS[fields["active"]],
        _PULLS[fields.get("pull", "none")],
        _PULLS[fields.get("resistor", "none")],
    )


def _relay(fields: dict[str, Any]) -> Relay:
    active = 1 - _LEVELS[fields["safe"]]
    return Relay(
        fields["pin"], active, _BIASES[fields.get("bias", "none")], fields.get("driver", "")
    )


def _lane(fields: dict[str, Any]) -> Lane:
    return Lane(
        tuple(fields["readers"]),
        tuple(fields["relays"]),
        _input(fields.get("passage")),
        _input(fields.get("door")),
        _input(fields.get("request_to_exit")),
    )


def _buzzer(fields: dict[str, Any]) -> Buzzer:
    return Buzzer(fields["pin"], _LEVELS[fields["on"]], fields.get("tone", False))


def _i2c(fields: dict[str, Any]) -> I2C:
    hz = fields.get("hz", 400_000)
    resistors = fields.get("resistors", False)
    return I2C(fields["bus"], fields["scl"], fields["sda"], hz, resistors)


def _spi(fields: dict[str, Any]) -> SPI:
    return SPI(fields["bus"], fields["sck"], fields["mosi"], fields.get("hz", 20_000_000))


def _display(fields: dict[str, Any]) -> Ssd1306 | St7789:
    if fields["kind"] == "ssd1306":
        return Ssd1306(fields.get("address", 0x3C), fields["width"], fields["height"])
    return St7789(
        fields["cs"],
        fields["dc"],
        fields.get("reset"),
        fields.get("backlight"),
        fields["width"],
        fields["height"],
        fields.get("x", 0),
        fields.get("y", 0),
        fields.get("rotation", 0),
    )


def _network(fields: dict[str, Any]) -> Network:
    if fields["kind"] == "wifi":
        return Wifi()
    if fields["kind"] == "lan8720":
        clock = fields["clock"]
        return Lan8720(
            fields["address"],
            fields["mdc"],
            fields["mdio"],
            fields.get("power"),
            clock["pin"],
            clock["direction"] == "out",
        )
    return W5500(
        fields["bus"],
        fields["sck"],
        fields["mosi"],
        fields["miso"],
        fields["cs"],
        fields.get("interrupt"),
        fields.get("reset"),
    )


def _header(fields: dict[str, Any]) -> Header:
    pins = []
    for entry in fields["pins"]:
        label, _, number = str(entry).partition("=")
        if isinstance(entry, int):
            pins.append(HeaderPin(str(entry), entry))
        else:
            pins.append(HeaderPin(label, int(number) if number else None))
    ordered = fields.get("order", "known") == "known"
    return Header(fields.get("name", ""), fields["side"], ordered, tuple(pins))
