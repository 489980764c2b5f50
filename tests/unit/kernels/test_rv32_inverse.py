"""Inversion in RV32 code, under Unicorn, against Python's pow."""

from __future__ import annotations

import random

import pytest

from host_tools.kernels.curves import ED25519, P256, SM2
from host_tools.kernels.rv32_inverse import FRAME_SIZE
from host_tools.kernels.rv32_kernel import Routine

from .operands import edges, operand

MODULI = {
    f"{curve.name}_{name}": value
    for curve in (P256, SM2, ED25519)
    for name, value in (("p", curve.p), ("n", curve.n))
}
SMALL = [3, 5, 7, 65537, 2**31 - 1, 2**61 - 1, 2**127 - 1, 2**256 - 189, 2**255 - 31]


def inverse(kernel: Routine, x: int, m: int) -> int:
    return int.from_bytes(kernel(x.to_bytes(32, "little"), m.to_bytes(32, "little"))[0], "little")


@pytest.mark.parametrize("m", MODULI.values(), ids=MODULI)
def test_edges_and_chance(m: int) -> None:
    kernel, rng = Routine("invert"), random.Random(m)
    values = edges(m, m) + [operand(rng, m, m) for _ in range(250)]
    values += [pow(2, k, m) for k in range(0, 256, 5)] + [pow(2, -k, m) for k in range(0, 256, 5)]
    for x in values:
        assert inverse(kernel, x, m) == (pow(x, -1, m) if x else 0), hex(x)
    assert kernel.emulator.deepest == FRAME_SIZE


@pytest.mark.parametrize("m", SMALL)
def test_other_primes(m: int) -> None:
    """Small ones leave most limbs zero; 2^256 - 189 fills all of them."""
    kernel, rng = Routine("invert"), random.Random(m)
    for x in {0, 1, 2, m - 1, m // 2, *(rng.randrange(m) for _ in range(100))}:
        assert inverse(kernel, x, m) == (pow(x, -1, m) if x else 0), hex(x)


@pytest.mark.parametrize("misalign", [1, 2, 3])
def test_anywhere_in_memory(misalign: int) -> None:
    kernel = Routine("invert", misalign)
    assert inverse(kernel, 3, P256.n) == pow(3, -1, P256.n)
