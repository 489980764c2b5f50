"""Reads a scenario: strictly, by grammar.json, with the line of every mistake."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from host_tools import firmware, yaml_file
from host_tools.names import suggest
from host_tools.simulator.scenarios.features import FEATURES
from host_tools.yaml_file import Item

assert firmware.FIRMWARE.is_dir()
from gate import refusal  # noqa: E402 - the firmware is on the path only now
from gate.lane import table  # noqa: E402

MODIFIERS = ("after", "at", "changes", "because", "expect")
DEFAULT_BOARD = "esp32-devkit"
ALARMS = (table.FORCED, table.TAILGATING, table.HELD_OPEN, table.TAMPER)
_UNITS = {"ms": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}


@dataclass(frozen=True)
class Step:
    """subject does `verb`; modifiers as the grammar has them, durations still in words."""

    number: int
    line: int
    subject: str
    verb: str
    person: bool
    after_ms: float
    at: str
    changes: Item | None
    because: str
    expect: Mapping[str, Any]

    def __str__(self) -> str:
        place = f" at {self.at}" if self.at == "inside" else f" in {self.at}" if self.at else ""
        return f"{self.subject} {self.verb}{place}"


@dataclass(frozen=True)
class Scenario:
    """path: as it was named. document: of the file, for what is read of it later (site, people)."""

    path: Path
    title: str
    board: str
    gates: tuple[str, ...]
    needed: tuple[str, ...]
    chip_clock: str
    site: Item | None
    people: Mapping[str, Item]
    steps: Sequence[Step]
    document: Item

    @property
    def name(self) -> str:
        return self.path.stem

    def needs(self) -> list[str]:
        """What a board must have for the story: names of features.FEATURES."""
        words = (need for step in self.steps for need in _needs(step))
        return list(dict.fromkeys([*self.needed, *words]))


@lru_cache(maxsize=1)
def grammar() -> dict[str, Any]:
    """grammar.json, with the words that the firmware's tables have."""
    text = (Path(__file__).parent / "grammar.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    document["$defs"] |= {
        "feature": {"enum": list(FEATURES)},
        "reason": {"enum": sorted(refusal.reasons())},
        "state": {"enum": list(table.STATES)},
        "alarm": {"enum": [*ALARMS, "none"]},
    }
    return document


def subjects() -> list[str]:
    """Who or what can do something, besides people."""
    return [word for word in grammar()["$defs"]["step"]["properties"] if word not in MODIFIERS]


def load(path: Path) -> Scenario:
    return read(yaml_file.load(path), path)


def read(root: Item, path: Path) -> Scenario:
    """Every mistake of a file is shown, with its line; then none of it is run."""
    document = root.json()
    people = document.get("people") if isinstance(document, dict) else None
    schema = _with_people(people if isinstance(people, dict) else {})
    for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
        _note(root, error)
    root.finish()
    assert isinstance(document, dict)
    items = root.mapping(tuple(document))
    steps = []
    for number, item in enumerate(items["story"].items(), 1):
        with item.collecting():
            steps.append(_step(item, number, document.get("people", {})))
    root.finish()
    return Scenario(
        path=path,
        title=document["title"],
        board=document.get("board", DEFAULT_BOARD),
        gates=tuple(document.get("gates", ())),
        needed=tuple(document.get("needs", ())),
        chip_clock=document.get("chip clock", "is right"),
        site=items.get("site"),
        people={name.text(): item for name, item in items["people"].pairs()}
        if "people" in items
        else {},
        steps=steps,
        document=root,
    )


def milliseconds(text: str) -> float:
    """A duration of the grammar."""
    count, unit = text.split()
    return float(count) * _UNITS[unit if unit == "ms" else unit.removesuffix("s")]


def _with_people(people: Mapping[str, Any]) -> dict[str, Any]:
    schema = copy.deepcopy(grammar())
    step = schema["$defs"]["step"]
    doing = [one["const"] for one in schema["$defs"]["doing"]["oneOf"]]
    step["properties"] |= {name: {"enum": doing} for name in people}
    step["additionalProperties"] = False
    return schema


def _step(item: Item, number: int, people: Mapping[str, Any]) -> Step:
    fields = item.json()
    assert isinstance(fields, dict)
    who = [key for key in fields if key not in MODIFIERS]
    if len(who) != 1:
        what = f"{' and '.join(who)} in one step" if who else "nobody does anything in this step"
        item.fail(f"{what}: one subject and what it does must stand here")
    [subject] = who
    parts = item.mapping(tuple(fields))
    if "changes" in parts and fields[subject] != "brings an update":
        parts["changes"].fail("only an update that a technician brings changes something")
    return Step(
        number=number,
        line=item.node.start_mark.line + 1,
        subject=subject,
        verb=fields[subject],
        person=subject in people,
        after_ms=milliseconds(fields.get("after", "0 ms")),
        at=fields.get("at", ""),
        changes=parts.get("changes"),
        because=fields.get("because", ""),
        expect=fields.get("expect", {}),
    )


def _needs(step: Step) -> Iterable[str]:
    if step.at == "lane 2":
        yield "two lanes"
    elif step.at == "inside":
        yield "a reader inside"
    yield from _NEEDS.get(step.verb if step.person else step.subject, ())
    yield from (word for word in ("lamp", "buzzer") if word in step.expect)
    if "reader" in step.expect:
        yield "a reader that answers"


_SENSOR = ("a passage sensor",)
_NEEDS = {
    "walks through": _SENSOR,
    "follows close behind": _SENSOR,
    "forces the way": _SENSOR,
    "stays in the passage": _SENSOR,
    "leaves the passage": _SENSOR,
    "presses the exit button": ("an exit button",),
    "fire": ("a fire contact",),
    "box": ("a tamper contact",),
    "lock key": ("a lock key",),
    "maintenance key": ("a maintenance key",),
    "clock chip": ("a clock chip",),
}


def _note(root: Item, error: jsonschema.ValidationError) -> None:
    """One mistake, at its place, in words for whoever wrote the file."""
    item = root.inside(list(error.absolute_path))
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        schema: Any = error.schema
        allowed = list(schema.get("properties", {}))
        for name, _ in item.pairs():
            if name.text() not in allowed:
                near = suggest(name.text(), allowed)
                name.note(f"{name.text()!r} is not known here{near}; possible: {_listed(allowed)}")
        return
    if error.validator == "enum":
        possible: Any = error.validator_value
        words = [str(word) for word in possible]
        near = suggest(str(error.instance), words)
        shown = f"; possible: {_listed(words)}" if len(words) <= _MANY or not near else ""
        item.note(f"{error.instance!r} is not possible here{near}{shown}")
    elif error.validator == "required":
        item.note(f"{error.message.split(' is ')[0]} is missing")
    elif error.validator == "pattern":
        item.note(f"{error.instance!r} is no duration; write 300 ms, 2 seconds or 5 minutes")
    else:
        item.note(error.message)


_MANY = 16


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - 24} more" if len(words) > 24 else ""
    return ", ".join(words[:24]) + more
