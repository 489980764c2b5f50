"""The contacts at a simulated gate: levels that bounce, and how a person who walks moves them.

Times of a walk are assumptions, of a person who does not hurry: the beam is broken for 0.7 s, a
door's leaf takes longer. docs/simulator.md states them.
"""

from __future__ import annotations

import random

from host_tools.boards.profile import Input, Profile
from host_tools.simulator.gate import SimulatedGate

BOUNCE_US = 4000  # for how long a contact that changes is not sure of itself
_FLIPS = 4  # within that
# ms after somebody starts to walk: the leaf opens, the beam is broken, is free, the leaf is shut
LEAF_MS, BEAM_MS, FREE_MS, SHUT_MS = 200, 400, 1100, 1900


class Contacts:
    """Inputs by the names of Profile.inputs(); those of a lane without "lane N "."""

    def __init__(self, gate: SimulatedGate, board: Profile, bounce: bool = True) -> None:
        self.bounce = bounce
        self._gate = gate
        self._board = board
        self._inputs = board.inputs()
        self._random = random.Random(6)

    def has(self, name: str, lane: int = 0) -> bool:
        return self._find(name, lane) is not None

    def switch(self, name: str, on: bool, lane: int = 0, at_us: int | None = None) -> None:
        """A contact becomes active (on) or lets go, now or at a time. It bounces first; what is
        sure of it is its first edge, which is now."""
        wired = self._find(name, lane)
        assert wired is not None, f"{self._board.name} has no {name} input in lane {lane}"
        now = self._gate.clock.now() if at_us is None else at_us
        to = wired.active if on else 1 - wired.active
        self._set(wired.pin, to, now)
        if self.bounce:
            times = sorted(self._random.sample(range(100, BOUNCE_US), _FLIPS))
            for number, after in enumerate(times):
                self._set(wired.pin, to if number % 2 else 1 - to, now + after)

    def press(self, name: str, lane: int, for_ms: int) -> int:
        """A button, pressed now; gives when it is let go."""
        end = self._gate.clock.now() + for_ms * 1000
        self.switch(name, True, lane)
        self.switch(name, False, lane, end)
        return end

    def walk_through(self, lane: int = 0) -> int:
        """Somebody goes through a lane from now on; gives when its sensors are at rest again."""
        now = self._gate.clock.now()
        end = now
        for name, on_ms, off_ms in (("door", LEAF_MS, SHUT_MS), ("passage", BEAM_MS, FREE_MS)):
            if self.has(name, lane):
                self.switch(name, True, lane, now + on_ms * 1000)
                self.switch(name, False, lane, now + off_ms * 1000)
                end = max(end, now + off_ms * 1000 + BOUNCE_US)
        return end

    def _find(self, name: str, lane: int) -> Input | None:
        return self._inputs.get(name) or self._inputs.get(f"lane {lane} {name}")

    def _set(self, pin: int, level: int, at_us: int) -> None:
        if at_us <= self._gate.clock.now():
            self._gate.set_input(pin, level)
        else:
            self._gate.at(at_us, lambda: self._gate.set_input(pin, level))
