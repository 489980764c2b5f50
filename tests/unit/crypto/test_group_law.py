"""Sums kG + mQ where the addition formulas have their exceptional cases.

Keys with small discrete logarithms make partial sums meet addends and their
negatives inside the combs and the window; scalars are chosen freely, which a
signature would not allow.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest

from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import make_table
from host_tools.kernels.curves import P256, SM2, Weierstrass

from .batch import answers

SMALL = [1, 2, 3, 5, 8, 15, 17, 32]


@cache
def multiple(curve: Weierstrass, k: int) -> tuple[int, int] | None:
    """Give kG, remembered."""
    return curve.multiply(k, curve.g)


@cache
def scalars(curve: Weierstrass) -> list[int]:
    """Give scalars that make short, long, sparse and dense recodings."""
    n = curve.n
    out = [0, 1, 2, 3, 15, 16, 17, 31, 32, n - 1, n - 2, n - 3, n - 16, n - 17, n // 2, n // 2 + 1]
    out += [1 << k for k in range(4, 256, 42)] + [(1 << k) - 1 for k in range(33, 256, 74)]
    out += [n - (1 << k) for k in range(4, 256, 86)]
    rng = random.Random(curve.field)
    out += [rng.randrange(n) for _ in range(4)]
    return [k % n for k in out]


def cases(curve: Weierstrass, seed: int, teeth: int | None) -> Iterator[tuple[str, int]]:
    """Give lines for batch_main and their answers (2: none)."""
    rng = random.Random(seed)
    n = curve.n
    # Large tables take the host long to make: fewer keys for them.
    for log in SMALL[: 3 if teeth == 8 else None]:
        for d in (log, n - log):
            q = multiple(curve, d)
            assert q is not None
            key = q[0].to_bytes(32, "big") + q[1].to_bytes(32, "big")
            if teeth:
                yield f"t {make_table(curve.alg, key, teeth).hex()}", 2
            table = "=" if teeth else "-"
            ks = scalars(curve)
            for k in ks:
                # m makes the sum a small or special multiple of G, or is special itself.
                targets = [0, 1, n - 1, 2 * k, rng.choice(ks)]
                ms = {(t - k) * pow(d, -1, n) % n for t in targets} | {rng.choice(ks)}
                for m in ms:
                    total = multiple(curve, (k + m * d) % n)
                    r = total[0] % n if total else rng.randrange(n)
                    head = f"x {curve.alg} {k:x} {m:x} {key.hex()}"
                    yield f"{head} {r:x} {table}", int(total is not None)
                    if rng.random() < 0.1:
                        yield f"{head} {(r + 1) % n:x} {table}", 0


@pytest.mark.parametrize("teeth", [None, 3, 6, 8])
@pytest.mark.parametrize("curve", [P256, SM2], ids=lambda curve: curve.name)
def test_every_sum_is_right(
    curve: Weierstrass, teeth: int | None, micropython: Interpreter
) -> None:
    lines = list(cases(curve, 7 * (teeth or 0) + curve.field, teeth))
    given = answers([line for line, _ in lines], micropython)
    asked = [(line, valid) for line, valid in lines if valid != 2]
    wrong = [line for (line, valid), got in zip(asked, given, strict=True) if int(got) != valid]
    assert not wrong, f"{len(wrong)} of {len(lines)} wrong, such as {wrong[0]}"
