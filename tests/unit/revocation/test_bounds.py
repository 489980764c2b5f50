"""What revocations may take: flash, RAM, reads, and refusals of people whom nobody revoked."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap.places import FIRMWARE
from host_tools.bench.revocation import FALSE, FLASH, MOST_LOOK_UPS, RAM, READ
from host_tools.interpreter import Interpreter
from host_tools.revocation import part
from tests.unit.revocation.parts import Case, Folder, hashes


@pytest.fixture(scope="module")
def national() -> tuple[list[bytes], bytes, bytes]:
    """300,000 entries, and a day's delta of 2,000."""
    revoked = hashes(300_000)
    base = part.base_part(revoked)
    return revoked, base, part.recent_part(base, hashes(2000, "added"), revoked[:20])


def test_300_000_entries_fit(
    national: tuple[list[bytes], bytes, bytes], tmp_path: Path, micropython: Interpreter
) -> None:
    revoked, base, recent = national
    print(f"base {len(base)} bytes, {8 * len(base) / len(revoked):.3f} bits an entry")
    assert len(base) <= FLASH
    asked = [*revoked[20:][:: len(revoked) // 300], *hashes(3000, "another")]
    (answer,) = Folder(tmp_path).look_up([Case(base, recent, asked)], micropython)
    assert answer["found"] == "1" * (len(asked) - 3000) + "0" * 3000
    print(f"{answer['heap']} bytes of heap, {answer['reads']} reads, {answer['flash']} bytes read")
    assert answer["heap"] <= RAM
    assert answer["flash"] <= READ
    # what it is built for, far below what is allowed
    assert answer["heap"] <= 2048
    assert answer["flash"] <= 4096
    assert answer["reads"] <= 6


def test_a_days_delta_is_small(national: tuple[list[bytes], bytes, bytes]) -> None:
    _, _, recent = national
    print(f"a delta of 2,000 entries and 20 taken back: {len(recent)} bytes")
    assert len(recent) < 9000


def test_hardly_anybody_is_refused_by_mistake(
    national: tuple[list[bytes], bytes, bytes],
) -> None:
    """By calculation, for the code with the most look-ups; measured: host_tools.revocation.rate."""
    _, base, recent = national
    a_look_up = sum(part.read_heads(data)[0].false_matches for data in (base, recent))
    assert a_look_up <= 6e-8
    assert MOST_LOOK_UPS * a_look_up <= FALSE


def test_the_calculation_holds() -> None:
    """With one byte kept, false matches are many enough to count: the rate is the same formula."""
    count, asked = 3000, 200_000
    one = part.make_set(hashes(count), 1, bytes(16))
    held = part.Held(one)
    found = sum(held.has(hash16) for hash16 in _others(asked))
    expected = asked * one.head.false_matches
    assert expected > 500
    assert abs(found - expected) < 5 * math.sqrt(expected)


def _others(count: int) -> Iterator[bytes]:
    for n in range(count):
        yield hashlib.sha256(b"other %d" % n).digest()[:16]


def test_blocks_are_no_larger_than_the_firmware_takes() -> None:
    source = (FIRMWARE / "gate" / "trust" / "revocation.py").read_text(encoding="utf-8")
    assert f"_LARGEST = const({part.largest(4) + 4})" in source
    assert f"_SMALLEST = const({256 // 8 + 4})" in source
