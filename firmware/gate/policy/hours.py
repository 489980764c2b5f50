"""Opening hours in the site's own time zone.

The board knows no time zones: the host computes when the offset changes, for as long as the bundle
may be used, and these changes are in the policy part. After the last moment that it computed, no
hours are known, and whatever asks for hours is closed.
"""

from micropython import const

from ..refusal import Refusal
from .reading import MAX_NAME, WRONG, between, name

_DAY = const(86400)
_MINUTES = const(1440)  # of a day
_MAX_CHANGES = const(32)
_MAX_SPANS = const(16)
_MAX_CLOSED = const(64)  # days
_LATEST = 0xFFFFFFFF
_THURSDAY = const(3)  # 1970-01-01; Monday is 0


class Zone:
    """The offsets of a time zone, until `until`."""

    def __init__(self, reader):
        reader.array(3, 3)
        self.name = reader.text(1, MAX_NAME)
        self._until = reader.uint(_LATEST)
        self._changes = []
        before = -1
        for _ in range(reader.array(1, _MAX_CHANGES)):
            reader.array(2, 2)
            moment = reader.uint(_LATEST)
            offset = reader.int()
            if moment <= before or not -_DAY < offset < _DAY:
                raise Refusal(WRONG)
            before = moment
            self._changes.append((moment, offset))

    def local(self, now):
        """What the clocks at the site show, as seconds since 1970-01-01 there; None if not
        known."""
        if now > self._until or now < self._changes[0][0]:
            return None
        offset = 0
        for moment, there in self._changes:
            if moment > now:
                break
            offset = there
        return now + offset


class Schedule:
    """Hours of the week, with a name, and days on which it is closed all the same.

    A span that ends after midnight belongs to the day on which it began, and so does a day on which
    it is closed: what began the evening before goes on.
    """

    def __init__(self, reader):
        reader.array(3, 3)
        self.name = name(reader)
        self._spans = []
        for _ in range(reader.array(1, _MAX_SPANS)):
            reader.array(3, 3)
            days = between(reader, 1, 127)
            start = reader.uint(_MINUTES - 1)
            end = between(reader, start + 1, start + _MINUTES)
            self._spans.append((days, start, end))
        self._closed = []
        before = -1
        for _ in range(reader.array(0, _MAX_CLOSED)):
            day = reader.uint(65535)
            if day <= before:
                raise Refusal(WRONG)
            before = day
            self._closed.append(day)

    def open(self, local):
        """Whether it is open. local: what Zone.local gave."""
        if local is None:
            return False
        today = local // _DAY
        minute = local % _DAY // 60
        return self._holds(today, minute) or self._holds(today - 1, minute + _MINUTES)

    def _holds(self, day, minute):
        if day in self._closed:
            return False
        bit = 1 << (day + _THURSDAY) % 7
        for days, start, end in self._spans:
            if days & bit and start <= minute < end:
                return True
        return False
