"""The rows of the lane's table, read from the firmware's own module."""

from __future__ import annotations

from dataclasses import dataclass

from host_tools import firmware

assert firmware.FIRMWARE.is_dir()
from gate.lane import table  # noqa: E402 - the line above makes it importable

STATES: tuple[str, ...] = table.STATES
EVENTS: tuple[str, ...] = table.EVENTS
REST: str = table.REST


@dataclass(frozen=True)
class Row:
    """At any of these events, in this state: the next state, and what is to be done."""

    state: str
    events: tuple[str, ...]
    after: str
    words: tuple[str, ...]


def rows(state: str) -> list[Row]:
    """The rows of a state, events with the same row together, in the order of EVENTS."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for event in EVENTS:
        after, words = table.row(state, event)
        found.setdefault((after, tuple(words)), []).append(event)
    return [Row(state, tuple(events), *row) for row, events in found.items()]


@dataclass(frozen=True)
class Change:
    """The events that take a lane from one state to another."""

    before: str
    after: str
    events: tuple[str, ...]


def changes() -> list[Change]:
    """Every way from a state to another, or to rest; events in the order of EVENTS."""
    found: dict[tuple[str, str], list[str]] = {}
    for state in STATES:
        for event in EVENTS:
            after = table.row(state, event)[0]
            if after != state:
                found.setdefault((state, after), []).append(event)
    return [Change(before, after, tuple(events)) for (before, after), events in found.items()]


@dataclass(frozen=True)
class Entrance:
    """Events that lead to one state from many others."""

    after: str
    events: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def words(self) -> str:
        others = [state for state in STATES if state not in (*self.before, self.after)]
        if not others:
            return "from every state"
        if len(others) <= 3:
            return f"from every state but {', '.join(others)}"
        return f"from {', '.join(self.before)}"


def entrances(least: int) -> tuple[list[Entrance], list[Change]]:
    """Events that lead to one state from at least so many, and the other changes."""
    sources: dict[tuple[str, str], list[str]] = {}
    for change in changes():
        for event in change.events:
            if change.after != REST:
                sources.setdefault((change.after, event), []).append(change.before)
    many = {key: tuple(found) for key, found in sources.items() if len(found) >= least}
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (after, event), before in many.items():
        alike.setdefault((after, before), []).append(event)
    grouped = [Entrance(after, tuple(events), before) for (after, before), events in alike.items()]
    rest = []
    for change in changes():
        events = tuple(event for event in change.events if (change.after, event) not in many)
        if events:
            rest.append(Change(change.before, change.after, events))
    return grouped, rest
