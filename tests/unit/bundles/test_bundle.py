"""Bundles of the host, opened by the firmware: whole, signed by enough operators, not older."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

from host_tools import interpreter as micropython
from host_tools.bundles import build as building
from host_tools.bundles.build import Part
from host_tools.bundles.entry import TrustEntry
from host_tools.bundles.site import Site
from host_tools.interpreter import Interpreter
from host_tools.keys.private import generate
from host_tools.names import EDDSA, ES256

from ..policy.rules import part as policy_part

MAIN = Path(__file__).with_name("batch_main.py")
NOW = 1_790_000_000
ANNA, BELA, CORA, STRANGER = (generate(alg) for alg in (ES256, EDDSA, ES256, ES256))
OPERATORS = [key.public for key in (ANNA, BELA, CORA)]
TWO_OF_THREE = building.root(OPERATORS, 2)
ISSUER = generate(ES256).public

SITE = Site(
    name="Lobby",
    version=7,
    issued=NOW,
    expires=NOW + 86400,
    operators=(),
    issuers=(
        TrustEntry(ISSUER.kid, ES256, ISSUER.raw, "Platform", 0, NOW * 2, 31),
        TrustEntry(ISSUER.kid, ES256, STRANGER.public.raw, "Twin", 0, NOW * 2, 1),
    ),
    policy=policy_part("ways: [{name: any, health: any}]"),
)
GOOD = building.build(SITE, [ANNA, BELA])


def open_all(
    bundles: Sequence[bytes | tuple[bytes, bytes]],
    interpreter: Interpreter,
    root: bytes = TWO_OF_THREE,
) -> list[dict[str, Any]]:
    """What the firmware says of each bundle, or of each that is to follow another."""
    with NamedTemporaryFile("w", suffix=".txt") as lines:
        for files in bundles:
            words = (root, *(files if isinstance(files, tuple) else (files,)))
            lines.write(" ".join(word.hex() for word in words) + "\n")
        lines.flush()
        outcome = micropython.run([str(MAIN), lines.name], interpreter=interpreter, heap="2M")
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    return [json.loads(line) for line in outcome.stdout.split("\n") if line]


def resealed(parts: Sequence[Part], site: Site = SITE) -> bytes:
    return building.seal(building.manifest(site, parts), parts, [ANNA, BELA])


def test_a_good_bundle_opens(any_micropython: Interpreter) -> None:
    assert open_all([GOOD], any_micropython) == [{"site": "Lobby", "version": 7, "keys": 2}]


def test_who_must_have_signed(micropython: Interpreter) -> None:
    signers = {
        "two of the three": ([BELA, CORA], None),
        "all three": ([ANNA, BELA, CORA], None),
        "a stranger besides": ([STRANGER, ANNA, CORA], None),
        "one only": ([ANNA], "bundle_signatures"),
        "one, and a stranger": ([ANNA, STRANGER], "bundle_signatures"),
        "one, twice": ([ANNA, ANNA], "bundle_signatures"),
    }
    answers = open_all([building.build(SITE, who) for who, _ in signers.values()], micropython)
    assert [answer.get("refused") for answer in answers] == [why for _, why in signers.values()]


def test_a_signature_is_for_this_manifest_only(micropython: Interpreter) -> None:
    other = building.build(replace(SITE, version=8), [ANNA, BELA])
    head = len(GOOD) - sum(len(one.data) for one in building.parts_of(SITE))
    at = GOOD.index(b"Lobby")
    mixed = GOOD[: at + 12] + other[at + 12 : head] + GOOD[head:]
    assert open_all([mixed], micropython)[0]["refused"] == "bundle_signatures"


def test_parts_are_the_ones_that_were_signed(micropython: Interpreter) -> None:
    trust, policy = building.parts_of(SITE)
    other = Part("policy", 7, policy_part("ways: [{name: all, test: any}]"))
    payload = building.manifest(SITE, [trust, policy])
    cases = {
        "another policy": (
            building.seal(payload, [trust, other], [ANNA, BELA]), "bundle_part_damaged"),
        "the parts swapped": (
            building.seal(payload, [policy, trust], [ANNA, BELA]), "bundle_part_damaged"),
        "the last part cut": (GOOD[:-1], "bundle_part_missing"),
        "something after the last part": (GOOD + b"\0", "bundle_invalid"),
        "no policy": (resealed([trust]), "bundle_part_missing"),
        "a part of an unknown kind": (
            resealed([trust, policy, Part("more", 7, b"\0")]), "bundle_format"),
        "a part twice": (resealed([trust, policy, policy]), "bundle_invalid"),
        "trust that is malformed": (
            resealed([Part("trust", 7, b"\xa0"), policy]), "trust_invalid"),
        "policy that is malformed": (
            resealed([trust, Part("policy", 7, b"\xa0")]), "policy_invalid"),
        "it ends before it begins": (
            resealed([trust, policy], replace(SITE, expires=NOW)), "bundle_invalid"),
    }  # fmt: skip
    answers = open_all([data for data, _ in cases.values()], micropython)
    wrong = {
        why: answer
        for (why, (_, reason)), answer in zip(cases.items(), answers, strict=True)
        if answer.get("refused") != reason
    }
    assert not wrong


def test_what_may_follow_what(micropython: Interpreter) -> None:
    def made(version: int, parts: tuple[int, int], name: str = "Lobby") -> bytes:
        trust, policy = building.parts_of(SITE)
        site = replace(SITE, version=version, name=name)
        return resealed([replace(trust, version=parts[0]), replace(policy, version=parts[1])], site)

    trust, _ = building.parts_of(SITE)
    changed = Part("policy", 7, policy_part("ways: [{name: all, test: any}]"))
    cases = {
        "a newer one": ((made(8, (8, 8)), GOOD), None),
        "the same again": ((GOOD, GOOD), None),
        "an older one": ((made(6, (6, 6)), GOOD), "bundle_rollback"),
        "a newer one with an older part": ((made(8, (8, 6)), GOOD), "bundle_rollback"),
        "another one of the same version": (
            (resealed([trust, changed]), GOOD), "bundle_rollback"),
        "a changed part of the same version": (
            (resealed([replace(trust, version=8), changed], replace(SITE, version=8)), GOOD),
            "bundle_rollback"),
        "another site's": ((made(8, (8, 8), "Gym"), GOOD), "bundle_other_site"),
    }  # fmt: skip
    answers = open_all([files for files, _ in cases.values()], micropython)
    assert [answer["follows"] for answer in answers] == [why for _, why in cases.values()]


@pytest.mark.parametrize(
    "root",
    [b"", b"\xff", TWO_OF_THREE + b"\0", TWO_OF_THREE[:-1], b"\x82\x00" + TWO_OF_THREE[2:],
     b"\x82\x04" + TWO_OF_THREE[2:]],
    ids=["empty", "no CBOR", "longer", "shorter", "threshold 0", "threshold 4"],
)  # fmt: skip
def test_a_root_that_is_none(root: bytes, micropython: Interpreter) -> None:
    assert open_all([GOOD], micropython, root or b"\xf6") == [{"refused": "root_invalid"}]


def test_every_bit_and_every_length_counts(micropython: Interpreter) -> None:
    rng = random.Random(1)
    damaged = [GOOD[:size] for size in range(1, len(GOOD))]
    for bit in rng.sample(range(8 * len(GOOD)), 1200):
        data = bytearray(GOOD)
        data[bit // 8] ^= 1 << bit % 8
        damaged.append(bytes(data))
    for _ in range(500):
        at, to = sorted(rng.choices(range(len(GOOD)), k=2))
        damaged.append(GOOD[:at] + rng.randbytes(rng.randrange(9)) + GOOD[to:])
    answers = open_all([data for data in damaged if data != GOOD], micropython)
    opened = [answer for answer in answers if "refused" not in answer]
    assert not opened
