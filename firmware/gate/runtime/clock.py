"""Two clocks: milliseconds that only rise, and Unix seconds that may not be known.

Unix seconds are counted by the chip's crystal from what a source last said: `system` (the chip's
own clock, which a reset leaves alone), `rtc` (a battery-backed chip), `network`. What a source says
is believed by these rules, and what `unix` gives never falls, whatever the sources say:

    before the floor       never
    no trusted time yet    taken
    a weaker source        never corrects a stronger one
    a little behind        taken; the clock stands still until the time has come
    a little ahead         taken
    far behind             never while the terminal runs
    far ahead              only of a stronger source that says so three times in a row
"""

import time
from micropython import const

_EPOCH_2000 = const(946684800)  # Unix seconds of 2000-01-01, where an ESP32 begins to count
_DAY = const(86400)
_BEHIND = const(120)  # seconds for which the clock may stand still
_AHEAD = const(300)  # seconds of a jump that one reading is enough for
_READINGS = const(3)
_LONG = const(1 << 27)  # ms, a day and a half: ticks wrap after twelve
_AGREED = const(2)  # seconds by which they may differ

SYSTEM = "system"
RTC = "rtc"
NETWORK = "network"
_RANKS = (None, SYSTEM, RTC, NETWORK)

# why a reading is not believed
BEFORE_FLOOR = "before_floor"
WEAKER = "weaker_source"
BACKWARDS = "backwards"
JUMP = "jump"


class Clock:
    """floor: Unix seconds; a clock that shows less has not been set, and is not trusted.

    source: whose time it is, None before there was any.
    """

    def __init__(self):
        self.floor = _EPOCH_2000 + _DAY  # without a bundle: anything but a clock just started
        self.source = None
        self._at = time.ticks_ms(), 0  # in one, since an interrupt may ask while we compute
        self._base = 0  # Unix seconds at _base_ms
        self._base_ms = 0
        self._given = 0  # the latest that anybody was given
        self._claim = None  # (source, offset, how often) of one that wants to jump
        self.set(system(), SYSTEM)

    def ms(self):
        """Milliseconds since the start; unlike ticks they do not wrap. Call within six days."""
        ticks, ms = self._at
        now = time.ticks_ms()
        passed = time.ticks_diff(now, ticks)
        if passed > _LONG:
            self._at = now, ms + passed
        return ms + passed

    def unix(self):
        """Unix seconds, or None when the clock is not trusted."""
        if self.source is None:
            return None
        now = self._counted()
        if now < self.floor:
            return None
        if now > self._given:
            self._given = now
        return self._given

    @property
    def trusted(self):
        return self.unix() is not None

    def set(self, unix, source):
        """Take a reading of a source. Gives None when it is believed, else the reason why not."""
        reason = self._refusal(unix, source)
        if reason == JUMP and _RANKS.index(source) > _RANKS.index(self.source):
            reason = self._hear(unix, source)
        elif reason is None and self._claim and self._claim[0] == source:
            self._claim = None
        if reason is None:
            self._base = unix
            self._base_ms = self.ms()
            self.source = source
        return reason

    def distrust(self):
        """The source has turned out to be none."""
        self.source = None

    def _counted(self):
        return self._base + (self.ms() - self._base_ms) // 1000

    def _refusal(self, unix, source):
        if unix < self.floor:
            return BEFORE_FLOOR
        if unix < self._given - _BEHIND:
            return BACKWARDS
        if self.source is None or self._counted() < self.floor:
            return None
        if _RANKS.index(source) < _RANKS.index(self.source):
            return WEAKER
        return JUMP if unix > self._counted() + _AHEAD else None

    def _hear(self, unix, source):
        """Count readings that want to jump by the same; enough of them may."""
        offset = unix - self.ms() // 1000
        who, before, times = self._claim or (source, offset, 0)
        if who != source or abs(offset - before) > _AGREED:
            times = 0
        times += 1
        self._claim = (source, offset, times)
        if times < _READINGS:
            return JUMP
        self._claim = None
        return None


def system():
    """Unix seconds by the chip's own clock, right or wrong."""
    return time.time() + _offset()


def _offset():
    return _EPOCH_2000 if time.gmtime(0)[0] == 2000 else 0


def date(unix):
    """(year, month, day, hour, minute, second, weekday) of Unix seconds; Monday is 0."""
    return time.gmtime(unix - _offset())[:7]


def seconds(fields):
    """Unix seconds of (year, month, day, hour, minute, second), or None if there are none."""
    try:
        unix = time.mktime(fields + (0, 0)) + _offset()
    except (ValueError, OverflowError):
        return None
    return unix if date(unix)[:6] == fields else None
