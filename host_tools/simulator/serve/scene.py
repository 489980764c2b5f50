"""The people before the gate: each walks up, shows a code, and goes through or turns away.

What they do to the gate goes through `Hands`; what the gate says comes in by `heard`. The page
draws them from their phase and its time, so that every tab shows the same.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MAX_PEOPLE = 10
# Milliseconds of a person's walk
WALK_UP = 700
SEEING = 400  # until the reader has found and decoded the code
OPENING = 450  # from the answer to the first step
LEAF = 200  # from the first step to the contact of the leaf
IN_PASSAGE = 350  # from that step to the sensor
PASSING = 900  # in the sensor
GONE = 1600
READING = 2600  # why one is refused
CLOSE_BEHIND = 200  # of somebody who follows
PATIENCE = 4000  # without an answer
LATCH = 4000  # that the barrier stays open after the relay, when nobody walks

_BEFORE = ("coming", "showing", "cleared", "walking")  # phases of people who stand before one


class Hands(Protocol):
    """What people can do."""

    def now_us(self) -> int: ...
    def show(self, data: bytes, raw: bool, reader: int) -> None: ...
    def passage(self, lane: int, on: bool) -> None: ...
    def door(self, lane: int, on: bool) -> None: ...
    def request_to_exit(self, lane: int, on: bool) -> None: ...
    def relay_open(self, lane: int) -> bool: ...
    def lane_of(self, reader: int) -> int: ...
    def reverse(self, reader: int) -> bool: ...


@dataclass
class Actor:
    """Somebody. phase: coming, showing, cleared, refused, walking, standing, through, turning."""

    number: int
    who: str  # of the cast, or what the person is: follower, intruder, leaver, stander, stranger
    lane: int
    reader: int
    reverse: bool  # walks out
    phase: str = "coming"
    since_us: int = 0
    code: str | None = None  # the QR code on the phone
    reason: str | None = None

    def told(self) -> dict[str, Any]:
        return dict(self.__dict__)


class Scene:
    """All of them. Everything happens in `step` and in what is called from outside."""

    def __init__(self, hands: Hands, lanes: int) -> None:
        self.auto = True  # people walk as soon as they may
        self.people: list[Actor] = []
        self._hands = hands
        self._numbers = itertools.count(1)
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._latched: list[int | None] = [None] * lanes  # until when the barrier waits
        self._used = [False] * lanes  # by somebody who went through while the relay was on

    # What the page asks for

    def come(self, who: str, data: bytes, raw: bool, code: str | None, reader: int) -> bool:
        """Somebody walks up and shows a code; False if it is too crowded."""
        actor = self._enter(who, self._hands.lane_of(reader), reader, self._hands.reverse(reader))
        if actor is None:
            return False
        actor.code = code

        def show() -> None:
            self._turn(actor, "showing")
            self._after(SEEING, lambda: self._hands.show(data, raw, reader))
            self._after(PATIENCE, lambda: self._give_up(actor, "showing"))

        self._after(WALK_UP, show)
        return True

    def walk(self, lane: int) -> None:
        """Whoever may walks; if nobody may, somebody tries."""
        cleared = self._first(lane, "cleared")
        if cleared is not None:
            self._walk(cleared)
        elif self.is_open(lane):
            self._pass(lane, "stranger")
        else:
            stranger = self._enter("stranger", lane, 0, False)
            if stranger is not None:
                self._after(WALK_UP, lambda: self._refuse(stranger, "shut"))

    def follow(self, lane: int) -> None:
        """Somebody slips through behind whoever is walking."""
        self._pass(lane, "follower")

    def force(self, lane: int) -> None:
        """Somebody pushes the barrier open."""
        intruder = self._enter("intruder", lane, 0, False)
        if intruder is not None:
            self._after(WALK_UP, lambda: self._through(intruder))

    def leave(self, lane: int) -> None:
        """Somebody inside presses the button and walks out."""
        leaver = self._enter("leaver", lane, 0, True)
        if leaver is None:
            return

        def press() -> None:
            self._turn(leaver, "showing")
            self._hands.request_to_exit(lane, True)
            self._after(250, lambda: self._hands.request_to_exit(lane, False))
            self._after(600, lambda: self._let_out(leaver))

        self._after(WALK_UP, press)

    def stand(self, lane: int, on: bool) -> None:
        """Somebody stands in the passage, until no more."""
        if on:
            stander = self._enter("stander", lane, 0, False)
            if stander is not None:
                self._turn(stander, "standing")
                self._hands.passage(lane, True)
        else:
            for actor in self._in(lane, "standing"):
                self._hands.passage(lane, False)
                self._go(actor)

    def clear(self) -> None:
        """Everybody is gone, as after a power cut."""
        self.people.clear()
        self._due.clear()
        self._latched = [None] * len(self._latched)

    # What the gate says

    def heard(self, event: str, fields: dict[str, Any]) -> None:
        """A line of the firmware's log."""
        if event != "decision":
            return
        waiting = [one for one in self.people if one.phase == "showing" and one.who != "leaver"]
        for actor in waiting:
            if actor.lane == fields.get("lane", 0):
                if fields.get("verdict") == "granted":
                    self._clear(actor)
                else:
                    self._refuse(actor, str(fields.get("reason")))
                return

    def is_open(self, lane: int) -> bool:
        """Whether the barrier stands open: the relay, or nobody has used it yet, or it is held."""
        latched = self._latched[lane]
        return self._hands.relay_open(lane) or latched is not None

    def step(self) -> None:
        """Everything that is due."""
        now = self._hands.now_us()
        for lane, until in enumerate(self._latched):
            if self._hands.relay_open(lane):
                self._latched[lane] = None if self._used[lane] else now + LATCH * 1000
                continue
            self._used[lane] = False
            if until is not None and now > until and not self._in(lane, "walking", "standing"):
                self._latched[lane] = None
                for actor in self._in(lane, "cleared"):
                    self._refuse(actor, "too_late")
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()

    # How they move

    def _clear(self, actor: Actor) -> None:
        self._turn(actor, "cleared")
        if self.auto:
            self._after(OPENING, lambda: self._walk(actor) if actor.phase == "cleared" else None)

    def _walk(self, actor: Actor) -> None:
        if self._in(actor.lane, "walking", "standing"):
            self._after(200, lambda: self._walk(actor) if actor.phase == "cleared" else None)
        else:
            self._through(actor)

    def _through(self, actor: Actor) -> None:
        """Walk through the sensors, whatever the barrier does."""
        self._turn(actor, "walking")
        lane = actor.lane
        self._after(LEAF, lambda: self._hands.door(lane, True))
        self._after(IN_PASSAGE, lambda: self._hands.passage(lane, True))

        def past() -> None:
            self._hands.passage(lane, False)
            self._go(actor)
            if not self._in(lane, "walking"):
                self._hands.door(lane, False)
                self._latched[lane] = None  # the barrier shuts behind the last one
                self._used[lane] = True

        self._after(IN_PASSAGE + PASSING, past)

    def _pass(self, lane: int, who: str) -> None:
        actor = self._enter(who, lane, 0, False)
        if actor is None:
            return

        slips = False  # behind somebody who walks

        def behind() -> None:
            nonlocal slips
            ahead = [one for one in self._in(lane, *_BEFORE) if one.number < actor.number]
            slips = slips or any(one.phase == "walking" for one in ahead)
            if ahead:
                self._after(CLOSE_BEHIND, behind)
            elif slips or self.is_open(lane):
                self._through(actor)
            else:
                self._refuse(actor, "shut")

        self._after(WALK_UP, behind)

    def _let_out(self, leaver: Actor) -> None:
        if self.is_open(leaver.lane):
            self._clear(leaver)
        else:
            self._refuse(leaver, "shut")

    def _refuse(self, actor: Actor, reason: str) -> None:
        actor.reason = reason
        self._turn(actor, "refused")
        self._after(READING, lambda: self._go(actor, "turning"))

    def _give_up(self, actor: Actor, phase: str) -> None:
        if actor.phase == phase:
            self._refuse(actor, "no_answer")

    def _go(self, actor: Actor, phase: str = "through") -> None:
        self._turn(actor, phase)
        self._after(GONE, lambda: self.people.remove(actor) if actor in self.people else None)

    # Small things

    def _enter(self, who: str, lane: int, reader: int, reverse: bool) -> Actor | None:
        if len(self.people) >= MAX_PEOPLE:
            return None
        actor = Actor(next(self._numbers), who, lane, reader, reverse)
        actor.since_us = self._hands.now_us()
        self.people.append(actor)
        return actor

    def _turn(self, actor: Actor, phase: str) -> None:
        actor.phase = phase
        actor.since_us = self._hands.now_us()

    def _after(self, ms: int, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self._hands.now_us() + ms * 1000, next(self._order), action))

    def _in(self, lane: int, *phases: str) -> Sequence[Actor]:
        return [one for one in self.people if one.lane == lane and one.phase in phases]

    def _first(self, lane: int, *phases: str) -> Actor | None:
        return next(iter(self._in(lane, *phases)), None)
