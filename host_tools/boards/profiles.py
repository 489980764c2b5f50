"""Reads board profiles: boards/*.yaml, or a file that the user names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from host_tools.firmware import ROOT
from host_tools.names import suggest
from host_tools.problems import Failure

BOARDS = ROOT / "boards"
_LEVELS = {"low": 0, "high": 1}
_PULLS = {"none": 0, "up": 1, "down": -1}


@dataclass(frozen=True)
class Output:
    """A pin that is driven; active is the level at which it does something."""

    pin: int
    active: int


@dataclass(frozen=True)
class Input:
    """A pin that is read. pull: 1 up, -1 down, 0 none."""

    pin: int
    active: int
    pull: int


@dataclass(frozen=True)
class Reader:
    uart: int
    rx: int
    tx: int
    baud: int


@dataclass(frozen=True)
class Profile:
    """One board, as wired. Relays are open (the gate lets pass) at their active level."""

    name: str
    title: str
    chip: str
    arch: str
    psram: bool
    reader: Reader
    relays: tuple[Output, ...]
    fire: Input | None
    green: Output | None
    red: Output | None
    buzzer: Output | None

    def pins(self) -> list[tuple[str, int, bool]]:
        """Every pin in use: what for, its number, whether it is driven."""
        found = [("reader rx", self.reader.rx, False), ("reader tx", self.reader.tx, True)]
        found += [(f"relay {i + 1}", relay.pin, True) for i, relay in enumerate(self.relays)]
        if self.fire:
            found.append(("fire", self.fire.pin, False))
        for use, output in (
            ("lamp green", self.green),
            ("lamp red", self.red),
            ("buzzer", self.buzzer),
        ):
            if output:
                found.append((use, output.pin, True))
        return found


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
    complaints = [
        f"{'.'.join(str(part) for part in error.absolute_path) or 'the file'}: {error.message}"
        for error in errors
    ]
    if complaints:
        raise Failure(f"{where}: " + "; ".join(complaints))
    lamp = document.get("lamp", {})
    return Profile(
        name=document["name"],
        title=document["title"],
        chip=document["chip"],
        arch=document["arch"],
        psram=document.get("psram", False),
        reader=Reader(**document["reader"]),
        relays=tuple(Output(r["pin"], 1 - _LEVELS[r["safe"]]) for r in document["relays"]),
        fire=_input(document.get("fire")),
        green=_output(lamp.get("green")),
        red=_output(lamp.get("red")),
        buzzer=_output(document.get("buzzer")),
    )


def _output(fields: dict[str, Any] | None) -> Output | None:
    return None if fields is None else Output(fields["pin"], _LEVELS[fields["on"]])


def _input(fields: dict[str, Any] | None) -> Input | None:
    if fields is None:
        return None
    return Input(fields["pin"], _LEVELS[fields["active"]], _PULLS[fields.get("pull", "none")])
