"""Opening hours as people write them -> spans of the week in minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from host_tools.names import suggest
from host_tools.policies.schema import Field, Section, each
from host_tools.yaml_file import Item

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MAX_SPANS = 16
MAX_CLOSED = 64
_MINUTES = 1440
_FORM = "Mon-Fri 08:00-18:00, Sat 09:00-13:00 or daily 22:00-06:00"
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True)
class Hours:
    """spans: (days as bits, Monday first; start; end), minutes of the day. closed: days since
    1970."""

    spans: tuple[tuple[int, int, int], ...]
    closed: tuple[int, ...] = ()

    def fields(self, name: str) -> list[object]:
        return [name, [list(span) for span in self.spans], list(self.closed)]


def read_hours(item: Item) -> Hours:
    """A list of spans, or a mapping with days on which it is closed."""
    if not item.is_mapping:
        return Hours(_spans(item))
    parts = SECTION.read(item)
    return Hours(tuple(parts.get("open", ())), tuple(sorted(set(parts.get("closed", ())))))


def _spans(item: Item) -> tuple[tuple[int, int, int], ...]:
    return tuple(each(item, 1, MAX_SPANS, _span))


def _span(item: Item) -> tuple[int, int, int]:
    text = item.text()
    days, _, times = text.strip().rpartition(" ")
    start, dash, end = times.partition("-")
    if not days or not dash:
        item.fail(f"{text!r} is no opening time; write {_FORM}")
    first, last = _minute(item, start), _minute(item, end)
    if first in (_MINUTES, last):
        item.fail(f"{text!r} has no length; write daily 00:00-24:00 for all day")
    return _days(item, days), first, last if last > first else last + _MINUTES


def _minute(item: Item, text: str) -> int:
    match = _TIME.fullmatch(text.strip())
    minute = 60 * int(match[1]) + int(match[2]) if match else _MINUTES + 1
    if minute > _MINUTES:
        item.fail(f"{text.strip()!r} is no time of day; write {_FORM}")
    return minute


def _days(item: Item, text: str) -> int:
    if text.strip().lower() == "daily":
        return 127
    mask = 0
    for part in text.split(","):
        first, dash, last = part.partition("-")
        at = _weekday(item, first)
        end = _weekday(item, last) if dash else at
        mask |= 1 << at
        while at != end:
            at = (at + 1) % 7
            mask |= 1 << at
    return mask


def _weekday(item: Item, text: str) -> int:
    name = text.strip().capitalize()
    if name not in WEEKDAYS:
        near = suggest(name, (*WEEKDAYS, "daily"))
        item.fail(f"{text.strip()!r} is no weekday{near}; write {', '.join(WEEKDAYS)} or daily")
    return WEEKDAYS.index(name)


def _closed(item: Item) -> list[Any]:
    return each(item, 0, MAX_CLOSED, lambda one: one.day(0))


SECTION = Section(
    "policy: hours: NAME:",
    "Hours of the week in the site's time zone. A list of times is enough; with days on which "
    "it is closed it is a mapping. A time that ends before it begins goes on past midnight, "
    "and belongs to the day on which it began.",
    {
        "open": Field(_spans, "when it is open", f"times such as {_FORM}", required=True),
        "closed": Field(_closed, "days on which it is closed", "up to 64 dates", "none"),
    },
)
