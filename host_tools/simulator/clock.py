"""Time for the simulated hardware, in microseconds since power on: skipped, or the computer's."""

from __future__ import annotations

import select
import socket
import time
from typing import Protocol


class Clock(Protocol):
    """What the simulated hardware needs of time."""

    kind: str  # as the device is told: virtual, real

    def now(self) -> int:
        """Microseconds since power on."""

    def idle(self, until_us: int | None, device: socket.socket | None) -> None:
        """Nothing happens before until_us (None: never), unless the device (None: without power)
        speaks first."""


class VirtualClock:
    """Computing takes no time and waiting is skipped: every run is the same to the microsecond."""

    kind = "virtual"

    def __init__(self) -> None:
        self._now = 0

    def now(self) -> int:
        return self._now

    def idle(self, until_us: int | None, device: socket.socket | None) -> None:
        assert until_us is not None, "the simulation waits for nothing"
        self._now = max(self._now, until_us)


class RealClock:
    """The computer's clock."""

    kind = "real"

    def __init__(self) -> None:
        self._began = time.perf_counter_ns()

    def now(self) -> int:
        return (time.perf_counter_ns() - self._began) // 1000

    def idle(self, until_us: int | None, device: socket.socket | None) -> None:
        timeout = None if until_us is None else max(0, until_us - self.now()) / 1e6
        select.select([] if device is None else [device], [], [], timeout)
