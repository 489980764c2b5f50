"""What is right in a site's rules, and yet hardly meant: ways that nobody can take, unread words.

Mistakes are `site_rules`' to show. This is what `gatectl policy check` adds, with the sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import cbor2

from host_tools import firmware
from host_tools.policies.lanes import DIRECTIONS
from host_tools.policies.lists import DIGEST, MAX_LISTED


def people(part: bytes) -> int:
    """How many people are in all lists together."""
    return sum(len(one[2]) // DIGEST for one in cbor2.loads(part).get(11, ()))


def warnings(part: bytes) -> Iterator[str]:
    """One line for each thing that is probably not meant."""
    fields = cbor2.loads(part)
    lanes = [fields[5], *(lane for _, lane in fields.get(12, ()))]
    yield from _ways(fields, lanes)
    yield from _unused(fields, lanes)
    yield from _zones(lanes)
    yield from _texts(fields)
    for one in fields.get(11, ()):
        if not one[2]:
            yield f"list {one[1]!r}: nobody is on it"
    if people(part) > MAX_LISTED * 9 // 10:
        yield f"{people(part)} people are listed, of {MAX_LISTED} possible"


def _ways(fields: Mapping[int, Any], lanes: list[Mapping[int, Any]]) -> Iterator[str]:
    denied = {number for number, one in enumerate(fields.get(11, ())) if one.get(6)}
    for number, way in enumerate(fields[4]):
        open_in = [lane for lane in lanes if number in lane.get(6, [number])]
        open_in += [lane for lane in lanes if number in lane.get(8, ())]
        if not open_in:
            yield f"way {way[1]!r}: no lane has it"
        if way.get(6) in denied:
            yield f"way {way[1]!r}: it is for a list of people who may not come in"
        if not way[2] and 6 in way:
            asked = way.get(7) or any(lane[3] for lane in open_in)
            if not asked:
                yield (
                    f"way {way[1]!r}: whoever has a picture of such a person's code gets in; "
                    "ask for a proof"
                )
        for kind, need in way[2].items():
            speakers = fields[2].get(kind)
            if need.get(1) is not None and need.get(2) is not None and need[1] < need[2]:
                yield f"way {way[1]!r}: max_age is less than min_age, so nobody meets it"
            if speakers and 6 in need and not _overlap(speakers, need[6]):
                yield f"way {way[1]!r}: it asks for claims from where nobody may speak"


def _overlap(speakers: list[str], places: list[str]) -> bool:
    assert firmware.FIRMWARE.is_dir()
    from gate.codec.jurisdiction import covers

    return any(covers(a, b) or covers(b, a) for a in speakers for b in places)


def _unused(fields: Mapping[int, Any], lanes: list[Mapping[int, Any]]) -> Iterator[str]:
    used = {number for way in fields[4] for number in way.get(5, ())}
    used |= {number for lane in lanes for rule in (11, 12) for number in lane.get(rule, ())}
    for number, condition in enumerate(fields.get(10, ())):
        if number not in used:
            yield f"condition {condition[0]!r}: nothing asks for it"
    schedules = {entry.get(4) for entry in fields[4]}
    schedules |= {lane.get(7) for lane in lanes} | {one.get(5) for one in fields.get(11, ())}
    for number, schedule in enumerate(fields.get(9, ())):
        if number not in schedules:
            yield f"hours {schedule[0]!r}: nothing is bound to them"
    listed = {way.get(6) for way in fields[4]}
    for number, one in enumerate(fields.get(11, ())):
        if number not in listed and not one.keys() & {6, 7, 8, 9}:
            yield f"list {one[1]!r}: it does nothing; no way is for it, and it spares nothing"


def _zones(lanes: list[Mapping[int, Any]]) -> Iterator[str]:
    ways_in = {lane[18] for lane in lanes if 18 in lane and lane[9] == DIRECTIONS["entry"]}
    ways_out = {lane[18] for lane in lanes if 18 in lane and lane[9] == DIRECTIONS["exit"]}
    for zone in sorted(ways_in - ways_out):
        yield f"zone {zone!r}: no lane leads out of it, so it fills up and nobody comes in"
    for zone in sorted(ways_out - ways_in):
        yield f"zone {zone!r}: no lane leads into it, so nobody is counted"


def _texts(fields: Mapping[int, Any]) -> Iterator[str]:
    assert firmware.FIRMWARE.is_dir()
    from gate.ui import LANGUAGES

    names = {entry[1] for entry in (*fields[4], *fields.get(11, ()))}
    names |= {condition[0] for condition in fields.get(10, ())}
    for key, language, *_ in fields.get(13, ()):
        named = key.partition("/")[2]
        if named and named not in names:
            yield f"text {key!r}: there is no condition, list or way {named!r}"
        if language not in LANGUAGES:
            yield f"text {key!r}: displays have no texts in {language!r} yet"
