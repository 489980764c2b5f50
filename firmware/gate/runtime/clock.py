"""Two clocks: milliseconds that only rise, and Unix seconds that may not be known."""

import time
from micropython import const

_EPOCH_2000 = const(946684800)  # Unix seconds of 2000-01-01, where an ESP32 begins to count


class Clock:
    """floor: Unix seconds; a clock that shows less has not been set, and is not trusted."""

    def __init__(self):
        self.floor = _EPOCH_2000 + 86400  # without a bundle: anything but a clock just started
        self._offset = _EPOCH_2000 if time.gmtime(0)[0] == 2000 else 0
        self._ticks = time.ticks_ms()
        self._ms = 0

    def ms(self):
        """Milliseconds since the start; unlike ticks they do not wrap."""
        ticks = time.ticks_ms()
        self._ms += time.ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._ms

    def unix(self):
        """Unix seconds, or None when the clock is not trusted."""
        now = time.time() + self._offset
        return now if now >= self.floor else None
