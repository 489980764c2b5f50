"""An IANA time zone as a terminal has it: when its offset changes, as long as hours may be asked
for.

Rules of time zones change by law, so a bundle has only what is known when it is built; the data are
the computer's own, or those of the tzdata package.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from host_tools.names import suggest
from host_tools.times import DAY
from host_tools.yaml_file import Item

MAX_CHANGES = 32
MAX_NAME = 32
GRACE = 400 * DAY  # hours stay known for so long after the bundle's end
LATEST = 0xFFFFFFFF


def read_zone(item: Item) -> ZoneInfo:
    """A time zone by its name, such as Asia/Shanghai."""
    name = item.text(1, MAX_NAME)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = suggest(name, available_timezones())
        item.fail(f"{name!r} is no time zone such as Asia/Shanghai or Europe/Vienna{near}")


def offset_at(zone: ZoneInfo, seconds: int) -> int:
    """Seconds east of UTC at a time."""
    offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def compile_zone(zone: ZoneInfo, start: int, end: int) -> list[object]:
    """[name, until, [[from, offset], ...]] for a bundle that is valid from start to end.

    What there is no room for is left out at the end: hours are then known for a shorter time.
    """
    at = max(0, start - DAY)
    last = min(end + GRACE, LATEST)
    changes = [[at, offset_at(zone, at)]]
    while at < last:
        following = min(at + DAY, last)
        if offset_at(zone, following) != changes[-1][1]:
            moment = _change(zone, at, following)
            if len(changes) == MAX_CHANGES:
                return [zone.key, moment - 1, changes]
            changes.append([moment, offset_at(zone, moment)])
        at = following
    return [zone.key, last, changes]


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second with another offset than that at `before`."""
    there = offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == there:
            before = middle
        else:
            after = middle
    return after
