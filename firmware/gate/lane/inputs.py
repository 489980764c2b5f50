"""Contacts that bounce: a level counts when it has stood for a moment. Sans I/O, times in ms.

Not for fire, which opens at its first edge (fire.py). A contact that will not stand still is in
trouble: it is believed more slowly then, so that a loose wire cannot fill the log. A spike shorter
than two looks counts for nothing, or a lift's motor would press the button for exit.
"""

from micropython import const

_SETTLE_MS = const(30)  # longer than contacts of relays, reeds and buttons bounce
_SLOW_MS = const(500)  # for one that chatters
_WINDOW_MS = const(1000)
_MANY = const(12)  # changes in a window that no person and no bounce makes, at a look each 10 ms

CHATTER = "chatter"
STUCK = "stuck"


class Debounce:
    """on, off: the events that are given when the contact has settled; off may be None.

    stuck_ms: how long it may be on before that is trouble; 0: for ever. active: as it was when it
    last stood still. trouble: CHATTER, STUCK or None.
    """

    def __init__(self, on, off=None, stuck_ms=0):
        self.active = False
        self.trouble: str | None = None
        self._on = on
        self._off = off
        self._stuck_ms = stuck_ms
        self._level = False
        self._since = 0  # ms when the level was first seen
        self._settled = 0  # ms when it settled
        self._window = 0
        self._changes = 0

    def sense(self, now_ms, level):
        """Call at each look, with whether the contact is on. Gives an event or None."""
        level = bool(level)
        if level != self._level:
            self._level = level
            self._since = now_ms
            self._changes += 1
        if now_ms - self._window >= _WINDOW_MS:
            self._look_for_trouble(now_ms)
        settle = _SLOW_MS if self.trouble == CHATTER else _SETTLE_MS
        if level == self.active or now_ms - self._since < settle:
            return None
        self.active = level
        self._settled = now_ms
        return self._on if level else self._off

    def _look_for_trouble(self, now):
        if self._changes > _MANY:
            self.trouble = CHATTER
        elif self.active and self._stuck_ms and now - self._settled >= self._stuck_ms:
            self.trouble = STUCK
        else:
            self.trouble = None
        self._window = now
        self._changes = 0
