"""The trust part on MicroPython: every key under a kid is found, and nothing malformed is read."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import cbor2
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools import interpreter as runner
from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.bundles.inspect import entries
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("batch_main.py")
ENTRY = TrustEntry(b"\1\2\3\4", -7, bytes(64), "Platform", 10, 20, 31, ("CN", "CN-31"))


def read(cases: Sequence[Sequence[bytes]], interpreter: Interpreter, heap: str = "2M") -> list[Any]:
    with NamedTemporaryFile("w", suffix=".txt") as lines:
        lines.writelines(" ".join(part.hex() for part in case) + "\n" for case in cases)
        lines.flush()
        outcome = runner.run([str(MAIN), lines.name], interpreter=interpreter, heap=heap)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    return [json.loads(line) for line in outcome.stdout.split("\n") if line]


def encoded(**changes: object) -> bytes:
    """A part of one entry with fields of other values: number -> value, None leaves it out."""
    fields = ENTRY.fields()
    for name, value in changes.items():
        fields[int(name[1:])] = value
    return cbor2.dumps([{key: value for key, value in fields.items() if value is not None}])


def test_every_key_under_a_kid_is_found(any_micropython: Interpreter) -> None:
    kids = [bytes([n]) * size for n in range(9) for size in (1, 4, 8, 16)]
    many = [replace(ENTRY, kid=kid, name=f"N{kid.hex()[:31]}") for kid in kids]
    twins = [replace(ENTRY, kid=kids[5], name=f"T{n}", key=bytes([n + 1]) * 64) for n in range(7)]
    part = compile_trust(many + twins)
    (answer,) = read([(part, *kids, b"\xff\xff", bytes(17))], any_micropython)
    assert answer[0] == len(many) + 7
    found = dict(zip(kids, answer[1:], strict=False))
    for kid in kids:
        expected = {f"N{kid.hex()[:31]}"} | (
            {f"T{n}" for n in range(7)} if kid == kids[5] else set()
        )
        assert set(found[kid]) == expected
    assert answer[-2:] == [[], []]


def test_a_thousand_keys_fit_a_small_heap(micropython: Interpreter) -> None:
    """A national list: 110 KiB of part, a heap of 500 KiB for it, its hexadecimal and the rest."""
    many = [
        replace(ENTRY, kid=n.to_bytes(8, "big"), name=f"Issuer {n}", jurisdictions=())
        for n in range(1000)
    ]
    part = compile_trust(many)
    kid = (617).to_bytes(8, "big")
    assert read([(part, kid)], micropython, heap="700k") == [[1000, ["Issuer 617"]]]


def test_what_is_malformed_is_refused(any_micropython: Interpreter) -> None:
    good = compile_trust([ENTRY])
    assert encoded() == good
    wrong = {
        "an empty kid": encoded(_1=b""),
        "a kid too long": encoded(_1=bytes(17)),
        "an unknown algorithm": encoded(_2=-257),
        "a key of another size": encoded(_3=bytes(63)),
        "RSA with 1024 bits": encoded(_2=-37, _3=b"\xff" * 128),
        "no name": encoded(_4=""),
        "a name too long": encoded(_4="x" * 33),
        "ends before it begins": encoded(_5=21),
        "a time beyond all times": encoded(_6=2**32),
        "no claims": encoded(_7=0),
        "claims that do not exist": encoded(_7=32),
        "a place that does not exist": encoded(_8=["china"]),
        "no format": encoded(_9=0),
        "a format that does not exist": encoded(_9=4),
        "a field missing": encoded(_9=None),
        "a field too many": encoded(_11=0),
        "a byte after it": good + b"\0",
        "cut short": good[:-1],
        "no array": b"\xa0",
        "an indefinite array": b"\x9f" + good[1:] + b"\xff",
        "not sorted": cbor2.dumps([replace(ENTRY, kid=b"\2").fields(), ENTRY.fields()]),
        "nine keys under one kid": cbor2.dumps([ENTRY.fields()] * 9),
        "a count without entries": b"\x9a\xff\xff\xff\xff",
    }
    answers = read([(part,) for part in wrong.values()], any_micropython)
    assert dict(zip(wrong, answers, strict=True)) == dict.fromkeys(wrong, "trust_invalid")


def test_noise_is_refused_or_read_but_nothing_else(micropython: Interpreter) -> None:
    rng = random.Random(4)
    good = compile_trust([replace(ENTRY, kid=bytes([n] * 4)) for n in range(4)])
    cases = []
    for _ in range(2000):
        at = rng.randrange(len(good))
        piece = rng.choice((b"", rng.randbytes(2), good[at : at + 9], b"\xff"))
        cases.append((good[:at] + piece + good[at + rng.randrange(5) :], b"\2\2\2\2"))
    answers = read(cases, micropython)
    assert {type(answer) for answer in answers} <= {str, list}
    assert {answer for answer in answers if isinstance(answer, str)} == {"trust_invalid"}


trust_entries = st.builds(
    TrustEntry,
    kid=st.binary(min_size=1, max_size=16),
    alg=st.just(-8),
    key=st.binary(min_size=32, max_size=32),
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    not_before=st.integers(0, 1000),
    not_after=st.integers(1000, 2**32 - 1),
    claims=st.integers(1, 31),
    jurisdictions=st.lists(st.sampled_from(["CN", "CN-31", "US-NY", "AT"]), max_size=3).map(tuple),
    formats=st.integers(1, 3),
)


@settings(max_examples=25)
@given(st.lists(trust_entries, max_size=12, unique_by=lambda entry: entry.kid))
def test_what_the_host_writes_the_firmware_reads(given_entries: list[TrustEntry]) -> None:
    part = compile_trust(given_entries)
    assert {one.kid: one for one in entries(part)} == {one.kid: one for one in given_entries}
    (answer,) = read([(part, *(one.kid for one in given_entries))], runner.find())
    assert answer == [len(given_entries), *([one.name] for one in given_entries)]


def test_a_thousand_keys_need_a_hundred_kilobytes_beside_them(micropython: Interpreter) -> None:
    """The part itself may lie in flash; what is measured is the index and one entry at a time."""
    many = [
        replace(ENTRY, kid=n.to_bytes(8, "big"), name=f"Issuer {n}", jurisdictions=())
        for n in range(1200)
    ]
    part = compile_trust(many)
    program = (
        "import sys; from gate.trust.issuers import Issuers\n"
        f"data = bytearray({len(part)})\n"
        "open(sys.argv[1], 'rb').readinto(data)\n"
        "issuers = Issuers(data)\n"
        "for n in range(0, 1200, 7):\n"
        "    found = list(issuers.lookup(n.to_bytes(8, 'big')))\n"
        "    assert [one.name for one in found] == ['Issuer %d' % n]\n"
        "print(len(issuers))\n"
    )
    with NamedTemporaryFile(suffix=".bin") as file, NamedTemporaryFile("w", suffix=".py") as main:
        file.write(part)
        file.flush()
        main.write(program)
        main.flush()
        heap = str(len(part) + 100 * 1024)
        outcome = runner.run([main.name, file.name], heap=heap, interpreter=micropython)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert outcome.stdout == "1200\n"
