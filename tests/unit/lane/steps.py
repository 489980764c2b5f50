"""A lane stepped by hand on real MicroPython: no clock, no pins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Run = Callable[..., list[Any]]

_STEPS = """
import json
from gate.lane.lane import Lane
from gate.lane.rules import Rules

class Site:
    pass

def site(direction, settings):
    made = Site()
    for name, value in dict(SETTINGS, **settings).items():
        setattr(made, name, value)
    made.direction = direction
    return made

rules = Rules(*SHAPE)
rules.take([site(direction, settings) for direction, settings in SITES])
lane = Lane(rules)
for now, event, argument in STEPS:
    if event == "grant":
        argument = rules.grant(*argument)
    done = []
    for output, value in lane.step(now, event, argument):
        if output in ("complete", "annul"):
            value = (value.ticket, value.direction)
        done.append((output, value))
    print(json.dumps([lane.state, lane.alarm, lane.deadline, done, lane.due(now)]))
"""

SETTINGS = {
    "pulse": 3000,
    "hold": False,
    "passage_ms": 0,
    "held_ms": 15000,
    "alarm_by_key": False,
    "fire_by_key": False,
    "zone": None,
}


@dataclass(frozen=True)
class Step:
    """What a step left behind."""

    state: str
    alarm: str | None
    deadline: int | None
    done: list[tuple[str, Any]]

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.done]


@dataclass(frozen=True)
class Shape:
    """What is wired to a lane, and what its policy says, per reader: (direction, settings)."""

    readers: int = 1
    relays: int = 1
    passage: bool = False
    door: bool = False
    sites: tuple[tuple[int | None, dict[str, Any]], ...] = field(default=((None, {}),))

    def walk(self, run: Run, *events: tuple[Any, ...]) -> list[Step]:
        """Events are (ms, event) or (ms, event, argument); a grant's is (reader, ticket)."""
        shape = (self.readers, self.relays, self.passage, self.door)
        steps = [(*event, None)[:3] for event in events]
        answers = run(
            f"SETTINGS, SHAPE, SITES, STEPS = {SETTINGS!r}, {shape!r}, {self.sites!r}, {steps!r}\n"
            + _STEPS
        )
        return [
            Step(state, alarm, deadline, [(word, argument) for word, argument in done])
            for state, alarm, deadline, done, _ in answers
        ]


ENTRY, EXIT = 1, 2
PLAIN = Shape()
SENSED = Shape(passage=True)
"""A turnstile whose sensor sees people."""
HELD = Shape(passage=True, sites=((ENTRY, {"hold": True, "passage_ms": 8000}),))
"""The same, open until the passage is over."""
DOOR = Shape(door=True)
"""A door that says whether it is open, and nothing else."""
BOTH = Shape(passage=True, door=True)
TWO_WAY = Shape(2, 2, True, sites=((ENTRY, {}), (EXIT, {"pulse": 2000})))
"""A turnstile with a reader and a relay for each direction."""
TWO_SIDED = Shape(2, 1, False, True, sites=((ENTRY, {}), (EXIT, {})))
"""A door with a reader on each side, one lock."""


def admit(now: int, reader: int = 0, ticket: int = 1) -> list[tuple[Any, ...]]:
    """Somebody shows a code that opens."""
    return [(now, "scan", (reader, "code")), (now, "grant", (reader, ticket))]
