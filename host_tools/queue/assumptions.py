"""What the report assumes: assumptions.yaml, and where a reader disagrees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from host_tools import yaml_file
from host_tools.names import suggest
from host_tools.problems import Failure
from host_tools.yaml_file import Item

FILE = Path(__file__).with_name("assumptions.yaml")
_LIMIT = 10_000.0
_FIELDS = ("what", "unit", "value", "p95", "low", "high", "source")
_CHANGEABLE = ("value", "p95", "low", "high", "source")


@dataclass(frozen=True)
class Assumption:
    """One figure, how it spreads among people, and how far it may be off."""

    name: str
    what: str
    unit: str
    value: float
    p95: float | None
    low: float
    high: float
    source: str

    def at(self, value: float) -> Assumption:
        """The same with another figure; people differ in the same proportion."""
        p95 = None if self.p95 is None or not self.value else self.p95 * value / self.value
        return replace(self, value=value, p95=p95)


class Assumptions(Mapping[str, Assumption]):
    """All of them, by name."""

    def __init__(self, entries: Mapping[str, Assumption]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Assumption:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def with_value(self, name: str, value: float) -> Assumptions:
        return Assumptions({**self._entries, name: self[name].at(value)})


def read(path: Path = FILE) -> Assumptions:
    """Those of the project."""
    found = {}
    for name, item in yaml_file.load(path).pairs():
        found[name.text()] = _entry(name.text(), item)
    return Assumptions(found)


def changed(base: Assumptions, path: Path | None, settings: Sequence[str]) -> Assumptions:
    """What a reader thinks instead. path: a file of entries. settings: name=value."""
    entries = dict(base)
    if path is not None:
        for name, item in yaml_file.load(path).pairs():
            known = _known(name.text(), base)
            if known is None:
                name.fail(_unknown(name.text(), base))
            entries[name.text()] = _merged(known, item)
    for setting in settings:
        name_, equals, text = setting.partition("=")
        known = _known(name_.strip(), base)
        if not equals or known is None:
            raise Failure(f"--set {setting}: {_unknown(name_.strip(), base)}; write name=value")
        entry = entries[known.name]
        value = _number(text.strip())
        if value is None or not _fits(entry.unit, value):
            raise Failure(f"--set {setting}: {text!r} is no figure for {_range(entry.unit)}")
        entries[known.name] = entry.at(value)
    return Assumptions(entries)


def _known(name: str, base: Assumptions) -> Assumption | None:
    return base.get(name)


def _unknown(name: str, base: Assumptions) -> str:
    return f"nothing is assumed of {name!r}{suggest(name, list(base))}"


def _entry(name: str, item: Item) -> Assumption:
    fields = item.mapping(_FIELDS, [field for field in _FIELDS if field != "p95"])
    unit = fields["unit"].text()
    p95 = fields.get("p95")
    entry = Assumption(
        name, fields["what"].text(), unit, _figure(fields["value"], unit),
        None if p95 is None else _figure(p95, unit), _figure(fields["low"], unit),
        _figure(fields["high"], unit), " ".join(fields["source"].text(1, 1000).split()),
    )  # fmt: skip
    return _checked(entry, item)


def _merged(known: Assumption, item: Item) -> Assumption:
    if not item.is_mapping:
        return known.at(_figure(item, known.unit))
    fields = item.mapping(_CHANGEABLE)
    source = fields.pop("source", None)
    figures = {name: _figure(value, known.unit) for name, value in fields.items()}
    entry = known.at(figures.pop("value", known.value))
    entry = replace(
        entry,
        p95=figures.get("p95", entry.p95),
        low=figures.get("low", entry.low),
        high=figures.get("high", entry.high),
    )
    if source is not None:
        entry = replace(entry, source=source.text())
    return _checked(entry, item)


def _checked(entry: Assumption, item: Item) -> Assumption:
    if entry.low > entry.high:
        item.fail("low is higher than high")
    if entry.p95 is not None and not (0 < entry.value <= entry.p95):
        item.fail("95 of 100 cannot need less than half of them: p95 is below value")
    return entry


def _figure(item: Item, unit: str) -> float:
    value = _number(item.text())
    if value is None or not _fits(unit, value):
        item.fail(f"{item.text()!r} is no figure for {_range(unit)}")
    return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _fits(unit: str, value: float) -> bool:
    if unit == "share":
        return 0 <= value <= 1
    if unit in ("people", "pages"):
        return 1 <= value <= 100
    return 0 <= value <= _LIMIT


def _range(unit: str) -> str:
    if unit == "share":
        return "a share, which is from 0 to 1"
    if unit in ("people", "pages"):
        return f"{unit}, which are 1 to 100"
    return f"{unit}, which is from 0 to {_LIMIT:.0f}"
