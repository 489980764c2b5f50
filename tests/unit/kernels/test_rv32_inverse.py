"""Arithmetic modulo n in RV32 code, under Unicorn, against Python's integers."""

from __future__ import annotations

import random

import pytest

from host_tools.kernels.curves import ED25519, P256, SM2
from host_tools.kernels.rv32_kernel import Routine
from host_tools.kernels.rv32_scalars import FRAME_SIZE

from .operands import edges, operand

MODULI = {
    f"{curve.name}_{name}": value
    for curve in (P256, SM2, ED25519)
    for name, value in (("p", curve.p), ("n", curve.n))
}
SMALL = [3, 5, 7, 65537, 2**31 - 1, 2**61 - 1, 2**127 - 1, 2**256 - 189, 2**255 - 31]


def inverse(kernel: Routine, x: int, m: int) -> int:
    return int.from_bytes(
        kernel(x.to_bytes(32, "little"), m.to_bytes(32, "little"), 0, 0)[0], "little"
    )


@pytest.mark.parametrize("m", MODULI.values(), ids=MODULI)
def test_edges_and_chance(m: int) -> None:
    kernel, rng = Routine("ecdsa"), random.Random(m)
    values = edges(m, m) + [operand(rng, m, m) for _ in range(250)]
    values += [pow(2, k, m) for k in range(0, 256, 5)] + [pow(2, -k, m) for k in range(0, 256, 5)]
    for x in values:
        assert inverse(kernel, x, m) == (pow(x, -1, m) if x else 0), hex(x)
    assert kernel.emulator.deepest == FRAME_SIZE


@pytest.mark.parametrize("m", SMALL)
def test_other_primes(m: int) -> None:
    """Small ones leave most limbs zero; 2^256 - 189 fills all of them."""
    kernel, rng = Routine("ecdsa"), random.Random(m)
    for x in {0, 1, 2, m - 1, m // 2, *(rng.randrange(m) for _ in range(100))}:
        assert inverse(kernel, x, m) == (pow(x, -1, m) if x else 0), hex(x)


@pytest.mark.parametrize("misalign", [1, 2, 3])
def test_anywhere_in_memory(misalign: int) -> None:
    kernel = Routine("ecdsa", misalign)
    assert inverse(kernel, 3, P256.n) == pow(3, -1, P256.n)


def signature_scalars(
    kernel: Routine, n: int, r: int, s: int, e: int
) -> tuple[int, int, int] | None:
    """What the kernel makes of a signature: u, v, r, or None."""
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    numbers = n.to_bytes(32, "little") + pow(2, 512, n).to_bytes(32, "little")
    out = kernel(bytes(96), signature, e.to_bytes(32, "big"), numbers)[0]
    if not kernel.result:
        return None
    u, v, again = (int.from_bytes(out[i : i + 32], "little") for i in (0, 32, 64))
    return u, v, again


@pytest.mark.parametrize("misalign", range(4))
@pytest.mark.parametrize("n", [P256.n, SM2.n, 2**256 - 189], ids=["P-256", "SM2", "dense"])
def test_scalars_of_a_signature(n: int, misalign: int) -> None:
    """Out of range is refused, all else is e / s and r / s."""
    kernel, rng = Routine("ecdsa", misalign, aligned_first=True), random.Random(n + misalign)
    values = [0, 1, 2, n - 1, n, n + 1, 2**256 - 1, 2**255]
    edges_of_r = [(r, s) for r in values for s in rng.sample(values, 3)]
    cases = [(r, s, rng.choice([0, 1, n, 2**256 - 1])) for r, s in edges_of_r]
    cases += [(rng.randrange(n), rng.randrange(n), rng.getrandbits(256)) for _ in range(25)]
    for r, s, e in cases:
        wanted = None
        if 0 < r < n and 0 < s < n:
            w = pow(s, -1, n)
            wanted = (e * w % n, r * w % n, r)
        assert signature_scalars(kernel, n, r, s, e) == wanted, (hex(r), hex(s), hex(e))
