"""Just enough of a chip to run the terminal's own App once, from the reader to the relay.

Not the simulator's: there every level goes over a socket, here nothing but the firmware's own work
may be counted. Console output is the firmware's own and stays.
"""

import sys
import time

_levels = {}


class Opened(Exception):
    """The relay's pin has been driven to the level that opens the gate."""


class Pin:
    """machine.Pin: remembers levels; raises Opened when the relay opens."""

    IN, OUT, PULL_UP, PULL_DOWN, IRQ_RISING, IRQ_FALLING = 1, 3, 2, 1, 1, 2
    opening = None  # (number, level) of the relay

    def __init__(self, number, mode=-1, pull=-1, value=None):
        self._number = number
        if value is not None:
            _levels[number] = value

    def value(self, level=None):
        if level is None:
            return _levels.get(self._number, 0)
        _levels[self._number] = level
        if (self._number, level) == Pin.opening:
            raise Opened
        return None

    __call__ = value

    def irq(self, handler, trigger):
        pass


class _Asyncio:
    """Where an interpreter has no asyncio: what the App makes of it and does not use here."""

    @staticmethod
    def Event():
        return None

    @staticmethod
    def StreamReader(_):
        return None


class _Time:
    ticks_ms = getattr(time, "ticks_ms", None)
    ticks_diff = getattr(time, "ticks_diff", None)

    @staticmethod
    def gmtime(_):
        return (2000,)


class _Part:
    """A part of the chip of which nothing is asked here but to be there."""

    PERIODIC = 1

    def __init__(self, *_, **__):
        pass

    def init(self, **_):
        pass

    feed = init

    def memory(self, data=None):
        return b""


class _Machine:
    Pin = Pin
    Timer = WDT = RTC = _Part

    @staticmethod
    def UART(*_, **__):
        return None

    @staticmethod
    def reset_cause():
        return 1


def _fill_in():
    """Give a bare interpreter (MicroPython's qemu port) what the App names and does not need."""
    try:
        import asyncio  # noqa: F401
    except ImportError:
        sys.modules["asyncio"] = _Asyncio
    if not hasattr(time, "gmtime"):
        sys.modules["time"] = _Time


def terminals(count, begun, now):
    """Give `count` functions; each takes the rest of a code whose first bytes have arrived.

    The terminal is the firmware's own App, as good as new for each. The current folder has what a
    board's file system has: board.py and site/. now: Unix seconds, at which the clock stands.
    """
    sys.modules["machine"] = _Machine
    _fill_in()
    sys.path.append("")
    import board
    from gate.lane.lane import Lane
    from gate.lane.relay import Relay
    from gate.readers import open_reader
    from gate.runtime.app import App

    app = App()
    [doorway] = app.doorways
    app.clock.unix = lambda: now
    app.clock.ms = lambda: 1000  # counting slows time down, and silence would end the code
    number, safe = board.RELAYS[0]
    if app.site.bundle is None:
        raise ValueError(app.site.reason)

    def terminal():
        def scanned(event):
            app._scanned((doorway, 0), event)

        reader = open_reader(board.READERS[0], app.clock.ms, scanned, None)
        fresh = Lane(doorway.rules), [Relay(Pin(number, value=safe), safe)]
        reader._framer.feed(begun, app.clock.ms())

        def take(rest):
            doorway.lane, doorway.relays = fresh
            app.desk.replay._count = 0
            Pin.opening = (number, 1 - safe)
            reader._pass_on(reader._framer.feed(rest, app.clock.ms()))

        return take

    return [terminal() for _ in range(count)]
