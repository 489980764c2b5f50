"""What may stand in the sections of a site's rules: one table for reading and for the reference.

A section reads all of its fields whatever is wrong with some, so that every mistake is shown.
`python -m host_tools.policies.reference` prints these tables for docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from host_tools.names import suggest
from host_tools.yaml_file import Item


@dataclass(frozen=True)
class Field:
    """One field. read: its value. form: what may stand there. usual: what holds without it."""

    read: Callable[[Item], Any]
    what: str
    form: str
    usual: str = ""
    required: bool = False


@dataclass(frozen=True)
class Section:
    """A mapping with known fields. where: its place in the file."""

    where: str
    what: str
    fields: Mapping[str, Field] = field(default_factory=dict)

    def read(self, item: Item) -> dict[str, Any]:
        """The values of the fields that are there and right; mistakes are collected."""
        values: dict[str, Any] = {}
        for key, value in self.items(item).items():
            with value.collecting():
                values[key] = self.fields[key].read(value)
        return values

    def items(self, item: Item) -> dict[str, Item]:
        """The fields that are there, unread."""
        found: dict[str, Item] = {}
        for name, value in item.pairs():
            key = name.text()
            if key in self.fields:
                found[key] = value
            else:
                near = suggest(key, self.fields)
                name.note(f"{key!r} is not known here{near}; allowed: {', '.join(self.fields)}")
        for key, one in self.fields.items():
            if one.required and key not in found:
                item.note(f"{key!r} is missing: {one.what}")
        return found


def each(item: Item, low: int, high: int, read: Callable[[Item], Any]) -> list[Any]:
    """Read every item of a list; mistakes in one do not hide those in the next."""
    found = []
    for one in item.items(low, high):
        with one.collecting():
            found.append(read(one))
    return found


def named(item: Item, high: int, read: Callable[[Item, Item], Any]) -> dict[str, Any]:
    """Read a mapping of names that the operator chose; read(name, value)."""
    found: dict[str, Any] = {}
    pairs = list(item.pairs())
    if not 1 <= len(pairs) <= high:
        item.fail(f"{len(pairs)} entries stand here; 1 to {high} are possible")
    for name, value in pairs:
        with name.collecting():
            found[name.text(1, 32)] = read(name, value)
    return found


def reference(item: Item, table: Mapping[str, Any], what: str) -> int:
    """The number of the entry that a name stands for."""
    name = item.text()
    if name not in table:
        known = f"; there are: {', '.join(table)}" if table else f"; there are no {what}"
        item.fail(f"{name!r} is none of the {what}{suggest(name, table) or known}")
    return list(table).index(name)


def references(item: Item, table: Mapping[str, Any], what: str, high: int = 16) -> list[int]:
    """The numbers of the entries that a list of names stands for, each once, in order."""
    return list(dict.fromkeys(each(item, 1, high, lambda one: reference(one, table, what))))
