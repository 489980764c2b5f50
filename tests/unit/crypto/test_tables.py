"""Comb tables: every entry is what the format says, quickly made, and a bad table opens nothing."""

from __future__ import annotations

import random

import pytest

from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import CURVES, columns, make_table
from host_tools.kernels.curves import ED25519, P256, SM2, Edwards, Weierstrass, pack
from host_tools.keys.private import generate

from .batch import EDDSA, ES256, Case, check


def key_of(curve: Weierstrass | Edwards, k: int) -> tuple[bytes, tuple[int, int]]:
    point = curve.multiply(k, curve.g)
    assert point is not None
    if isinstance(curve, Edwards):
        return curve.encode(point), point
    return b"".join(value.to_bytes(32, "big") for value in point), point


@pytest.mark.parametrize("teeth", range(3, 9))
@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_entries_are_the_sums_they_stand_for(curve: Weierstrass | Edwards, teeth: int) -> None:
    rng = random.Random(teeth)
    key, point = key_of(curve, rng.randrange(1, curve.n))
    table = make_table(curve.alg, key, teeth)
    e = columns(teeth)
    assert teeth * e >= 256
    assert table[:8] == b"GCT1" + bytes([curve.field, teeth, e, 0])
    assert table[8 : 8 + len(key)] == key
    width = 96 if isinstance(curve, Edwards) else 64
    entries = table[8 + len(key) :]
    assert len(entries) == width << (teeth - 1)
    for j in {0, 1, (1 << teeth - 1) - 1, rng.randrange(1 << teeth - 1)}:
        signs = [1 if j >> m & 1 else -1 for m in range(teeth - 1)] + [1]
        scalar = sum(sign << (e * m) for m, sign in enumerate(signs))
        multiple = curve.multiply(scalar, point)
        assert multiple is not None
        x, y = multiple
        values = [x, y]
        if isinstance(curve, Edwards):
            values = [y - x, y + x, 2 * curve.d * x * y]
        expected = b"".join(pack(curve, value) for value in values)
        assert entries[width * j : width * (j + 1)] == expected


def test_keys_without_a_table() -> None:
    p = P256.p.to_bytes(32, "big")
    good, _ = key_of(P256, 7)
    small_order = [(0, 1), (0, ED25519.p - 1)]
    mixed = ED25519.add(key_of(ED25519, 9)[1], small_order[1])
    bad = [
        (ES256, good[:63]),
        (ES256, good[:63] + bytes([good[63] ^ 1])),
        (ES256, bytes(64)),
        (ES256, p + good[32:]),
        (SM2.alg, good),
        (EDDSA, bytes([2]) + bytes(31)),  # no point has this y
        (EDDSA, ED25519.p.to_bytes(32, "little")),
        *((EDDSA, ED25519.encode(point)) for point in (*small_order, mixed)),
        (-37, good),
    ]
    for alg, key in bad:
        with pytest.raises(ValueError, match=r"key|tables"):
            make_table(alg, key)
    for teeth in (2, 9):
        with pytest.raises(ValueError, match="3 to 8"):
            make_table(ES256, good, teeth)


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_damaged_table_never_opens(alg: int, any_micropython: Interpreter) -> None:
    """Head and length are checked; entries are not, but they hold no sum together that is not."""
    rng = random.Random(alg)
    private = generate(alg)
    key, message = private.public.raw, b"message"
    signature = private.sign(message)
    other = generate(alg).public.raw
    table = make_table(alg, key)
    start = 8 + len(key)

    def case(table: bytes, valid: bool, why: str, signature: bytes = signature) -> Case:
        return Case(alg, key, message, signature, valid, why, table)

    cases = [case(table, True, "good"), case(make_table(alg, key, 3), True, "3 teeth")]
    for at in range(start):
        bad = bytearray(table)
        bad[at] ^= 1 << rng.randrange(8)
        cases.append(case(bytes(bad), False, f"byte {at} of the head"))
    for size in (1, 7, 8, start - 1, start, len(table) - 1):
        cases.append(case(table[:size], False, "cut short"))
    cases.append(case(table + b"\0", False, "a byte too many"))
    cases.append(case(table[:start] + make_table(alg, other)[start:], False, "another's entries"))
    cases.append(case(table[:start] + bytes(len(table) - start), False, "zeros"))
    cases.append(case(table[:start] + b"\xff" * (len(table) - start), False, "ones"))
    wrong = signature[:-2] + bytes([signature[-2] ^ 1]) + signature[-1:]
    for _ in range(20):
        entries = rng.randbytes(len(table) - start)
        cases.append(case(table[:start] + entries, False, "random entries"))
        cases.append(case(table[:start] + entries, False, "random entries", wrong))
    check(cases, any_micropython)
