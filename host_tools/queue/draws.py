"""Chance: each quantity has a stream of its own, so that a change of one assumption leaves all
other draws as they were, and two results differ by that change alone."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

from host_tools.queue.assumptions import Assumption, Assumptions

_NORMAL = NormalDist()
_Z95 = _NORMAL.inv_cdf(0.95)
_EDGE = 1e-9  # the quantile function has no value at 0 and 1


class Draws:
    """Draws for one crowd. seed: the same seed, the same crowd."""

    def __init__(self, assumptions: Assumptions, seed: int) -> None:
        self._assumptions = assumptions
        self._seed = seed
        self._streams: dict[str, random.Random] = {}

    def figure(self, name: str) -> float:
        """What is the same for everybody."""
        return self._assumptions[name].value

    def seconds(self, name: str) -> float:
        """How long the next person takes: log-normal where people differ."""
        return quantile(self._assumptions[name], self.chance(name))

    def happens(self, name: str) -> bool:
        """Whether it happens to the next person."""
        return self.chance(name) < self._assumptions[name].value

    def exponential(self, name: str, mean: float) -> float:
        return -mean * math.log(1 - self.chance(name))

    def tries(self, name: str, limit: int = 5) -> int:
        """How often the next person has to try until it works; draws as often in any case."""
        failures = [self.happens(name) for _ in range(limit - 1)]
        return failures.index(False) + 1 if False in failures else limit

    def chance(self, name: str) -> float:
        """Evenly from 0 to 1."""
        if name not in self._streams:
            self._streams[name] = random.Random(f"{self._seed} {name}")
        return self._streams[name].random()


def quantile(assumption: Assumption, share: float) -> float:
    """What so many people stay below."""
    if assumption.p95 is None or not assumption.value:
        return assumption.value
    sigma = math.log(assumption.p95 / assumption.value) / _Z95
    return assumption.value * math.exp(sigma * _NORMAL.inv_cdf(min(max(share, _EDGE), 1 - _EDGE)))
