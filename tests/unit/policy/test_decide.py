"""The order of a decision, as docs/formats.md tells it: one line a case."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from host_tools.interpreter import Interpreter

from . import rules
from .rules import DAY, HOUR, NOW, Case, Claims, decide, health, part, recovery, travel, vaccination

SITE = part(
    """
    colours: [green]
    speakers: {health: [CN], travel: [CN], vaccination: [CN, AT], test: [CN, AT]}
    risk_regions: [CN-5301]
    ways:
      - name: resident
        formats: [OC1]
        health: {max_age: 24 hours}
        travel: {window: 14 days, max_age: 24 hours}
        test: {max_age: 48 hours, kinds: [naat]}
      - name: vaccinated
        vaccination: {complete: yes, min_age: 14 days, max_age: 365 days}
      - name: recovered
        formats: [HC1]
        recovery: {max_age: 180 days}
    """
)
RESIDENT: Claims = {"health": [health()], "travel": [travel()], "test": [rules.test()]}


def resident(**changes: list[dict[str, Any]]) -> Claims:
    return {kind: claims for kind, claims in {**RESIDENT, **changes}.items() if claims}


# claims -> reason (None: granted), rule
CASES: dict[str, tuple[Claims, str | None, str]] = {
    "a resident with everything": (RESIDENT, None, "resident"),
    "vaccinated and nothing else": ({"vaccination": [vaccination()]}, None, "vaccinated"),
    "vaccinated abroad, where that counts": (
        {"vaccination": [vaccination(place="AT")]}, None, "vaccinated"),
    "a yellow code": (resident(health=[health(colour="yellow")]), "health_colour", "colours"),
    "national green, local orange": (
        resident(health=[health("CN"), health("CN-31", "orange")]), "health_colour", "colours"),
    "green at home, red elsewhere in the country": (
        resident(health=[health(), health("CN-44", "red")]), "health_colour", "colours"),
    "red by someone who has no say": (
        resident(health=[health(), health("US-NY", "red")]), None, "resident"),
    "vaccination does not outweigh a red code": (
        {"health": [health(colour="red")], "vaccination": [vaccination()]},
        "health_colour", "colours"),
    "a region of risk": (
        resident(travel=[travel({"CN-530102": 3})]), "travel_risk", "risk regions"),
    "the province around a region of risk": (
        resident(travel=[travel({"CN-53": 3})]), None, "resident"),
    "a region of risk, before the window": (
        resident(travel=[travel({"CN-5301": 15})]), None, "resident"),
    "a region that the record itself marks": (
        resident(travel=[travel({"CN-44": 2}, risk=["CN-44"])]), "travel_risk", "risk regions"),
    "a positive test": (
        resident(test=[rules.test(), rules.test("positive")]), "test_positive", "positive test"),
    "a health status of yesterday": (
        resident(health=[health(age=25 * HOUR)]), "health_stale", "resident"),
    "a health status of tomorrow": (
        resident(health=[health(age=-DAY)]), "code_not_yet_valid", "resident"),
    "no travel record": (resident(travel=[]), "travel_missing", "resident"),
    "a travel record of a week": (resident(travel=[travel(days=7)]), "travel_window", "resident"),
    "an old travel record": (
        resident(travel=[travel(at=NOW - 2 * DAY)]), "travel_stale", "resident"),
    "no test": (resident(test=[]), "test_missing", "resident"),
    "an old test": (resident(test=[rules.test(age=49 * HOUR)]), "test_stale", "resident"),
    "an antigen test": (resident(test=[rules.test(kind="rat")]), "test_kind", "resident"),
    "a test without a result": (
        resident(test=[rules.test("other")]), "test_inconclusive", "resident"),
    "an old test and a new one": (
        resident(test=[rules.test(age=90 * HOUR), rules.test()]), None, "resident"),
    "one dose of two": (
        {"vaccination": [vaccination(1, 2)]}, "vaccination_incomplete", "vaccinated"),
    "vaccinated last week": (
        {"vaccination": [vaccination(ago=7)]}, "vaccination_too_recent", "vaccinated"),
    "vaccinated two years ago": (
        {"vaccination": [vaccination(ago=730)]}, "vaccination_too_old", "vaccinated"),
    "vaccinated where that does not count": (
        {"vaccination": [vaccination(place="US")]}, "vaccination_jurisdiction", "vaccinated"),
    "vaccinated tomorrow": (
        {"vaccination": [vaccination(ago=-3)]}, "vaccination_too_recent", "vaccinated"),
    "nothing at all": ({}, "vaccination_missing", "vaccinated"),
    "recovered, but not with a certificate": (
        {"recovery": [recovery()]}, "vaccination_missing", "vaccinated"),
}  # fmt: skip


@pytest.fixture(scope="module")
def decisions(micropython: Interpreter) -> dict[str, list[Any]]:
    answers = decide([Case(SITE, claims) for claims, _, _ in CASES.values()], micropython)
    return dict(zip(CASES, answers, strict=True))


@pytest.mark.parametrize("why", CASES)
def test_the_order_of_a_decision(decisions: dict[str, list[Any]], why: str) -> None:
    _, reason, rule = CASES[why]
    assert decisions[why][:3] == [reason is None, reason, rule]


def test_the_local_claim_is_named(decisions: dict[str, list[Any]]) -> None:
    assert decisions["national green, local orange"][3]["jurisdiction"] == "CN-31"


def test_a_way_may_be_for_certificates_only(micropython: Interpreter) -> None:
    claims = {"recovery": [recovery()]}
    late = {"recovery": [recovery(first=181)]}
    over = {"recovery": [recovery(end=1)]}
    answers = decide([Case(SITE, c, "HC1") for c in (claims, late, over)], micropython)
    assert [answer[:2] for answer in answers] == [
        [True, None],
        [False, "recovery_not_valid"],
        [False, "recovery_not_valid"],
    ]


def test_a_certificate_without_what_any_way_asks_for(micropython: Interpreter) -> None:
    asked = part("ways: [{name: recovered, formats: [HC1], recovery: {max_age: 180 days}}]")
    missing = decide([Case(asked, {"vaccination": [vaccination()]}, "HC1")], micropython)
    assert missing[0][:3] == [False, "recovery_missing", "recovered"]
    other = decide([Case(asked, {"recovery": [recovery()]}, "OC1")], micropython)
    assert other[0][:3] == [False, "format_not_accepted", "ways"]


def test_without_a_clock_nothing_is_granted(micropython: Interpreter) -> None:
    answer = decide([Case(SITE, RESIDENT, now=None)], micropython)
    assert answer[0][:2] == [False, "clock_untrusted"]


def test_proof_of_presence(micropython: Interpreter) -> None:
    asked = part("ways: [{name: any, health: any}]", "proof: {required: yes, max_age: 20 seconds}")
    proofs: dict[tuple[int, str | None] | None, str | None] = {
        None: "proof_required",
        (NOW, None): None,
        (NOW - 20, "A-1"): None,
        (NOW - 21, "A-1"): "proof_stale",
        (NOW + 30, "A-1"): None,  # a phone's clock may be a little ahead
        (NOW + 61, "A-1"): "proof_stale",
        (NOW, "A-2"): "proof_other_gate",
    }
    answers = decide([Case(asked, RESIDENT, proof=proof) for proof in proofs], micropython)
    assert [answer[1] for answer in answers] == list(proofs.values())


def test_a_worse_presentation_is_never_granted_what_a_better_one_is_not(
    micropython: Interpreter,
) -> None:
    """Taking a claim away, or making one worse, opens no gate that was shut - vetoes aside."""
    rng = random.Random(1)
    pairs = [(case, worse(case, rng)) for case in (some_case(rng) for _ in range(1500))]
    before = decide([case for case, _ in pairs], micropython)
    after = decide([case for _, case in pairs], micropython)
    vetoes = ("health_colour", "travel_risk", "test_positive")
    granted = 0
    for (case, changed), good, bad in zip(pairs, before, after, strict=True):
        granted += good[0]
        if bad[0] and not good[0]:
            assert good[1] in vetoes, (case, changed)
    assert granted > 100


def some_case(rng: random.Random) -> Case:
    claims: Claims = {
        "health": [health(rng.choice(("CN", "CN-31")), rng.choice(("green", "green", "red")))],
        "travel": [travel({"CN-31": 0, rng.choice(("CN-44", "CN-5301")): rng.randrange(20)})],
        "test": [rules.test(age=rng.randrange(100) * HOUR, kind=rng.choice(("naat", "rat")))],
        "vaccination": [vaccination(rng.randrange(1, 4), 3, rng.randrange(500))],
    }
    kept = {kind: said for kind, said in claims.items() if rng.random() < 0.7}
    return Case(SITE, kept)


def worse(case: Case, rng: random.Random) -> Case:
    claims = {kind: [dict(claim) for claim in said] for kind, said in case.claims.items()}
    if not claims:
        return case
    kind = rng.choice(sorted(claims))
    if rng.random() < 0.5:
        del claims[kind]
    elif kind == "health":
        claims[kind][0].update(at=claims[kind][0]["at"] - DAY)
    elif kind == "travel":
        claims[kind][0].update(days=3)
    elif kind == "test":
        claims[kind][0].update(kind="rat", at=claims[kind][0]["at"] - DAY)
    else:
        claims[kind][0].update(of=9)
    return replace(case, claims=claims)


def test_damaged_policies_are_refused(micropython: Interpreter) -> None:
    rng = random.Random(2)
    damaged = []
    for _ in range(1500):
        at = rng.randrange(len(SITE))
        piece = rng.choice((b"", rng.randbytes(1), rng.randbytes(3), SITE[:9], b"\xff"))
        damaged.append(SITE[:at] + piece + SITE[at + rng.randrange(4) :])
    answers = decide([Case(data, RESIDENT) for data in damaged], micropython)
    kinds = {answer[1] for answer in answers if answer[0] == "refused"}
    assert kinds == {"policy_invalid"}
    cut = decide([Case(SITE[:size], RESIDENT) for size in range(len(SITE))], micropython)
    assert all(answer == ["refused", "policy_invalid"] for answer in cut)
