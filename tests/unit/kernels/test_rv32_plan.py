"""`plan` in RV32 code, under Unicorn: the steps compute k0 * P + k1 * Q, or minus it."""

from __future__ import annotations

import random
import struct

import pytest

from host_tools.kernels.rv32_kernel import Routine

SIZE = 720
EDWARDS = 2


def comb_entry(index: int, teeth: int, columns: int) -> int:
    """The multiple of the point that an entry of a comb table is."""
    total = 1 << (columns * (teeth - 1))
    for m in range(teeth - 1):
        total += (1 if index >> m & 1 else -1) << (columns * m)
    return total


def recoded(k: int, n: int, bits: int) -> bytes:
    """b with k = sum of (2 b_i - 1) 2^i modulo odd n."""
    odd = k if k & 1 else k - n
    return (((odd - 1) >> 1) + (1 << (bits - 1))).to_bytes(33, "little")


def wnaf(k: int) -> bytes:
    """257 digits, zero or odd, below 16 in size."""
    digits = bytearray(257)
    for i in range(257):
        if k & 1:
            digit = (k & 31) - (32 if k & 16 else 0)
            digits[i] = digit & 255
            k -= digit
        k >>= 1
    return bytes(digits)


def plan(routine: Routine, arguments: list[int | bytes]) -> bytes:
    """Call it with buffers for bytes."""
    machine = routine.emulator
    machine.clear()
    steps = machine.place(bytes([0xEE]) * SIZE)
    words = [steps, *(a if isinstance(a, int) else machine.place(a, 1) for a in arguments)]
    machine.call(machine.place(struct.pack("<9I", *words)))
    return machine.read(steps, SIZE)


def meaning(steps: bytes, field: int, combs: list[tuple[int, int]]) -> tuple[int, int]:
    """The multiples (of P, of Q) that the steps add up to; no double or sum comes too early."""
    total, at, started = [0, 0], 0, False
    while steps[at] != 255:
        step, index = steps[at], steps[at + 1]
        following = steps[at + 2]
        at += 2
        program = step & 15
        if step & 48 == 0:
            assert started or (field == EDWARDS and program == 3)
            if program != 3:
                total = [2 * t for t in total]
        else:
            which = 0 if step & 16 else 1
            teeth, columns = combs[which]
            entry = comb_entry(index, teeth, columns) if teeth else 2 * index + 1
            wide = field == EDWARDS and not teeth
            assert bool(step & 64) == wide
            base = (program & 7) - (4 if wide else 0) - (0 if started or field == EDWARDS else 2)
            assert base in (1, 2), (program, started)
            total[which] += entry if base == 1 else -entry
        if field == EDWARDS and (step & 15) != 3:
            adds = following != 255 and following & 48 != 0
            assert bool(program & 8) == adds
        started = True
    assert steps[at + 1 :] == bytes([0xEE]) * (SIZE - at - 1)
    return total[0], total[1]


@pytest.mark.parametrize("field", [0, 1, EDWARDS])
@pytest.mark.parametrize("teeth", [0, 3, 6, 7, 8])
def test_steps_add_up(field: int, teeth: int) -> None:
    routine, rng = Routine("_plan"), random.Random(f"{field} {teeth}")
    n = (1 << 256) - 189 if field < EDWARDS else (1 << 252) + 27742317777372353535851937790883648493
    columns = -(-256 // teeth) if teeth else 257
    special = [0, 1, 2, n - 1, n - 2, 1 << 251, (1 << 251) - 1]
    for i in range(40):
        k0 = special[i % 7] if i < 14 else rng.randrange(n)
        k1 = special[i // 2 % 7] if i < 14 else rng.randrange(n)
        minus = i & 1
        second = recoded(k1, n, teeth * columns) if teeth else wnaf(k1)
        steps = plan(routine, [field, 8, 32, recoded(k0, n, 256), teeth, columns, second, minus])
        p, q = meaning(steps, field, [(8, 32), (teeth, columns)])
        assert (p - k0) % n == 0 and (q - (-k1 if minus else k1)) % n == 0
