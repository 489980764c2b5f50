"""What the page shows, handed from the gate's thread to the tabs.

The gate's thread puts in the newest picture and new lines; it never waits for anybody. A tab takes
what is new to it, at its own speed: one that is too slow misses lines, and is told so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

LINES = 600  # that are kept for tabs which come later


@dataclass(frozen=True)
class Line:
    """Something that happened, numbered from 1."""

    number: int
    fields: dict[str, Any]


@dataclass(frozen=True)
class News:
    """version: of the picture. now_us: its time. missed: lines that are gone already."""

    version: int
    now_us: int
    picture: dict[str, Any]
    lines: Sequence[Line]
    missed: int


class Feed:
    """One writer, any number of readers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._picture: dict[str, Any] = {}
        self._lines: deque[Line] = deque(maxlen=LINES)
        self._version = self._now_us = 0
        self._count = 0

    def put(
        self, now_us: int, picture: dict[str, Any], happened: Sequence[dict[str, Any]] = ()
    ) -> None:
        """picture: a fresh one, which nobody changes afterwards."""
        with self._lock:
            self._now_us = now_us
            if picture != self._picture:
                self._picture = picture
                self._version += 1
            for fields in happened:
                self._count += 1
                self._version += 1
                self._lines.append(Line(self._count, fields))

    def news(self, version: int, number: int) -> News | None:
        """What is new to somebody who has seen this; None if nothing is."""
        with self._lock:
            if version == self._version or self._version == 0:
                return None  # nothing is new, or there is nothing yet
            if number > self._count:
                number = 0  # seen at another server: all of this one's lines are new
            lines = [line for line in self._lines if line.number > number]
            missed = max(0, self._count - number - len(lines))
            return News(self._version, self._now_us, self._picture, lines, missed)
