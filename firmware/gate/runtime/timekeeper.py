"""Keeps the clock by what the terminal has for it: a battery-backed chip, a time server, or both.

The chip is read at the start, soon after, and each minute. It must go on as the crystal does: one
that is stuck or jumps is found out, and said once. Whenever it does not fit a clock that is trusted
it is set by that, so that a time from the network or from a technician gets to the chip. A trusted
time also goes to the ESP32's own clock, which lives through a reset.
"""

import asyncio
import machine
from machine import I2C, Pin
from micropython import const

from .clock import NETWORK, RTC, WEAKER, date, system

_FIRST_MS = const(3000)  # until the second look: whether the chip runs at all
_LOOK_MS = const(60000)
_OFF = const(2)  # seconds by which two readings may differ from what has passed, chip and clock
_STUCK = "rtc_stuck"
_JUMPED = "rtc_jumped"


class TimeKeeper:
    """teller: told of changes. problem: what is wrong with the chip, or None."""

    def __init__(self, board, clock, site, teller):
        self._clock = clock
        self._teller = teller
        self._chip = None
        self._server = None
        self._before: tuple | None = None  # (what the chip said, ms)
        self._ran = False  # whether the chip was seen to run
        self.problem: str | None = None
        if board.RTC:
            from .ds3231 import DS3231

            bus, scl, sda, hz = board.I2C
            self._chip = DS3231(I2C(bus, scl=Pin(scl), sda=Pin(sda), freq=hz), board.RTC[1])
            self.look()
        settings = site.network() if board.NETWORK else None
        if settings:
            try:
                from ..net.time_server import TimeServer

                self._server = TimeServer(board.NETWORK, settings, clock.ms)
            except Exception as error:  # the chip is as good as before
                teller.failed("network", error)

    def tasks(self):
        found = []
        if self._chip:
            found.append(("rtc", self._watch))
        if self._server:
            found.append(("network_time", self._ask))
        return found

    async def _watch(self):
        await asyncio.sleep_ms(_FIRST_MS)
        while True:
            self.look()
            await asyncio.sleep_ms(_LOOK_MS)

    async def _ask(self):
        """Each answer is one reading; when there is none the clock runs on."""
        told = None
        while True:
            unix = await self._server.ask()
            problem = unix if isinstance(unix, str) else self._take(unix, NETWORK)
            if problem != told:
                told = problem
                self._say(problem)
            if problem is None and self._chip:
                self._correct()
            await self._server.pause(problem, self._clock.trusted)

    def look(self):
        """Read the chip once, and judge it."""
        clock = self._clock
        said = self._chip.read()
        problem = said if isinstance(said, str) else self._went_on(said)
        if problem == said:
            self._before = None
        if problem == _STUCK and clock.source == RTC and not self._ran:
            clock.distrust()  # nobody has seen this time pass
        if problem is None:
            problem = self._take(said, RTC)
            if problem == WEAKER:
                problem = None
        if problem != self.problem:
            self.problem = problem
            self._say(problem)
        self._correct()

    def _went_on(self, said):
        """Whether the chip has gone on as the crystal has, since it was last read."""
        now_ms = self._clock.ms()
        before = self._before
        self._before = said, now_ms
        if before is None:
            return None
        passed = (now_ms - before[1]) // 1000
        if abs(said - before[0] - passed) <= _OFF:
            self._ran = self._ran or said != before[0]
            return None
        return _STUCK if said == before[0] else _JUMPED

    def _take(self, unix, source):
        """Give the clock a reading. Gives why it is not believed, or None."""
        before = self._clock.unix()
        reason = self._clock.set(unix, source)
        if reason is None:
            if before is None or abs(unix - before) > _OFF:
                self._say(None)
            if abs(unix - system()) > 1:
                year, month, day, hour, minute, second, weekday = date(unix)
                fields = (year, month, day, weekday, hour, minute, second, 0)
                machine.RTC().datetime(fields)
        return reason

    def _correct(self):
        """Set a chip that does not fit a clock that is trusted."""
        now = self._clock.unix()
        if now is None:
            return
        off = self.problem or self._before is None or abs(self._before[0] - now) > _OFF
        if off and self._chip.write(now):
            self._before = now, self._clock.ms()

    def _say(self, problem):
        clock = self._clock
        fields = (("source", clock.source), ("cause", problem))
        self._teller.happened("clock", fields + (("unix", clock.unix()),))
