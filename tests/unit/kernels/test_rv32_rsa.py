"""RSA's public operation in RV32 code, under Unicorn, against Python's pow."""

from __future__ import annotations

import random

import pytest

from host_tools.kernels.rv32_kernel import Routine
from host_tools.kernels.rv32_rsa import work_size

SIZES = [256, 257, 287, 384, 512]


def power(routine: Routine, s: int, n: int, size: int) -> int:
    work = bytes([0xA5]) * work_size(size)
    buffers = (n.to_bytes(size, "big"), s.to_bytes(size, "big"), size, work)
    out = routine(*buffers)
    assert out[0] == buffers[0] and out[1] == buffers[1]
    return int.from_bytes(out[3][:size], "big")


def moduli(rng: random.Random, size: int) -> list[int]:
    """Odd, with the top bit set: chance, and those that carry and borrow most."""
    bits = 8 * size
    low, high = 1 << (bits - 1), (1 << bits) - 1
    return [
        high,
        low + 1,
        high - (1 << 300) + 2,
        low | (1 << 256) - 1,
        rng.randrange(low, high) | 1,
    ]


@pytest.mark.parametrize("size", SIZES)
def test_against_pow(size: int) -> None:
    routine, rng = Routine("rsa"), random.Random(size)
    for i, n in enumerate(moduli(rng, size)):
        values = [0, 1, n - 1, n // 2, rng.randrange(n)]
        for s in values if size == 256 else [values[(i + size) % 5]]:
            assert power(routine, s, n, size) == pow(s, 65537, n), (hex(n), hex(s))


def test_instructions() -> None:
    routine, rng = Routine("rsa"), random.Random(1)
    n = rng.getrandbits(2048) | 1 << 2047 | 1
    for _ in range(5):
        s = rng.randrange(n)
        assert power(routine, s, n, 256) == pow(s, 65537, n)
    assert routine.emulator.instructions <= 1_250_000
