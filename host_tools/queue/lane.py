"""One lane as discrete events: a place before the reader, a passage behind it, one person in each.

Whoever is let through waits, still at the reader, until the passage is free. With `overlap` the
next one steps up while the one before walks; without, only when that one is through.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import simpy


@dataclass(frozen=True)
class Visit:
    """What one person does. Seconds; walk: None for one who is turned away at the reader."""

    arrives: float
    at_reader: float
    walk: float | None
    overlap: bool = True


@dataclass(frozen=True)
class Stay:
    """What became of it: when the person came, reached the reader, and was gone again."""

    arrives: float
    reached: float
    gone: float
    through: bool

    @property
    def total(self) -> float:
        """From joining the queue to being gone."""
        return self.gone - self.arrives

    @property
    def waited(self) -> float:
        return self.reached - self.arrives


@dataclass(frozen=True)
class Day:
    """Everybody's stay, in the order of the visits, and what the lane itself counted."""

    stays: Sequence[Stay]
    present: float  # person-seconds in queue, at the reader and in the passage
    reader_busy: float  # seconds
    passage_busy: float


def run(visits: Sequence[Visit]) -> Day:
    """Let them come, first come first served, until the last one is gone."""
    lane = _Lane()
    for number, visit in enumerate(visits):
        lane.env.process(lane.person(number, visit))
    lane.env.run()
    return Day(
        [lane.stays[number] for number in range(len(visits))],
        lane.present,
        lane.reader_busy,
        lane.passage_busy,
    )


class _Lane:
    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.stays: dict[int, Stay] = {}
        self.present = self.reader_busy = self.passage_busy = 0.0
        self._reader = simpy.Resource(self.env)
        self._passage = simpy.Resource(self.env)
        self._inside = 0
        self._since = 0.0

    def person(self, number: int, visit: Visit) -> Generator[Any, Any, None]:
        yield self.env.timeout(visit.arrives)
        self._count(1)
        turn = self._reader.request()
        yield turn
        reached = self.env.now
        yield self.env.timeout(visit.at_reader)
        if visit.walk is None:
            self._leave_reader(turn, reached)
        else:
            passage = self._passage.request()
            yield passage
            entered = self.env.now
            if visit.overlap:
                self._leave_reader(turn, reached)
            yield self.env.timeout(visit.walk)
            self._passage.release(passage)
            self.passage_busy += self.env.now - entered
            if not visit.overlap:
                self._leave_reader(turn, reached)
        self._count(-1)
        self.stays[number] = Stay(visit.arrives, reached, self.env.now, visit.walk is not None)

    def _leave_reader(self, turn: Any, reached: float) -> None:
        self._reader.release(turn)
        self.reader_busy += self.env.now - reached

    def _count(self, change: int) -> None:
        self.present += self._inside * (self.env.now - self._since)
        self._since = self.env.now
        self._inside += change
