"""Bundles of the host, opened by the firmware: whole, signed by enough operators, not older."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import cbor2
import pytest

from host_tools import interpreter as micropython
from host_tools.bundles import build as building
from host_tools.bundles import bundle_file
from host_tools.bundles.build import Part
from host_tools.bundles.bundle_file import BundleFile, Terms
from host_tools.bundles.sealed import BUNDLE, ROTATION, Sealed
from host_tools.cbor import encode
from host_tools.interpreter import Interpreter
from host_tools.keys.private import PrivateKey

from .sites import (
    ANNA,
    BELA,
    CORA,
    NOW,
    OPERATORS,
    OTHER_POLICY,
    SITE,
    STRANGER,
    TWO_OF_THREE,
    made,
    resealed,
)

MAIN = Path(__file__).with_name("batch_main.py")
GOOD = made(SITE)
HEAD = bundle_file.read(GOOD).head


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


def refused(
    cases: Mapping[str, tuple[bytes, str | None]],
    interpreter: Interpreter,
    root: bytes = TWO_OF_THREE,
) -> None:
    """Hold the firmware's answers against the reasons that the cases name."""
    answers = open_all([data for data, _ in cases.values()], interpreter, root)
    wrong = {
        why: answer
        for (why, (_, reason)), answer in zip(cases.items(), answers, strict=True)
        if answer.get("refused") != reason
    }
    assert not wrong


def test_a_good_bundle_opens(any_micropython: Interpreter) -> None:
    opened = {"site": "Lobby", "version": 7, "keys": 2}
    assert open_all([GOOD], any_micropython) == [opened]
    several = replace(SITE, parts={"recent": b"\0" * 40}, terms={"recent": Terms(NOW + 9)})
    assert bundle_file.read(made(several)).whole


def test_who_must_have_signed(micropython: Interpreter) -> None:
    head = Sealed(HEAD.payload, BUNDLE)

    def by(*signers: PrivateKey) -> bytes:
        return replace(bundle_file.read(GOOD), head=head.signed_by(signers, 8)).encode()

    once = head.signed_by([ANNA], 8)
    twice = replace(once, signatures=once.signatures * 2)
    as_rotation = Sealed(HEAD.payload, ROTATION).signed_by([ANNA, BELA], 8)
    whole = bundle_file.read(GOOD)
    cases = {
        "two of the three": (by(BELA, CORA), None),
        "all three": (by(ANNA, BELA, CORA), None),
        "a stranger besides": (by(STRANGER, ANNA, CORA), None),
        "one only": (by(ANNA), "bundle_signatures"),
        "one, and a stranger": (by(ANNA, STRANGER), "bundle_signatures"),
        "one, twice": (replace(whole, head=twice).encode(), "bundle_signatures"),
        "nobody": (replace(whole, head=head).encode(), "bundle_invalid"),
        "signed as something else": (
            replace(whole, head=replace(as_rotation, aad=BUNDLE)).encode(), "bundle_signatures"),
    }  # fmt: skip
    refused(cases, micropython)


def test_operators_with_one_key_id_each_count(micropython: Interpreter) -> None:
    """Every key under a key id is tried, and a key counts once."""
    kid = b"\7"
    keys = [ANNA, BELA, CORA, STRANGER]
    root = encode([1, 3, [[kid, key.alg, key.public.raw] for key in keys]])
    payload = HEAD.payload

    def signed(*signers: PrivateKey) -> bytes:
        head = Sealed(payload, BUNDLE)
        for signer in signers:
            one = replace(head, signatures=()).signed_by([_Renamed(signer, kid)], 8)
            head = replace(head, signatures=(*head.signatures, *one.signatures))
        return replace(bundle_file.read(GOOD), head=head).encode()

    cases = {
        "three of them": (signed(STRANGER, CORA, ANNA), None),
        "two of them": (signed(STRANGER, CORA), "bundle_signatures"),
        "one of them twice": (signed(STRANGER, CORA, CORA), "bundle_signatures"),
    }
    refused(cases, micropython, root)


class _Renamed(PrivateKey):
    """A key that calls itself something else."""

    def __init__(self, key: PrivateKey, kid: bytes) -> None:
        super().__init__(key.native)
        object.__setattr__(self, "_kid", kid)

    @property
    def public(self) -> Any:
        class Public:
            kid = self._kid  # type: ignore[attr-defined]

        return Public

    @property
    def alg(self) -> int:
        return super().public.alg


def test_a_signature_is_for_this_manifest_only(micropython: Interpreter) -> None:
    other = bundle_file.read(made(replace(SITE, version=8)))
    mixed = replace(other, head=replace(other.head, signatures=HEAD.signatures))
    assert open_all([mixed.encode()], micropython)[0]["refused"] == "bundle_signatures"


def test_parts_are_the_ones_that_were_signed(micropython: Interpreter) -> None:
    trust, policy = building.parts_of(SITE)
    whole = bundle_file.read(GOOD)
    swapped = {"trust": policy.data, "policy": trust.data}
    more = Part("more", 7, b"\0", trust.terms)
    lenient = replace(policy, terms=replace(policy.terms, lenient=True))
    cases = {
        "another policy of the same size": (GOOD[:-1] + b"\xff", "bundle_part_damaged"),
        "the parts swapped": (replace(whole, parts=swapped).encode(), "bundle_part_damaged"),
        "the last part cut": (GOOD[:-1], "bundle_cut"),
        "cut in the head": (GOOD[:100], "bundle_cut"),
        "cut in the preface": (GOOD[:4], "bundle_invalid"),
        "something after the last part": (GOOD + b"\0", "bundle_invalid"),
        "a part not carried": (
            replace(whole, parts={"trust": trust.data}).encode(), "bundle_part_missing"),
        "no policy": (resealed([trust]), "bundle_part_missing"),
        "a part of an unknown kind": (resealed([trust, policy, more]), "bundle_format"),
        "trust that is malformed": (
            resealed([replace(trust, data=b"\xa0"), policy]), "trust_invalid"),
        "policy that is malformed": (
            resealed([trust, replace(policy, data=b"\xa0")]), "policy_invalid"),
        "a policy that counts for ever": (resealed([trust, lenient]), "bundle_invalid"),
        "it ends before it begins": (
            resealed([trust, replace(policy, terms=Terms(NOW))]), "bundle_invalid"),
        "a part of version 0": (
            resealed([trust, replace(policy, version=0)]), "bundle_invalid"),
    }  # fmt: skip
    refused(cases, micropython)


def test_the_manifest_is_exactly_as_it_is_written_down(micropython: Interpreter) -> None:
    fields = cbor2.loads(HEAD.payload)
    whole = bundle_file.read(GOOD)

    def sealed(payload: bytes) -> bytes:
        head = Sealed(payload, BUNDLE).signed_by([ANNA, BELA], 8).encode()
        content = [whole.parts[name] for name in ("trust", "policy")]
        return encode([2, [], len(head), [0, 1]]) + b"".join([head, *content])

    def changed(**changes: object) -> bytes:
        new = {**fields, **{int(name[1:]): value for name, value in changes.items()}}
        return sealed(encode({key: value for key, value in new.items() if value is not None}))

    trust, policy = fields[5]
    unordered = {key: fields[key] for key in (1, 2, 4, 3, 5)}
    cases = {
        "as it is": (changed(), None),
        "fields in another order": (sealed(cbor2.dumps(unordered)), "bundle_invalid"),
        "not deterministic": (
            sealed(HEAD.payload.replace(b"\x03\x07", b"\x03\x18\x07", 1)), "bundle_invalid"),
        "a later format": (changed(_1=3), "bundle_format"),
        "a later format with other fields": (changed(_1=3, _2=None, _9=b""), "bundle_format"),
        "the first format": (changed(_1=1), "bundle_format"),
        "no site": (changed(_2=""), "bundle_invalid"),
        "a site that is too long": (changed(_2="x" * 65), "bundle_invalid"),
        "a field more": (changed(_6=0), "bundle_invalid"),
        "a field less": (changed(_4=None), "bundle_invalid"),
        "a negative version": (changed(_3=-1), "bundle_invalid"),
        "a version beyond all": (changed(_3=2**32), "bundle_invalid"),
        "no parts": (changed(_5=[]), "bundle_invalid"),
        "a part twice": (changed(_5=[trust, policy, policy]), "bundle_invalid"),
        "nine parts": (changed(_5=[trust] * 9), "bundle_invalid"),
        "a part with a short digest": (
            changed(_5=[[*trust[:3], trust[3][:31], *trust[4:]], policy]), "bundle_invalid"),
        "a part with a field less": (changed(_5=[trust[:7], policy]), "bundle_invalid"),
        "what follows grace is unknown": (
            changed(_5=[[*trust[:7], 2], policy]), "bundle_invalid"),
        "something after it": (sealed(HEAD.payload + b"\0"), "bundle_invalid"),
    }  # fmt: skip
    refused(cases, micropython)


def test_the_preface_is_exactly_as_it_is_written_down(micropython: Interpreter) -> None:
    head = HEAD.encode()
    rest = GOOD[len(encode([2, [], len(head), [0, 1]])) :]

    def begun(preface: object) -> bytes:
        return encode(preface) + rest

    cases = {
        "as it is": (begun([2, [], len(head), [0, 1]]), None),
        "a later format": (begun([3, "whatever", {}]), "bundle_format"),
        "no preface": (rest, "bundle_invalid"),
        "nothing": (b"\xf6", "bundle_invalid"),
        "a field more": (begun([2, [], len(head), [0, 1], 0]), "bundle_invalid"),
        "a head of another size": (begun([2, [], len(head) - 1, [0, 1]]), "bundle_invalid"),
        "a head beyond all": (begun([2, [], 70000, [0, 1]]), "bundle_invalid"),
        "parts in another order": (begun([2, [], len(head), [1, 0]]), "bundle_invalid"),
        "a part twice": (begun([2, [], len(head), [0, 0]]), "bundle_invalid"),
        "a part that is not named": (begun([2, [], len(head), [0, 2]]), "bundle_invalid"),
        "a rotation of no bytes": (begun([2, [0], len(head), [0, 1]]), "root_rotation_invalid"),
        "nine rotations": (begun([2, [1] * 9, len(head), [0, 1]]), "bundle_invalid"),
        "a rotation beyond all": (begun([2, [20000], len(head), [0, 1]]), "bundle_invalid"),
    }
    refused(cases, micropython)


def test_what_may_follow_what(micropython: Interpreter) -> None:
    def of(version: int, parts: tuple[int, int], name: str = "Lobby") -> bytes:
        trust, policy = building.parts_of(SITE)
        site = replace(SITE, version=version, name=name)
        return resealed([replace(trust, version=parts[0]), replace(policy, version=parts[1])], site)

    trust, policy = building.parts_of(SITE)
    changed = replace(policy, data=OTHER_POLICY)
    cases = {
        "a newer one": ((of(8, (8, 8)), GOOD), None),
        "a newer one with the same parts": ((of(8, (7, 7)), GOOD), None),
        "the same again": ((GOOD, GOOD), None),
        "an older one": ((of(6, (6, 6)), GOOD), "bundle_rollback"),
        "a newer one with an older part": ((of(8, (8, 6)), GOOD), "bundle_rollback"),
        "another one of the same version": (
            (resealed([trust, changed]), GOOD), "bundle_rollback"),
        "a changed part of the same version": (
            (resealed([replace(trust, version=8), changed], replace(SITE, version=8)), GOOD),
            "bundle_rollback"),
        "another site's": ((of(8, (8, 8), "Gym"), GOOD), "bundle_other_site"),
    }  # fmt: skip
    answers = open_all([files for files, _ in cases.values()], micropython)
    assert [answer["follows"] for answer in answers] == [why for _, why in cases.values()]


@pytest.mark.parametrize(
    "root",
    [b"", b"\xff", TWO_OF_THREE + b"\0", TWO_OF_THREE[:-1],
     encode([0, 2, cbor2.loads(TWO_OF_THREE)[2]]),
     encode([1, 0, cbor2.loads(TWO_OF_THREE)[2]]), encode([1, 4, cbor2.loads(TWO_OF_THREE)[2]]),
     encode([1, 1, []]), encode(cbor2.loads(TWO_OF_THREE)[1:]),
     encode([1, 2, cbor2.loads(TWO_OF_THREE)[2][:1] * 2]),
     encode([1, 1, [[b"\1", -257, bytes(64)]]]),
     encode([1, 1, [[bytes([n]), -8, bytes([n]) * 32] for n in range(9)]])],
    ids=["empty", "no CBOR", "longer", "shorter", "version 0", "threshold 0", "threshold 4",
         "no keys", "no version", "a key twice", "an unknown algorithm", "nine keys"],
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


def test_what_the_host_reads_is_what_it_wrote() -> None:
    whole = bundle_file.read(GOOD)
    assert whole.encode() == GOOD
    assert isinstance(whole, BundleFile)
    assert len(OPERATORS) == 3
