"""Whose word counts when issuers disagree: each mode, and that the claim that decided is named."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from host_tools.interpreter import Interpreter

from .rules import DAY, HOUR, Case, Claims, decide, health, part, travel
from .rules import test as sampled

MODES = ("most_restrictive", "local_wins", "national_wins", "newest_wins")
POLICY = """
colours: [green]
speakers: {{health: [CN], travel: [CN], test: [CN]}}
risk_regions: [CN-5301]
conflict: {mode}
ways: [{{name: any, health: any}}, {{name: tested, test: any}}]
"""
PARTS = {mode: part(POLICY.format(mode=mode)) for mode in MODES}

CITY_OLD_GREEN = health("CN-31", "green", 5 * HOUR)
CITY_OLD_ORANGE = health("CN-31", "orange", 5 * HOUR)
NATION_NEW_GREEN = health("CN", "green", HOUR)
NATION_NEW_ORANGE = health("CN", "orange", HOUR)
ELSEWHERE_RED = health("CN-44", "red", 2 * HOUR)
DISTRICT_RED = health("CN-3101", "red", 9 * HOUR)

# what is said -> who decides, mode by mode: None when granted, else the place whose claim refused
HEALTH: dict[str, tuple[list[dict[str, Any]], tuple[str | None, ...]]] = {
    "the nation says green, the city orange": (
        [NATION_NEW_GREEN, CITY_OLD_ORANGE], ("CN-31", "CN-31", None, None)),
    "the nation says orange, the city green": (
        [NATION_NEW_ORANGE, CITY_OLD_GREEN], ("CN", None, "CN", "CN")),
    "another province says red": (
        [NATION_NEW_GREEN, CITY_OLD_GREEN, ELSEWHERE_RED], ("CN-44", None, None, None)),
    "the district says red": (
        [NATION_NEW_GREEN, CITY_OLD_GREEN, DISTRICT_RED], ("CN-3101", "CN-3101", None, None)),
    "the city says two things": (
        [CITY_OLD_GREEN, CITY_OLD_ORANGE], ("CN-31", "CN-31", "CN-31", "CN-31")),
    "the city's newest is orange": (
        [health("CN-31", "green", 2 * HOUR), health("CN-31", "orange", HOUR)],
        ("CN-31", "CN-31", "CN-31", "CN-31")),
    "the city's newest is green": (
        [health("CN-31", "green", HOUR), health("CN-31", "orange", 2 * HOUR)],
        ("CN-31", "CN-31", "CN-31", None)),
    "only another province speaks, and says red": ([ELSEWHERE_RED], ("CN-44",) * 4),
    "green from the future silences nobody": (
        [health("CN-31", "green", -DAY), NATION_NEW_ORANGE], ("CN",) * 4),
    "green from elsewhere in the future": (
        [health("CN", "green", -DAY), CITY_OLD_ORANGE], ("CN-31",) * 4),
}  # fmt: skip


@pytest.mark.parametrize("why", HEALTH)
def test_health(micropython: Interpreter, why: str) -> None:
    said, expected = HEALTH[why]
    orders = list(itertools.permutations(said))
    cases = [Case(PARTS[mode], {"health": list(o)}) for mode in MODES for o in orders]
    answers = iter(decide(cases, micropython))
    for mode, place in zip(MODES, expected, strict=True):
        for _ in orders:  # the order in which issuers stand in a code means nothing
            answer = next(answers)
            if place is None:
                assert answer[:3] == [True, None, "any"], (mode, answer)
            else:
                assert answer[:3] == [False, "health_colour", "colours"], (mode, answer)
                assert answer[3]["jurisdiction"] == place, mode


def test_tests_and_travel(micropython: Interpreter) -> None:
    positive_then_negative: Claims = {
        "test": [sampled("positive", 14 * DAY), sampled("negative", DAY, jurisdiction="CN")]
    }
    negative_then_positive: Claims = {
        "test": [sampled("negative", 14 * DAY), sampled("positive", DAY)]
    }
    visited: Claims = {
        "health": [health()],
        "travel": [travel({"CN-5301": 2}), travel({"CN-31": 0}, jurisdiction="CN-31", at=0)],
    }
    claims = (positive_then_negative, negative_then_positive, visited)
    cases = [Case(PARTS[mode], said) for said in claims for mode in MODES]
    answers = [answer[1] for answer in decide(cases, micropython)]
    positive, risk = "test_positive", "travel_risk"
    assert answers == [
        *(positive, positive, None, None),
        *(positive, positive, positive, positive),
        *(risk, None, risk, risk),
    ]


def test_each_kind_may_be_settled_its_own_way(micropython: Interpreter) -> None:
    site = part(POLICY.format(mode="{test: newest_wins, health: local_wins}"))
    said: Claims = {
        "health": [NATION_NEW_ORANGE, CITY_OLD_GREEN],
        "test": [sampled("positive", 14 * DAY), sampled("negative", DAY)],
    }
    assert decide([Case(site, said)], micropython)[0][:3] == [True, None, "any"]


def test_a_silenced_claim_meets_no_need(micropython: Interpreter) -> None:
    text = """
    conflict: local_wins
    ways: [{name: fresh, health: {max_age: 2 hours}}]
    """
    said: Claims = {"health": [health("CN", age=HOUR), health("CN-31", age=5 * HOUR)]}
    answers = decide([Case(part(text), said)], micropython)
    assert answers[0][1] == "health_stale"
    assert answers[0][3]["jurisdiction"] == "CN-31"
    usual = part(text.replace("local_wins", "most_restrictive"))
    assert decide([Case(usual, said)], micropython)[0][0] is True


def test_who_may_not_speak_silences_nobody(micropython: Interpreter) -> None:
    for mode in MODES:
        text = POLICY.format(mode=mode).replace("health: [CN]", "health: [CN-31]")
        said: Claims = {"health": [CITY_OLD_ORANGE, NATION_NEW_GREEN]}
        assert decide([Case(part(text), said)], micropython)[0][1] == "health_colour"
