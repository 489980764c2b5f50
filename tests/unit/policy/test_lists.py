"""Lists of people: who is on one, what that spares and demands; none opens by itself."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.cbor import encode
from host_tools.interpreter import Interpreter
from host_tools.policies.lists import MAX_LISTED, digest, entry
from host_tools.problems import Failure

from .rules import DAY, HOUR, NOW, Case, decide, health, site_part, travel
from .rules import test as sampled

Run = Callable[..., list[Any]]
STAFF, VISITOR, BANNED, STRANGER = ("11" * 8, "22" * 8, "33" * 8, "44" * 8)
GREEN = {"health": [health()]}

SITE = site_part(
    f"""
home: CN-31
policy:
  colours: [green]
  speakers: {{health: [CN], travel: [CN], test: [CN]}}
  risk_regions: [CN-5301]
  conditions: {{old: {{logic: false}}}}
  accept: [old]
  lists:
    staff: {{subjects: ["{STAFF}"], spares: [risk_regions, rules, proof]}}
    visitors: {{subjects: ["{VISITOR}"], from: 2026-09-01, until: 2026-10-01, proof: yes,
               only: [visitor], spares: rules}}
    banned: {{subjects: ["{BANNED}", "{STAFF[:-1]}2"], deny: yes}}
  ways:
    - {{name: staff, list: staff}}
    - {{name: visitor, list: visitors, health: any}}
    - {{name: anybody, test: any}}
lane: {{proof: yes}}
"""
)
RISK = {"travel": [travel({"CN-5301": 2})]}
PROOF = (NOW, None)


def test_what_a_list_spares_and_demands(micropython: Interpreter) -> None:
    cases = {
        "staff, spared the proof": (Case(SITE, GREEN, subject=STAFF), None, "staff"),
        "staff, spared the risk regions": (
            Case(SITE, {**GREEN, **RISK}, subject=STAFF), None, "staff"),
        "staff with a red code": (
            Case(SITE, {"health": [health(colour="red")]}, subject=STAFF),
            "health_colour", "colours"),
        "staff with a positive test": (
            Case(SITE, {**GREEN, "test": [sampled("positive")]}, subject=STAFF),
            "test_positive", "positive test"),
        "staff of whom nobody says anything who may speak": (
            Case(SITE, {"health": [health("US-NY")]}, subject=STAFF),
            "claim_jurisdiction", "staff"),
        "staff of whom nobody says anything at all": (
            Case(SITE, {}, subject=STAFF), "health_missing", "staff"),
        "a visitor without a phone": (
            Case(SITE, GREEN, subject=VISITOR), "proof_required", "proof"),
        "a visitor": (Case(SITE, GREEN, subject=VISITOR, proof=PROOF), None, "visitor"),
        "a visitor by another way": (
            Case(SITE, {"test": [sampled()]}, subject=VISITOR, proof=PROOF),
            "health_missing", "visitor"),
        "a visitor before the dates": (
            Case(SITE, GREEN, subject=VISITOR, proof=(NOW - 60 * DAY, None), now=NOW - 60 * DAY),
            "condition_failed", "old"),
        "banned": (Case(SITE, GREEN, subject=BANNED, proof=PROOF), "subject_denied", "banned"),
        "banned, with a red code": (
            Case(SITE, {"health": [health(colour="red")]}, subject=BANNED, proof=PROOF),
            "subject_denied", "banned"),
        "a picture of someone banned": (
            Case(SITE, GREEN, subject=BANNED), "proof_required", "proof"),
        "nobody in particular": (
            Case(SITE, {"test": [sampled()]}, subject=STRANGER, proof=PROOF),
            "condition_failed", "old"),
        "the same subject in another format": (
            Case(SITE, GREEN, "HC1", subject=STAFF, proof=PROOF), "condition_failed", "old"),
    }  # fmt: skip
    answers = decide([case for case, _, _ in cases.values()], micropython)
    got = {why: tuple(answer[1:3]) for why, answer in zip(cases, answers, strict=True)}
    assert got == {why: (reason, rule) for why, (_, reason, rule) in cases.items()}


def test_who_is_not_on_the_list_and_whose_entry_does_not_count(micropython: Interpreter) -> None:
    site = site_part(
        f"""
policy:
  lists: {{members: {{subjects: ["{STAFF}"], until: 2026-09-01}}}}
  ways: [{{name: members, list: members, health: any}}]
"""
    )
    cases = [Case(site, GREEN, subject=STAFF), Case(site, GREEN, subject=STRANGER)]
    answers = decide(cases, micropython)
    assert [answer[1:3] + answer[4:] for answer in answers] == [
        ["listing_not_valid", "members", "members"],
        ["not_listed", "members", "members"],
    ]


def test_a_person_on_two_lists_has_the_stricter_of_both(micropython: Interpreter) -> None:
    site = site_part(
        f"""
policy:
  lists:
    one: {{subjects: ["{STAFF}"], only: [a, b], spares: proof}}
    two: {{subjects: ["{STAFF}"], only: [b, c], proof: yes}}
  ways: [{{name: a, health: any}}, {{name: b, test: any}}, {{name: c, health: any}}]
"""
    )
    both = {**GREEN, "test": [sampled()]}
    cases = [
        Case(site, both, subject=STAFF, proof=PROOF),
        Case(site, both, subject=STAFF),
        Case(site, GREEN, subject=STAFF, proof=PROOF),
    ]
    answers = decide(cases, micropython)
    assert [answer[1:3] for answer in answers] == [
        [None, "b"],
        ["proof_required", "proof"],
        ["test_missing", "b"],
    ]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 500, MAX_LISTED])
def test_everybody_on_a_list_is_found_and_nobody_else(run_firmware: Run, size: int) -> None:
    rng = random.Random(size)
    people = [rng.randbytes(8) for _ in range(size)]
    strangers = [rng.randbytes(8) for _ in range(50)]
    digests = b"".join(sorted(digest("OC1", one) for one in people))
    part = encode({1: "all", 2: digests})
    asked = [one.hex() for one in rng.sample(people, min(size, 60)) + strangers]
    [answers] = run_firmware(
        f"""
        import json, sys
        from binascii import unhexlify
        from gate.codec.cbor import Reader
        from gate.policy.lists import List, digest
        part = memoryview(unhexlify(sys.stdin.readline().strip()))
        one = List(Reader(part, wrong="policy_invalid"))
        print(json.dumps([one.has(digest("OC1", unhexlify(s))) for s in {asked!r}]))
        """,
        input=part.hex() + "\n",
        heap="400k",
    )
    assert answers == [True] * min(size, 60) + [False] * 50


def test_entries_of_lists() -> None:
    subject = bytes(range(8))
    assert entry(subject.hex()) == entry(f"OC1:{subject.hex()}") == digest("OC1", subject)
    assert entry(f"HC1: {subject.hex()}") == digest("HC1", subject) != digest("OC1", subject)
    assert entry("digest:0011223344556677") == bytes.fromhex("0011223344556677")
    for wrong in ("", "0011", "xyz", "digest:00", "ABC:0011223344556677", subject.hex() * 5):
        with pytest.raises(Failure, match="gatectl policy explain"):
            entry(wrong)


def test_digests_that_are_not_sorted_are_refused(run_firmware: Run) -> None:
    for digests in (b"\x02" * 8 + b"\x01" * 8, b"\x01" * 16, b"\x01" * 9):
        part = encode({1: "x", 2: digests}).hex()
        answer = run_firmware(f"""
            import json
            from binascii import unhexlify
            from gate.codec.cbor import Reader
            from gate.policy.lists import List
            from gate.refusal import Refusal
            try:
                List(Reader(unhexlify("{part}"), wrong="policy_invalid"))
            except Refusal as refusal:
                print(json.dumps(refusal.reason))
        """)
        assert answer == ["policy_invalid"], json.dumps(part)


def test_ages_of_claims_are_still_asked_of_staff(micropython: Interpreter) -> None:
    site = site_part(
        f"""
policy:
  lists: {{staff: {{subjects: ["{STAFF}"], spares: [risk_regions, hours, proof, replay, rules]}}}}
  ways: [{{name: staff, list: staff, health: {{max_age: 24 hours}}}}]
"""
    )
    old = {"health": [health(age=25 * HOUR)]}
    assert decide([Case(site, old, subject=STAFF)], micropython)[0][1] == "health_stale"
