"""One lane, stepped from outside: events in, things to be done out. No clock, no pins.

While the relay is open nothing is verified, since verifying takes long on a small chip and the
relay must shut in time: one code is held and judged afterwards, a second one is dropped.
"""

from micropython import const

from . import table as t

SHOW_MS = const(3000)  # how long a refusal is shown
VERIFY_MS = const(10000)  # longer than any verification takes
BUSY = "gate_busy"


class Lane:
    """state: see table.STATES. deadline: ms when TIMER is due in this state, or None."""

    def __init__(self):
        self.state = t.IDLE
        self.deadline = None
        self._held = None

    def step(self, now_ms, event, argument=None):
        """Take an event; give what is to be done, in order, as (output, argument) pairs."""
        before = self.state
        self.state, outputs = t.TABLE[before][event]
        done = []
        for output in outputs:
            if output == t.HOLD:
                if self._held is None:
                    self._held = argument
                else:
                    done.append((t.DROP, BUSY))
            else:
                done.append((output, argument))
        if self.state != before or event in (t.SCAN, t.UNREAD):
            self._set_deadline(now_ms, before, argument)
        if self.state in (t.IDLE, t.DENIED) and self._held is not None and event != t.FAULT:
            held, self._held = self._held, None
            done += self.step(now_ms, t.SCAN, held)
        elif self.state == t.FIRE:
            self._held = None
        return done

    def due(self, now_ms):
        """Whether the state's time is up."""
        return self.deadline is not None and now_ms >= self.deadline

    def _set_deadline(self, now_ms, before, argument):
        if self.state == t.VERIFYING:
            if before != t.VERIFYING:
                self.deadline = now_ms + VERIFY_MS
        elif self.state == t.GRANTED:
            if before != t.GRANTED:
                self.deadline = now_ms + argument
        elif self.state == t.DENIED:
            self.deadline = now_ms + SHOW_MS
        else:
            self.deadline = None
