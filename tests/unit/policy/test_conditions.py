"""Conditions in CertLogic: what they see, where they are asked, and that none opens by an error."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from host_tools import yaml_file
from host_tools.cbor import encode
from host_tools.interpreter import Interpreter
from host_tools.policies.site_rules import FIELDS, compile_rules
from host_tools.problems import Failure

from . import rules
from .rules import (
    DAY,
    HOUR,
    NOW,
    TODAY,
    Case,
    Claims,
    decide,
    health,
    recovery,
    site_part,
    travel,
    vaccination,
)  # fmt: skip

Run = Callable[..., list[Any]]
GREEN: Claims = {"health": [health()]}
DCC = {"ver": "1.3.0", "v": [{"dn": 2, "sd": 2, "dt": "2026-06-01", "mp": "EU/1/20/1528"}]}


def site(logic: object, where: str = "way", **more: str) -> bytes:
    """A site with one condition, asked by its way, or of everybody."""
    fields = "".join(f", {name}: {value}" for name, value in more.items())
    asked = {"way": "", "accept": "accept: [rule]", "refuse": "refuse: [rule]"}[where]
    conditions = ", conditions: [rule]" if where == "way" else ""
    return site_part(
        f"""
home: AT
policy:
  speakers: {{health: [CN], vaccination: [AT]}}
  conditions: {{rule: {{logic: {json.dumps(logic)}{fields}}}}}
  {asked}
  ways:
    - {{name: usual, health: any{conditions}}}
    - {{name: certified, vaccination: any{conditions}}}
"""
    )


TRUE, FALSE = {"===": [1, 1]}, {"===": [1, 2]}
WRONG = {  # what is neither true nor false, or errs
    "a number": 1,
    "a text": "true",
    "a list": [True],
    "what is not there": {"var": "claims.nothing.0.at"},
    "an addition of texts": {"+": ["a", 1]},
    "a date that is none": {"before": [{"plusTime": ["x", 1, "day"]}, 1]},
}  # fmt: skip


def test_where_conditions_are_asked(micropython: Interpreter) -> None:
    cases = [
        (site(TRUE), None, "usual", None),
        (site(FALSE), "condition_failed", "usual", "rule"),
        (site(TRUE, "accept"), None, "usual", None),
        (site(FALSE, "accept"), "condition_failed", "rule", "rule"),
        (site(TRUE, "refuse"), "condition_failed", "rule", "rule"),
        (site(FALSE, "refuse"), None, "usual", None),
    ]
    for where in ("way", "accept", "refuse"):
        for logic in WRONG.values():
            rule = "usual" if where == "way" else "rule"
            cases.append((site(logic, where), "condition_invalid", rule, "rule"))
    answers = decide([Case(part, GREEN) for part, *_ in cases], micropython)
    for (_, reason, rule, named), answer in zip(cases, answers, strict=True):
        assert [answer[0], answer[1], answer[2], answer[4]] == [reason is None, reason, rule, named]


def test_whoever_a_condition_is_not_about_is_not_asked(micropython: Interpreter) -> None:
    asked = "condition_failed"
    both: Claims = {**GREEN, "vaccination": [vaccination(place="AT")]}
    unheard: Claims = {**GREEN, "vaccination": [vaccination(place="US")]}
    cases = [
        (Case(site(FALSE, "accept", formats="HC1"), GREEN), None),
        (Case(site(FALSE, "accept", formats="HC1"), GREEN, "HC1"), asked),
        (Case(site(FALSE, "accept", about="vaccination"), GREEN), None),
        (Case(site(FALSE, "accept", about="vaccination"), both), asked),
        (Case(site(FALSE, "accept", about="vaccination"), unheard), None),
        (Case(site(FALSE, "accept", about="[vaccination, health]"), GREEN), asked),
        (Case(site(FALSE, "way", formats="[OC1]"), GREEN, "HC1"), None),
    ]
    answers = decide([case for case, _ in cases], micropython)
    assert [answer[1] for answer in answers] == [reason for _, reason in cases]


def test_what_is_seen_of_a_certificate(micropython: Interpreter) -> None:
    seen: Claims = {"vaccination": [vaccination(2, 2, place="AT")]}
    unheard: Claims = {"vaccination": [vaccination(2, 2, place="US")]}
    two = site({">=": [{"var": "payload.v.0.dn"}, 2]}, "accept")
    fresh = site(
        {
            "not-after": [
                {"plusTime": [{"var": "external.validationClock"}, 0, "day"]},
                {"plusTime": [{"var": "payload.v.0.dt"}, 270, "day"]},
            ]
        },
        "accept",
    )
    missing = site({"===": [{"var": "payload"}, False]}, "accept")
    cases = [
        (Case(two, seen, "HC1", hcert=DCC), None),
        (Case(fresh, seen, "HC1", hcert=DCC), None),
        (Case(fresh, seen, "HC1", hcert=DCC, now=NOW + 300 * DAY), "condition_failed"),
        (Case(two, unheard, "HC1", hcert=DCC), "condition_invalid"),  # nobody is heard: no payload
        (Case(missing, GREEN), "condition_failed"),  # null is not false, and no error
    ]
    answers = decide([case for case, _ in cases], micropython)
    assert [answer[1] for answer in answers] == [reason for _, reason in cases]


def seen_by(run_firmware: Run, claims: Claims) -> dict[str, Any]:
    """What conditions see, as the firmware makes it."""
    [facts] = run_firmware(
        f"""
        import json, sys
        from gate.policy.conditions import facts
        class Shown:
            issued, expires, hcert = {NOW - HOUR}, {NOW + HOUR}, {{"v": []}}
        claims = json.loads(sys.stdin.readline())
        print(json.dumps(facts(Shown, claims, {NOW}, "CN-31")))
        """,
        input=json.dumps(claims) + "\n",
    )
    assert isinstance(facts, dict)
    return facts


def test_times_are_texts_and_ages_are_numbers(run_firmware: Run) -> None:
    claims: Claims = {
        "health": [health(age=90)],
        "travel": [travel({"CN-31": 0, "CN-32": 6})],
        "vaccination": [vaccination(ago=100)],
        "recovery": [recovery(first=60, start=49, end=-100)],
    }
    seen = seen_by(run_firmware, claims)
    assert seen["external"] == {
        "validationClock": "2026-09-21T14:13:20Z",
        "iat": "2026-09-21T13:13:20Z",
        "exp": "2026-09-21T15:13:20Z",
        "countryCode": "CN",
    }
    said = seen["claims"]
    assert said["health"][0]["at"] == "2026-09-21T14:11:50Z"
    assert said["health"][0]["age"] == 90
    assert said["health"][0]["colour"] == "green"
    assert said["travel"][0]["regions"] == {"CN-31": "2026-09-21", "CN-32": "2026-09-15"}
    assert (said["vaccination"][0]["day"], said["vaccination"][0]["age"]) == ("2026-06-13", 100)
    assert said["recovery"][0]["first"] == "2026-07-23"
    assert said["recovery"][0]["until"] == "2026-12-30"
    assert seen["payload"] == {"v": []}
    assert seen_by(run_firmware, {})["payload"] is None


def test_dates_are_those_of_the_calendar(run_firmware: Run) -> None:
    days = [
        -25567,
        -1,
        0,
        58,
        59,
        60,
        789,
        10956,
        10957,
        11016,
        11017,
        20700,
        47541,
        65535,
        2_932_896,
    ]
    days += random.Random(1).sample(range(-60000, 100000), 400)
    [texts] = run_firmware(f"""
        import json
        from gate.policy.conditions import day_text
        print(json.dumps([day_text(day) for day in {days!r}]))
    """)
    assert texts == [(date(1970, 1, 1) + timedelta(days=day)).isoformat() for day in days]
    assert (datetime.fromtimestamp(NOW, UTC).date() - date(1970, 1, 1)).days == TODAY


def test_programs_that_are_none_are_refused_when_the_policy_is_opened(
    micropython: Interpreter,
) -> None:
    good = site(TRUE)
    program = encode([2, 1, 1])
    assert program in good
    broken = [good.replace(program, bytes([byte]) + program[1:]) for byte in range(256)]
    answers = decide([Case(part, GREEN) for part in broken if part != good], micropython)
    refused = [answer for answer in answers if answer == ["refused", "policy_invalid"]]
    assert len(refused) > 200
    assert all(len(answer) == 5 for answer in answers if answer not in refused)


def test_a_rule_of_the_eu_is_taken_from_its_file(tmp_path: Path, micropython: Interpreter) -> None:
    rule = {
        "Identifier": "VR-AT-0001",
        "Logic": {">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]},
    }
    (tmp_path / "rule.json").write_text(json.dumps(rule))
    path = tmp_path / "site.yaml"
    path.write_text(
        """
policy:
  conditions: {complete: {file: rule.json, about: vaccination, formats: HC1}}
  accept: complete
  ways: [{name: certified, vaccination: any}]
"""
    )
    root = yaml_file.load(path)
    part = compile_rules(root.mapping(FIELDS), NOW, NOW + DAY)
    root.finish()
    seen: Claims = {"vaccination": [vaccination()]}
    one = {"v": [{"dn": 1, "sd": 2}]}
    cases = [Case(part, seen, "HC1", hcert=DCC), Case(part, seen, "HC1", hcert=one)]
    assert [answer[1] for answer in decide(cases, micropython)] == [None, "condition_failed"]


VALUE_SET = {
    "valueSetId": "vaccines-covid-19-names",
    "valueSetValues": {"EU/1/20/1528": {"display": "Comirnaty"}, "EU/1/20/1507": {}},
}
ASKS = {"in": [{"var": "payload.v.0.mp"}, {"var": "external.valueSets.vaccines-covid-19-names"}]}


def rule_with_value_sets(folder: Path, names: str, logic: object = ASKS) -> bytes:
    (folder / "names.json").write_text(json.dumps(VALUE_SET))
    (folder / "rule.json").write_text(json.dumps({"Logic": logic}))
    path = folder / "site.yaml"
    path.write_text(
        f"""
policy:
  conditions: {{known: {{file: rule.json{names}}}}}
  accept: known
  ways: [{{name: certified, vaccination: any}}]
"""
    )
    root = yaml_file.load(path)
    part = compile_rules(root.mapping(FIELDS), NOW, NOW + DAY)
    root.finish()
    return part


def test_value_sets_of_the_eu_are_written_into_the_rule(
    tmp_path: Path, micropython: Interpreter
) -> None:
    part = rule_with_value_sets(tmp_path, ", value_sets: [names.json]")
    seen: Claims = {"vaccination": [vaccination()]}
    cases = [
        Case(part, seen, "HC1", hcert={"v": [{"mp": product}]})
        for product in ("EU/1/20/1507", "EU/1/20/1529")
    ]
    assert [answer[1] for answer in decide(cases, micropython)] == [None, "condition_failed"]


def test_a_value_set_that_nobody_gave_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"site\.yaml:3:.*'vaccines-covid-19-names'.*value_sets"):
        rule_with_value_sets(tmp_path, "")
    with pytest.raises(Failure, match=r"rule\.json: no value set"):
        rule_with_value_sets(tmp_path, ", value_sets: [rule.json]")
    with pytest.raises(Failure, match=r"other\.json: cannot be read"):
        rule_with_value_sets(tmp_path, ", value_sets: [other.json]")


@pytest.mark.parametrize("where", ["way", "accept", "refuse"])
def test_a_condition_that_takes_too_long_refuses(micropython: Interpreter, where: str) -> None:
    numbers = list(range(60))
    inner = {"reduce": [numbers, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]}
    logic = {">": [{"reduce": [numbers, {"+": [inner, {"var": "current"}]}, 0]}, -1]}
    answers = decide([Case(site(logic, where), GREEN)], micropython)
    assert answers[0][:2] == [False, "condition_invalid"]


def test_conditions_of_lanes_are_added_to_those_of_the_site(micropython: Interpreter) -> None:
    part = site_part(
        """
policy:
  conditions: {yes: {logic: true}, no: {logic: false}}
  accept: yes
  ways: [{name: any, health: any}]
lanes: [{gates: strict, accept: no}]
"""
    )
    cases = [Case(part, GREEN, gate=gate) for gate in ("lobby", "strict")]
    assert [answer[1] for answer in decide(cases, micropython)] == [None, "condition_failed"]
    assert rules.NOW == NOW
