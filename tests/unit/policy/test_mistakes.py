"""Mistakes in a site's rules: each with file, line, column, the line itself, and what to do."""

from __future__ import annotations

import re

import pytest

from host_tools.problems import Failure

from .rules import site_part

WAYS = "  ways: [{name: any, health: any}]\n"

# what stands under `policy:` or beside it -> where, and what is said of it
MISTAKES: dict[str, tuple[str, str, str]] = {
    "an unknown section": ("polcy: {}\npolicy:\n" + WAYS, "1:1", "'polcy' is not known here"),
    "a section twice": ("policy:\n" + WAYS + "policy: {}\n", "3:1", "a second time"),
    "a field of policy": (
        "policy:\n  colour: [green]\n" + WAYS, "2:3", "did you mean colours?"),
    "a colour": ("policy:\n  colours: [gren]\n" + WAYS, "2:13", "did you mean green?"),
    "a place": ("policy:\n  risk_regions: [cn-53]\n" + WAYS, "2:18", "did you mean CN-53?"),
    "a kind": ("policy:\n  speakers: {helth: CN}\n" + WAYS, "2:14", "did you mean health?"),
    "a conflict": (
        "policy:\n  conflict: local_win\n" + WAYS, "2:13", "did you mean local_wins?"),
    "a conflict of vaccinations": (
        "policy:\n  conflict: {vaccination: newest_wins}\n" + WAYS, "2:14", "is not known here"),
    "local without a home": ("policy:\n  conflict: local_wins\n" + WAYS, "2:3", "'home:'"),
    "no ways": ("policy:\n  colours: [green]\n", "2:3", "'ways' is missing"),
    "a way that asks for nothing": (
        "policy:\n  ways:\n    - name: free\n", "3:7", "asks for nothing"),
    "a way without a name": (
        "policy:\n  ways:\n    - health: any\n", "3:7", "'name' is missing"),
    "two ways of a name": (
        "policy:\n  ways:\n    - {name: a, health: any}\n    - {name: a, test: any}\n", "4:7",
        "another way"),
    "a need": (
        "policy:\n  ways: [{name: a, health: {max_ag: 3 h}}]\n", "2:29", "did you mean max_age?"),
    "an age": (
        "policy:\n  ways: [{name: a, health: {max_age: 3 fortnights}}]\n", "2:38",
        "is not a duration"),
    "a need in a word": (
        "policy:\n  ways: [{name: a, health: yes}]\n", "2:28", "say what is asked"),
    "a list that is not there": (
        "policy:\n  lists: {staff: {subjects: ['0011223344556677']}}\n"
        "  ways: [{name: a, list: staf}]\n", "3:26", "did you mean staff?"),
    "hours that are not there": (
        "policy:\n  ways: [{name: a, health: any, hours: night}]\n", "2:40", "there are no hours"),
    "a condition that is not there": (
        "policy:\n  ways: [{name: a, health: any, conditions: [x]}]\n", "2:46",
        "there are no conditions"),
    "a subject": (
        "policy:\n  lists: {a: {subjects: [12]}}\n" + WAYS, "2:26", "is no subject"),
    "a denied list that spares": (
        "policy:\n  lists: {a: {deny: yes, spares: replay}}\n" + WAYS, "2:14",
        "are spared nothing"),
    "what nobody is spared": (
        "policy:\n  lists: {a: {spares: [colours]}}\n" + WAYS, "2:24", "is not one of"),
    "dates of a list": (
        "policy:\n  lists: {a: {from: 2027-01-01, until: 2026-01-01}}\n" + WAYS, "2:40",
        "before 'from'"),
    "hours without a time zone": (
        "policy:\n  hours: {a: daily 08:00-09:00}\n" + WAYS, "2:10", "in which time zone"),
    "a time zone": (
        "timezone: Asia/Shangai\npolicy:\n" + WAYS, "1:11", "did you mean Asia/Shanghai?"),
    "a weekday": (
        "timezone: UTC\npolicy:\n  hours: {a: [Mo-Fri 08:00-09:00]}\n" + WAYS, "3:15",
        "did you mean Mon?"),
    "a time of day": (
        "timezone: UTC\npolicy:\n  hours: {a: [daily 08:00-25:00]}\n" + WAYS, "3:15",
        "'25:00' is no time of day"),
    "an operation": (
        "policy:\n  conditions: {a: {logic: {'==': [1, 1]}}}\n" + WAYS, "2:27",
        'compare with "==="'),
    "an operation deep inside": (
        "policy:\n  conditions:\n    a:\n      logic:\n        and:\n          - true\n"
        "          - {bfore: [1, 2]}\n" + WAYS, "7:13", "did you mean before?"),
    "a condition without logic": (
        "policy:\n  conditions: {a: {about: test}}\n" + WAYS, "2:19", "'logic' or 'file'"),
    "a file that is not there": (
        "policy:\n  conditions: {a: {file: rule.json}}\n" + WAYS, "2:26", "cannot be read"),
    "a reason": ("texts: {test_old: {en: x}}\npolicy:\n" + WAYS, "1:9", "is no reason"),
    "a text that is too long": (
        "texts: {test_stale: {en: " + "x" * 61 + "}}\npolicy:\n" + WAYS, "1:26", "too long"),
    "a Chinese text that is too long": (
        "texts: {test_stale: {zh: " + "码" * 31 + "}}\npolicy:\n" + WAYS, "1:26", "too long"),
    "a text that a display cannot show": (
        'texts: {test_stale: {en: "a\\u202eb"}}\npolicy:\n' + WAYS, "1:26", "cannot show"),
    "a pulse": ("lane: {pulse: 1 hour}\npolicy:\n" + WAYS, "1:15", "is not from 0 to 10"),
    "a proof": ("lane: {proof: {max_age: 1 hour}}\npolicy:\n" + WAYS, "1:15", "'required'"),
    "passback without a direction": (
        "lane: {anti_passback: 1 hour}\npolicy:\n" + WAYS, "1:7", "lanes with a direction"),
    "a capacity": (
        "policy:\n  zones: {hall: 0}\n" + WAYS, "2:17", "number from 1 to 65535"),
    "an unknown zone": (
        "lane: {direction: entry, zone: hal}\npolicy:\n  zones: {hall: 20}\n" + WAYS,
        "1:32", "none of the zones; there are: hall"),
    "a zone without a direction": (
        "lane: {zone: hall}\npolicy:\n  zones: {hall: 20}\n" + WAYS, "1:14", "'direction'"),
    "a passage within the pulse": (
        "lane: {pulse: 5 s, passage: 2 s}\npolicy:\n" + WAYS, "1:7", "shorter than 'pulse'"),
    "a long passage": (
        "lane: {passage: 2 minutes}\npolicy:\n" + WAYS, "1:17", "from 0 to 60"),
    "a passage in ms": (
        "lane: {held_open: 20 ms}\npolicy:\n" + WAYS, "1:19", "from 1 second to 10 minutes"),
    "how an alarm ends": (
        "lane: {alarm: never}\npolicy:\n" + WAYS, "1:15", "'never' is not one of itself, key"),
    "the floor of a clock and hours": (
        "timezone: UTC\nlane: {clock: floor}\npolicy:\n  hours: {day: daily 08:00-18:00}\n"
        + WAYS, "2:7", "nobody knows what hour"),
    "outside of no hours": (
        "lane: {outside: any}\npolicy:\n" + WAYS, "1:17", "'hours', which are missing"),
    "a lane without gates": ("lanes: [{pulse: 1 s}]\npolicy:\n" + WAYS, "1:9", "'gates'"),
    "a field of lanes": (
        "lanes: [{gates: a, ways: any, prof: no}]\npolicy:\n" + WAYS, "1:31", "mean proof?"),
}  # fmt: skip


@pytest.mark.parametrize("why", MISTAKES)
def test_a_mistake_is_shown_where_it_is(why: str) -> None:
    text, place, message = MISTAKES[why]
    with pytest.raises(Failure) as caught:
        site_part(text)
    said = str(caught.value)
    head = next((line for line in said.splitlines() if message in line), "")
    assert head.startswith(f"site.yaml:{place}: "), said
    line = int(place.partition(":")[0])
    assert f"\n  {line} | {text.splitlines()[line - 1]}" in said
    column = int(place.partition(":")[2])
    mark = said.splitlines()[said.splitlines().index(head) + 2]
    assert mark.index("^") == len(f"  {line} | ") + column - 1


def test_all_mistakes_are_shown_at_once_in_order() -> None:
    text = """home: cn
timezone: Mars/Base
policy:
  colours: [gren, blue]
  wayz: []
  ways:
    - {name: a, health: {max_age: 5}}
    - {name: b, list: nobody}
    - {nam: c, test: any}
lane: {pulse: long, replay: 1 week}
texts: {no: {en: x}}
"""
    with pytest.raises(Failure) as caught:
        site_part(text)
    places = re.findall(r"^site.yaml:(\d+:\d+): ", str(caught.value), re.MULTILINE)
    assert places == [
        "1:7", "2:11", "4:13", "4:19", "5:3", "7:35", "8:23", "9:7", "9:8", "10:15",
        "10:29", "11:9",
    ]  # fmt: skip


def test_a_mark_stands_under_chinese_and_tabs() -> None:
    with pytest.raises(Failure) as caught:
        site_part("policy:\n  ways: [{name: 员工, helth: any}]\n")
    *_, line, mark = str(caught.value).splitlines()
    assert line.endswith("{name: 员工, helth: any}]")
    assert mark.endswith("^^^^^")
    assert mark.index("^") == line.index("helth") + 2  # two characters are two columns wide


@pytest.mark.parametrize(
    "text",
    ["", "policy", "policy: []", "policy: {ways: {}}", "policy: {ways: []}", "- a",
     "policy: &a [*a]",
     "policy: {ways: [{name: a, health: any}], conditions: {a: {logic: &x [*x]}}}", "a: *b", "\t",
     "policy: {ways: [[[[]]]]}", "policy: {ways: [{name: [a], health: any}]}", "{",
     "policy: !!int x",
     "policy: {lists: [a]}", "policy: {hours: a, ways: [{name: a, health: any}]}"],
)  # fmt: skip
def test_whatever_it_is_it_ends_with_a_message(text: str) -> None:
    with pytest.raises(Failure) as caught:
        site_part(text)
    assert str(caught.value).startswith("site.yaml")
