"""Lanes by gate: patterns, ways, proof, and what a lane takes over from the usual one."""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Callable
from typing import Any

import cbor2
import pytest

from host_tools.cbor import encode
from host_tools.interpreter import Interpreter

from .rules import NOW, Case, decide, health, site_part
from .rules import test as sampled

Run = Callable[..., list[Any]]
GREEN = {"health": [health()]}
TESTED = {"test": [sampled()]}

SITE = site_part(
    """
policy:
  ways:
    - {name: healthy, health: any}
    - {name: tested, test: any, proof: yes}
lane: {proof: no}
lanes:
  - {gates: [vault], ways: [tested, healthy], proof: {required: yes, max_age: 10 seconds}}
  - {gates: [north-*, '*-roof'], ways: [healthy]}
  - {gates: ['*lab*'], ways: [tested]}
"""
)


def test_which_ways_are_open_where(micropython: Interpreter) -> None:
    fresh, old = (NOW - 5, None), (NOW - 15, None)
    cases = [
        (Case(SITE, GREEN, gate="lobby"), [True, None, "healthy"]),
        (Case(SITE, GREEN, gate=None), [True, None, "healthy"]),
        (Case(SITE, TESTED, gate="lobby"), [False, "proof_required", "tested"]),
        (Case(SITE, TESTED, gate="lobby", proof=old), [True, None, "tested"]),
        (Case(SITE, GREEN, gate="north-7"), [True, None, "healthy"]),
        (Case(SITE, TESTED, gate="south-roof", proof=fresh), [False, "health_missing", "healthy"]),
        (Case(SITE, GREEN, gate="my lab 2", proof=fresh), [False, "test_missing", "tested"]),
        (Case(SITE, GREEN, gate="my lab 2"), [False, "proof_required", "proof"]),
        (Case(SITE, TESTED, gate="lab", proof=old), [True, None, "tested"]),
        (Case(SITE, GREEN, gate="vault"), [False, "proof_required", "proof"]),
        (Case(SITE, GREEN, gate="vault", proof=old), [False, "proof_stale", "proof"]),
        (Case(SITE, GREEN, gate="vault", proof=(NOW, "x")), [False, "proof_other_gate", "proof"]),
        (Case(SITE, {**GREEN, **TESTED}, gate="vault", proof=fresh), [True, None, "tested"]),
        (Case(SITE, {**GREEN, **TESTED}, gate="Vault"), [True, None, "healthy"]),
    ]  # fmt: skip
    answers = decide([case for case, _ in cases], micropython)
    for (case, expected), answer in zip(cases, answers, strict=True):
        assert answer[:3] == expected, case


def test_a_way_may_do_without_the_proof_that_its_lane_wants(micropython: Interpreter) -> None:
    site = site_part(
        """
policy: {ways: [{name: printed, test: any, proof: no}, {name: phone, health: any}]}
lane: {proof: yes}
"""
    )
    cases = [Case(site, TESTED), Case(site, GREEN), Case(site, GREEN, proof=(NOW, None))]
    answers = decide(cases, micropython)
    assert [answer[1] for answer in answers] == [None, "proof_required", None]
    red = {**TESTED, "health": [health(colour="red")]}
    assert decide([Case(site, red)], micropython)[0][1] == "health_colour"


def test_patterns_are_what_people_know(run_firmware: Run) -> None:
    rng = random.Random(3)
    pairs = []
    for _ in range(4000):
        text = "".join(rng.choices("ab-", k=rng.randrange(9)))
        pattern = "".join(rng.choices("ab-**", k=rng.randrange(1, 8)))
        pairs.append((pattern, text))
    [answers] = run_firmware(f"""
        import json
        from gate.policy.lanes import matches
        print(json.dumps([matches(pattern, text) for pattern, text in {pairs!r}]))
    """)
    expected = [fnmatch.fnmatchcase(text, pattern) for pattern, text in pairs]
    assert answers == expected
    assert 500 < sum(expected) < 3500


@pytest.mark.parametrize(
    ("fields", "fine"),
    [
        (
            {13: True, 14: 500, 15: 1000, 16: True, 17: True, 9: 1, 18: "hall", 19: 1, 20: True},
            True,
        ),
        ({14: 60000, 15: 600000, 9: 2, 18: "hall", 19: 65535}, True),
        ({18: "hall", 9: 1}, True),
        ({13: False}, False),
        ({13: 1}, False),
        ({14: 499}, False),
        ({14: 60001}, False),
        ({15: 999}, False),
        ({15: 600001}, False),
        ({16: False}, False),
        ({17: 0}, False),
        ({18: ""}, False),
        ({18: "x" * 33}, False),
        ({19: 5}, False),
        ({18: "hall", 19: 0}, False),
        ({18: "hall", 19: 65536}, False),
        ({20: False}, False),
        ({21: True}, False),
        ({10: 60}, False),
        ({9: 2, 10: 60}, True),
    ],
)
def test_what_a_barrier_is_told_is_read_strictly(
    run_firmware: Run, fields: dict[int, Any], fine: bool
) -> None:
    policy = cbor2.loads(site_part("policy: {ways: [{name: any, health: any}]}"))
    policy[5] = dict(sorted({**policy[5], **fields}.items()))
    [answer] = run_firmware(f"""
        import json
        from binascii import unhexlify
        from gate.policy.rules import Policy
        from gate.refusal import Refusal
        try:
            Policy(unhexlify({encode(policy).hex()!r}))
            print(json.dumps(None))
        except Refusal as refused:
            print(json.dumps(refused.reason))
    """)
    assert answer == (None if fine else "policy_invalid")
