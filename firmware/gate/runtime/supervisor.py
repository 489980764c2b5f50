"""Tasks that do not end, kept alive, and whether the terminal is at work. Sans hardware.

A task that raises is reported and started again, after a pause that doubles up to a bound and is
short again once the task has run well for a while. Critical tasks leave marks of progress; while
one of them is late the watchdog is not fed.
"""

import asyncio
from micropython import const

_PAUSE_MS = const(200)  # before a task is started again for the first time
_LONGEST_MS = const(30000)
_WELL_MS = const(60000)  # a task that ran for so long begins anew with the shortest pause
_LOOK_MS = const(1000)  # how often progress is judged and the watchdog fed
_STANDS_MS = const(5000)  # without that, the loop stands still


class _Kept:
    def __init__(self, name, function, within_ms):
        self.name = name
        self.function = function
        self.within_ms = within_ms  # None: not critical
        self.marked = None  # ms of the last progress; None: it waits for what may not come
        self.paused = False  # it raised, and is not yet started again
        self.pause = _PAUSE_MS
        self.task = None


class Supervisor:
    """now_ms: the monotonic clock. report(name, error): told of every exception.

    stuck(name): told when a critical task is late, and with None when it is not any more.
    """

    def __init__(self, now_ms, report, stuck):
        self._now = now_ms
        self._report = report
        self._stuck = stuck
        self._kept = []
        self._late = None
        self._looked = None  # ms when progress was last judged

    def add(self, name, function, within_ms=None):
        """function: a coroutine function. within_ms: makes it critical; it has to call `progress`
        that often."""
        self._kept.append(_Kept(name, function, within_ms))

    def progress(self, name):
        """A mark of a critical task; also that it is its turn."""
        self._mark(name, self._now())

    def rest(self, name):
        """It waits for its turn, however long."""
        self._mark(name, None)

    def _mark(self, name, ms):
        for kept in self._kept:
            if kept.name == name:
                kept.marked = ms

    def down(self):
        """Whether a critical task has raised and waits to be started again."""
        for kept in self._kept:
            if kept.paused and kept.within_ms is not None:
                return True
        return False

    def late(self):
        """The name of a critical task without progress in its time; None when all is well."""
        now = self._now()
        for kept in self._kept:
            if kept.within_ms is not None and kept.marked is not None:
                if now - kept.marked > kept.within_ms:
                    return kept.name
        return None

    def holder(self):
        """For an interrupt: the name of the task that the whole loop stands still in, or None."""
        if self._looked is None or self._now() - self._looked < _STANDS_MS:
            return None
        try:
            current = asyncio.current_task()
        except RuntimeError:
            current = None
        for kept in self._kept:
            if kept.task is current:
                return kept.name
        return "loop"

    async def run(self, feed):
        """Run them all for ever. feed: feeds the watchdog."""
        now = self._now()
        for kept in self._kept:
            kept.marked = now
            kept.task = asyncio.create_task(self._keep(kept))
        await self._watch(feed)

    async def _keep(self, kept):
        while True:
            began = self._now()
            try:
                await kept.function()
                raise RuntimeError("the task ended")
            except Exception as error:
                kept.paused = True
                try:
                    self._report(kept.name, error)
                except Exception:  # no memory to report with, say
                    pass
            if self._now() - began >= _WELL_MS:
                kept.pause = _PAUSE_MS
            await asyncio.sleep_ms(kept.pause)
            kept.paused = False
            kept.pause = min(2 * kept.pause, _LONGEST_MS)

    async def _watch(self, feed):
        """Feed the watchdog as long as every critical task makes progress.

        Time for which the whole loop stood still (a long verification, flash being written) is not
        held against a task: the watchdog itself judges that.
        """
        self._looked = self._now()
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            now = self._now()
            stood = now - self._looked - _LOOK_MS
            self._looked = now
            for kept in self._kept:
                if kept.marked is not None:
                    kept.marked += max(0, stood)
            late = self.late()
            if late is None:
                feed()
            if late != self._late:
                self._late = late
                try:
                    self._stuck(late)
                except Exception:  # what matters is that nobody feeds any more
                    pass
