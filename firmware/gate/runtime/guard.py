"""The chip's watchdog and a timer: what goes on when the loop does not.

While a code is verified, the timer has relays shut in time and inputs sampled; it calls between two
bytecodes, so a call of a crypto kernel (milliseconds) is the longest that it may be late. At other
times it looks now and then whether the loop stands still, and in which task, before the watchdog
bites: that is the only moment to note it.
"""

from machine import WDT, Timer
from micropython import const

_BITES_MS = const(30000)  # the watchdog's patience; the longest verification is allowed 10 s
_STANDS_MS = const(8000)  # how often it is looked whether the loop stands still
_SAMPLE_MS = const(10)
_TIMER = const(
    1
)  # every chip has it, and MicroPython 1.27 and 1.28 take timer 0 for UART.IRQ_RXIDLE


class Guard:
    """sample: called each 10 ms between `hold` and `release`. look: called each 8 s otherwise."""

    def __init__(self, sample, look):
        self._sample = sample
        self._look = look
        self._timer = Timer(_TIMER)
        self.feed = WDT(timeout=_BITES_MS).feed
        self.release()

    def hold(self):
        """The loop is about to stand still."""
        self._timer.init(period=_SAMPLE_MS, mode=Timer.PERIODIC, callback=self._sample)

    def release(self):
        self._timer.init(period=_STANDS_MS, mode=Timer.PERIODIC, callback=self._look)

    def let_go(self):
        """The program ends for a technician at the console: the watchdog cannot be stopped, so it
        is fed for as long as this timer runs."""
        feed = self.feed
        self._timer.init(period=_STANDS_MS, mode=Timer.PERIODIC, callback=lambda _: feed())
