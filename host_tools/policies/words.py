"""The policy part in words, as a site's file has them: for `gatectl bundle inspect` and `diff`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cbor2

from host_tools.names import (
    COLOURS,
    FORMATS,
    KINDS,
    LATEST,
    TEST_KINDS,
    claims_words,
    formats_words,
    word,
)
from host_tools.policies.hours import WEEKDAYS
from host_tools.policies.lanes import DIRECTIONS
from host_tools.policies.lists import DIGEST, SPARES
from host_tools.policies.site_rules import CONFLICT
from host_tools.times import day_text, rfc3339

# fields of a requirement, as a site's file names them; 3 depends on the kind
_NEEDS = {1: "max_age", 2: "min_age", 4: "complete", 5: "kinds", 6: "from"}

Words = dict[str, object]


def policy_words(part: bytes) -> Words:
    """The policy part in words."""
    fields = cbor2.loads(part)
    names = {number: _names(fields.get(number, ())) for number in (4, 9, 10, 11)}
    words: Words = {
        "colours": [word(COLOURS, colour) for colour in fields[1]],
        "speakers": {word(KINDS, kind): places for kind, places in fields[2].items()},
        "risk_regions": fields[3],
        "ways": [_way(way, names) for way in fields[4]],
        "lane": _lane(fields[5], names),
    }
    if 6 in fields:
        words = {"home": fields[6], **words}
    if 7 in fields:
        words["conflict"] = {
            word(KINDS, kind): word(CONFLICT, mode) for kind, mode in fields[7].items()
        }
    if 8 in fields:
        zone, until, changes = fields[8]
        words["timezone"] = zone
        words["hours_known_until"] = rfc3339(until)
        words["offsets"] = {rfc3339(at): f"{offset / 3600:+.2f} h" for at, offset in changes}
    if 9 in fields:
        words["hours"] = {name: _hours(spans, closed) for name, spans, closed in fields[9]}
    if 10 in fields:
        words["conditions"] = {one[0]: _condition(*one[1:]) for one in fields[10]}
    if 11 in fields:
        words["lists"] = {one[1]: _list(one, names) for one in fields[11]}
    if 12 in fields:
        words["lanes"] = [{"gates": gates, **_lane(lane, names)} for gates, lane in fields[12]]
    if 13 in fields:
        words["texts"] = {
            f"{key} ({language})": " | ".join(filter(None, text))
            for key, language, *text in fields[13]
        }
    return words


def _names(entries: Any) -> list[str]:
    """Names of ways and lists (field 1) or of hours and conditions (the first)."""
    return [entry[1] if isinstance(entry, dict) else entry[0] for entry in entries]


def _way(way: Mapping[int, Any], names: Mapping[int, list[str]]) -> Words:
    words: Words = {"name": way[1]}
    if 3 in way:
        words["formats"] = formats_words(way[3])
    for kind, need in way[2].items():
        words[word(KINDS, kind)] = dict(_asked(kind, *one) for one in need.items())
    if 4 in way:
        words["hours"] = names[9][way[4]]
    if 5 in way:
        words["conditions"] = [names[10][number] for number in way[5]]
    if 6 in way:
        words["list"] = names[11][way[6]]
    if 7 in way:
        words["proof"] = way[7]
    return words


# keys 13 to 20 of a lane
_BARRIER = (
    "relay_hold", "passage_ms", "held_open_ms", "alarm_by_key", "fire_by_key", "zone", "capacity",
    "clock_by_floor",
)  # fmt: skip


def _lane(lane: Mapping[int, Any], names: Mapping[int, list[str]]) -> Words:
    words: Words = {
        "pulse_ms": lane[1],
        "replay_s": lane[2],
        "proof_required": lane[3],
        "proof_max_age_s": lane[4],
        "clock_skew_s": lane[5],
    }
    if 6 in lane:
        words["ways"] = [names[4][number] for number in lane[6]]
    if 7 in lane:
        words["hours"] = names[9][lane[7]]
    if 8 in lane:
        words["outside"] = [names[4][number] for number in lane[8]]
    if 9 in lane:
        words["direction"] = word(DIRECTIONS, lane[9])
    if 10 in lane:
        words["anti_passback_s"] = lane[10]
    for number, rule in ((11, "accept"), (12, "refuse")):
        if number in lane:
            words[rule] = [names[10][condition] for condition in lane[number]]
    for number, name in enumerate(_BARRIER, start=13):
        if number in lane:
            words[name] = lane[number]
    return words


def _hours(spans: list[list[int]], closed: list[int]) -> Words:
    words: Words = {"open": [span_words(*span) for span in spans]}
    if closed:
        words["closed"] = [day_text(day) for day in closed]
    return words


def span_words(days: int, start: int, end: int) -> str:
    """Hours of the week, as "Mon,Tue 08:00-18:00"."""
    named = [day for at, day in enumerate(WEEKDAYS) if days >> at & 1]
    shown = "daily" if days == 127 else ",".join(named)
    until = end if end <= 1440 else end - 1440
    return f"{shown} {start // 60:02}:{start % 60:02}-{until // 60:02}:{until % 60:02}"


def _condition(formats: int, kinds: int, program: bytes) -> Words:
    words: Words = {"bytes": len(program)}
    if formats != sum(FORMATS.values()):
        words["formats"] = formats_words(formats)
    if kinds:
        words["about"] = claims_words(kinds)
    return words


def _list(one: Mapping[int, Any], names: Mapping[int, list[str]]) -> Words:
    words: Words = {"people": len(one[2]) // DIGEST}
    if one.get(6):
        words["deny"] = True
    if 3 in one:
        words["from"] = rfc3339(one[3])
    if one.get(4, LATEST) != LATEST:
        words["until"] = rfc3339(one[4])
    if 5 in one:
        words["hours"] = names[9][one[5]]
    if 7 in one:
        words["spares"] = [name for name, bit in SPARES.items() if one[7] & bit]
    if one.get(8):
        words["proof"] = True
    if 9 in one:
        words["only"] = [names[4][number] for number in one[9]]
    return words


def _asked(kind: int, number: int, value: Any) -> tuple[str, object]:
    """One thing asked of a kind of claim: its name and value, as a site's file has them."""
    if number == 3:
        return ("window", f"{value} days") if kind == KINDS["travel"] else ("dose", value)
    if number in (1, 2):
        return _NEEDS[number], duration_words(value)
    if number == 5:
        return _NEEDS[number], [word(TEST_KINDS, one) for one in value]
    return _NEEDS[number], value


def duration_words(seconds: int) -> str:
    """A duration as people write it, in the largest unit that fits."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds > size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
