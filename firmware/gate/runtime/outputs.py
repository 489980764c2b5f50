"""Lamp and buzzer, where the board has them."""

from micropython import const

_GRANTED_BEEP_MS = const(80)
_REFUSED_BEEP_MS = const(400)

# what is shown -> green, red, beep in ms
_SIGNALS = {
    "ready": (0, 0, 0),
    "wait": (1, 1, 0),
    "granted": (1, 0, _GRANTED_BEEP_MS),
    "refused": (0, 1, _REFUSED_BEEP_MS),
    "fire": (1, 0, 0),
    "data_ending": (0, 0, 0),
    "data_old": (0, 0, 0),
    "data_expired": (0, 0, 0),
}

# what is shown -> red flashes: for how many ms, in how many
_FLASHES = {
    "data_old": (100, 2000),
    "data_expired": (500, 1000),
}


class Signals:
    """green, red, buzzer: functions that switch (True: on), or None where there is none."""

    def __init__(self, green, red, buzzer):
        self._green = green
        self._red = red
        self._buzzer = buzzer
        self._quiet_at = None  # ms when the buzzer stops
        self._flash = None  # (ms, in ms)
        self._lit = False
        self.show("ready", 0)

    def show(self, what, now_ms):
        green, red, beep = _SIGNALS[what]
        self._flash = _FLASHES.get(what) if self._red else None
        self._lit = False
        if self._green:
            self._green(green)
        if self._red:
            self._red(red)
        if self._buzzer:
            self._buzzer(1 if beep else 0)
            self._quiet_at = now_ms + beep if beep else None

    def check(self, now_ms):
        """Stop the buzzer when its time is up, and let the lamp flash; call often."""
        if self._quiet_at is not None and now_ms >= self._quiet_at:
            self._quiet_at = None
            self._buzzer(0)
        if self._flash:
            lit = now_ms % self._flash[1] < self._flash[0]
            if lit != self._lit:
                self._lit = lit
                self._red(1 if lit else 0)
