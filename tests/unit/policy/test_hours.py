"""Opening hours in the site's time zone: the firmware against Python's own time zones."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from host_tools.cbor import encode
from host_tools.interpreter import Interpreter
from host_tools.policies.hours import Hours, read_hours
from host_tools.policies.zones import GRACE, LATEST, compile_zone, offset_at
from host_tools.yaml_file import parse

from .rules import DAY, HOUR, Case, decide, health, site_part

Run = Callable[..., list[Any]]
START = int(datetime(2026, 1, 15, tzinfo=UTC).timestamp())
END = START + 500 * DAY


def opened(run_firmware: Run, zone: list[object], hours: Hours, moments: list[int]) -> list[Any]:
    """[local time, open?] of each moment, by the firmware."""
    [answers] = run_firmware(f"""
        import json
        from binascii import unhexlify
        from gate.codec.cbor import Reader
        from gate.policy.hours import Schedule, Zone
        def reader(part):
            return Reader(unhexlify(part), wrong="policy_invalid")
        zone = Zone(reader("{encode(zone).hex()}"))
        hours = Schedule(reader("{encode(hours.fields("x")).hex()}"))
        print(json.dumps([[zone.local(t), hours.open(zone.local(t))] for t in {moments!r}]))
    """)
    return list(answers)


def by_python(name: str, hours: Hours, moment: int) -> bool:
    """Whether hours are open, by the calendar of Python: no arithmetic shared with the firmware."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(name))
    minute = 60 * local.hour + local.minute
    for back in (0, 1):
        day = (local - timedelta(days=back)).date()
        if (day - datetime(1970, 1, 1).date()).days in hours.closed:
            continue
        for days, start, end in hours.spans:
            if days >> day.weekday() & 1 and start <= minute + 1440 * back < end:
                return True
    return False


@pytest.mark.parametrize(
    "name",
    ["Asia/Shanghai", "Europe/Vienna", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
     "Africa/Casablanca", "Pacific/Kiritimati", "America/Sao_Paulo"],
)  # fmt: skip
def test_every_moment_of_the_year_is_judged_as_clocks_there_show_it(
    run_firmware: Run, name: str
) -> None:
    rng = random.Random(name)
    hours = Hours(
        tuple(
            (rng.randrange(1, 128), start, start + rng.randrange(1, 1441))
            for start in rng.sample(range(1440), 3)
        ),
        tuple(sorted(rng.sample(range(START // DAY, END // DAY), 40))),
    )
    zone = compile_zone(ZoneInfo(name), START, END)
    changes = [at for at, _ in zone[2]]  # type: ignore[attr-defined]
    moments = rng.sample(range(START, END), 400)
    moments += [at + d for at in changes for d in (-3601, -1, 0, 1, 3599) if at + d >= START]
    answers = opened(run_firmware, zone, hours, moments)
    for moment, (local, is_open) in zip(moments, answers, strict=True):
        assert local == moment + offset_at(ZoneInfo(name), moment), moment
        assert is_open == by_python(name, hours, moment), (moment, hours)
    assert 20 < sum(is_open for _, is_open in answers) < len(answers) - 20


def test_hours_of_daylight_saving_night(run_firmware: Run) -> None:
    """The clock of Vienna goes from 02:00 to 03:00 on 2026-03-29, and back on 2026-10-25."""
    zone = compile_zone(ZoneInfo("Europe/Vienna"), START, END)
    early = Hours(((127, 120, 180),))  # daily 02:00-03:00
    spring = int(datetime(2026, 3, 29, 0, 30, tzinfo=UTC).timestamp())
    autumn = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp())
    moments = [spring, spring + HOUR, autumn, autumn + HOUR, autumn + 2 * HOUR]
    answers = [is_open for _, is_open in opened(run_firmware, zone, early, moments)]
    assert answers == [False, False, True, True, False], "no such hour, then twice"


def test_after_what_is_known_nothing_is_open(run_firmware: Run) -> None:
    zone = compile_zone(ZoneInfo("Asia/Shanghai"), START, START + DAY)
    always = Hours(((127, 0, 1440),))
    last = START + DAY + GRACE
    answers = opened(run_firmware, zone, always, [0, START - DAY - 1, START, last, last + 1])
    assert [is_open for _, is_open in answers] == [False, False, True, True, False]


def test_a_zone_with_more_changes_than_there_is_room_for_ends_earlier() -> None:
    name, until, changes = compile_zone(ZoneInfo("Europe/Vienna"), START, LATEST)
    assert name == "Europe/Vienna"
    assert isinstance(changes, list) and len(changes) == 32
    assert isinstance(until, int) and START + 15 * 365 * DAY < until < START + 17 * 365 * DAY
    _, _, longer = compile_zone(ZoneInfo("Asia/Shanghai"), START, LATEST)
    assert isinstance(longer, list) and len(longer) == 1


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mon-Fri 08:00-18:00", [(31, 480, 1080)]),
        ("[Sat 9:00-13:00, Sun 10:00-12:30]", [(32, 540, 780), (64, 600, 750)]),
        ("daily 22:00-06:00", [(127, 1320, 1800)]),
        ("daily 00:00-24:00", [(127, 0, 1440)]),
        ("Fri-Mon 08:00-09:00", [(113, 480, 540)]),
        ('"Mon,Wed,Fri-Sat 08:00-09:00"', [(53, 480, 540)]),
        ("daily 12:00-00:00", [(127, 720, 1440)]),
    ],
)
def test_hours_in_words(text: str, spans: list[tuple[int, int, int]]) -> None:
    root = parse(text.encode(), "h.yaml")
    assert list(read_hours(root).spans) == spans
    root.finish()


SITE = site_part(
    """
timezone: Asia/Shanghai
policy:
  hours: {office: [Mon-Fri 08:00-18:00], lunch: [daily 12:00-13:00]}
  lists:
    staff: {subjects: ["1111111111111111"]}
    boss: {subjects: ["2222222222222222"], spares: hours}
  ways:
    - {name: staff, list: staff}
    - {name: visitor, health: any}
    - {name: canteen, health: any, hours: lunch}
lanes:
  - {gates: [A-*], hours: office, ways: [staff, visitor], outside: [staff]}
  - {gates: [B-*], hours: office, ways: [staff, visitor]}
  - {gates: [C-*], ways: [canteen]}
"""
)
NIGHT = int(datetime(2026, 11, 24, 15, tzinfo=UTC).timestamp())  # Tuesday 23:00 in Shanghai
NOON = int(datetime(2026, 11, 24, 4, 15, tzinfo=UTC).timestamp())
GREEN = {"health": [{**health(), "at": NOON}]}


def test_who_may_come_when(micropython: Interpreter) -> None:
    staff, boss = "11" * 8, "22" * 8
    cases = {
        "by day": (Case(SITE, GREEN, now=NOON), None, "visitor"),
        "at night": (Case(SITE, GREEN, now=NIGHT), "site_closed", "visitor"),
        "staff at night": (Case(SITE, GREEN, now=NIGHT, subject=staff), None, "staff"),
        "staff at night, at a gate without": (
            Case(SITE, GREEN, now=NIGHT, subject=staff, gate="B-1"), "site_closed", "hours"),
        "who is spared the hours": (
            Case(SITE, GREEN, now=NIGHT, subject=boss, gate="B-1"), None, "visitor"),
        "the canteen at noon": (Case(SITE, GREEN, now=NOON, gate="C-1"), None, "canteen"),
        "the canteen at night": (
            Case(SITE, GREEN, now=NIGHT, gate="C-1"), "site_closed", "canteen"),
        "years after the bundle": (
            Case(SITE, GREEN, now=NOON + 3 * 364 * DAY), "site_closed", "visitor"),
    }  # fmt: skip
    answers = decide([case for case, _, _ in cases.values()], micropython)
    got = {why: tuple(answer[1:3]) for why, answer in zip(cases, answers, strict=True)}
    assert got == {why: (reason, rule) for why, (_, reason, rule) in cases.items()}
