"""Times as people write them, and as the formats have them (Unix seconds, days, durations)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

DAY = 86400
_UNITS = {
    "second": 1, "minute": 60, "hour": 3600, "day": DAY, "week": 7 * DAY, "year": 365 * DAY,
    "s": 1, "min": 60, "h": 3600, "d": DAY, "w": 7 * DAY,
}  # fmt: skip
_SPAN = re.compile(r"(\d+)\s*([a-z]+?)s?")
_TIMES = "2026-11-20, 2026-11-20 08:30, 2026-11-20T08:30:00+08:00, now, today, or 3 hours ago"
_SPANS = "30 minutes, 24 hours, 14 days or 2 weeks"


class TimeFormError(ValueError):
    """A text that is no time or no duration; says what is possible."""


def now() -> int:
    """The computer's clock, Unix seconds."""
    return int(datetime.now(UTC).timestamp())


def rfc3339(seconds: int) -> str:
    """Unix seconds in UTC, as "2026-11-20T08:30:00Z"."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_text(days: int) -> str:
    """Days since 1970-01-01 as a date."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def duration(value: object) -> int:
    """Seconds of "14 days", "24 hours", "90 s"."""
    match = _SPAN.fullmatch(str(value).strip().lower())
    if match is None or (unit := _unit(match[2])) is None:
        raise TimeFormError(f"{value!r} is not a duration; write {_SPANS}")
    return int(match[1]) * unit


def duration_words(seconds: int) -> str:
    """A duration in whole days, hours, minutes or seconds: "3 days", "36 hours"; rounded down."""
    for unit in ("day", "hour", "minute"):
        size = _UNITS[unit]
        if seconds >= 2 * size or (seconds and seconds % size == 0):
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def instant(value: object, base: int) -> int:
    """Unix seconds of a date, a date and time (UTC unless it says otherwise), or "3 hours ago".

    `base` is what "now" means.
    """
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, date):
        return _seconds(datetime(value.year, value.month, value.day, tzinfo=UTC))
    text = str(value).strip()
    lowered = text.lower()
    if lowered == "now":
        return base
    if lowered in ("today", "yesterday"):
        return base - base % DAY - (DAY if lowered == "yesterday" else 0)
    try:
        if lowered.endswith(" ago"):
            return base - duration(lowered[:-4])
        if lowered.startswith("in "):
            return base + duration(lowered[3:])
    except TimeFormError:
        raise TimeFormError(f"{value!r} is not a time; write {_TIMES}") from None
    try:
        return _seconds(datetime.fromisoformat(text.upper()))  # RFC 3339 allows small t and z
    except ValueError:
        raise TimeFormError(f"{value!r} is not a time; write {_TIMES}") from None


def day(value: object, base: int) -> int:
    """Days since 1970-01-01 (UTC) of whatever `instant` takes."""
    return instant(value, base) // DAY


def _unit(name: str) -> int | None:
    return _UNITS.get(name) or _UNITS.get(name + "s")


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = int(moment.timestamp())
    if seconds < 0:
        raise TimeFormError(f"{moment.isoformat()} is before 1970")
    return seconds
