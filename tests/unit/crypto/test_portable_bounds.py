"""The portable kernel's numbers stay below 2^31 in every program, from any order of steps.

Upper bounds of all registers are carried through the programs until they no longer grow; each
operation is held to what its code in `host_tools.kernels.viper_machine` needs.
"""

from __future__ import annotations

import pytest

from host_tools.kernels import programs
from host_tools.kernels.curves import ED25519, P256, SM2, Edwards, Weierstrass
from host_tools.kernels.viper_machine import BITS, LIMBS, MASK, SPARSE

WORD = 1 << 31
TOP_BIT = BITS * (LIMBS - 1)  # weight of the highest limb, which alone may exceed 13 bits
LOADED = (1 << 256) + (1 << 228)  # an unpacked element of a Montgomery field
MUL, SQR, ADD, SUB, IN, OUT = range(1, 7)


def highest_column(a: int, b: int) -> int:
    """Bound a column of the product of values below a and b."""
    x = [MASK] * (LIMBS - 1) + [a >> TOP_BIT]
    y = [MASK] * (LIMBS - 1) + [b >> TOP_BIT]
    return max(
        sum(x[i] * y[k - i] for i in range(LIMBS) if 0 <= k - i < LIMBS)
        for k in range(2 * LIMBS - 1)
    )


class Bounds:
    """Upper bounds (exclusive) of the registers of one field."""

    def __init__(self, curve: Weierstrass | Edwards) -> None:
        self.p = curve.p
        self.edwards = isinstance(curve, Edwards)
        self.loaded = 1 << 255 if self.edwards else LOADED
        self.spare = (1 << 256) - curve.p  # what folding 2^256 adds
        self.shifts = [
            power % BITS
            for power, sign in (*SPARSE.get(curve.name.upper(), ()), (256, 1))
            if sign > 0
        ]
        self.regs = [0] * 32
        self.regs[:4] = [self.loaded] * 4

    def multiply(self, a: int, b: int) -> int:
        """Bound the product; no column may reach 2^31."""
        column = highest_column(a, b)
        assert a * b < 1 << 520
        if self.edwards:
            assert column + (column >> BITS) + 608 * MASK + (WORD >> BITS) < WORD
            return (1 << 255) + 19 * (WORD >> 8)
        added = sum(MASK << shift for shift in self.shifts)
        assert column + added + (WORD >> BITS) < WORD
        return (a * b >> 260) + self.p + 1

    def add(self, a: int, b: int) -> int:
        """Bound a sum after its top was folded."""
        if self.edwards:
            return (1 << 255) + (1 << 247) + 19 * (((a + b) >> 255) + 1)
        return (1 << 256) + (1 << 247) + self.spare * (((a + b) >> 256) + 1)

    def subtract(self, a: int, b: int) -> int:
        """Bound a difference; it must not be negative."""
        weight, fold = (255, 19) if self.edwards else (256, self.spare)
        assert self.p - (1 << 247) - ((b >> weight) + 2) * fold > 0
        return (1 << weight) + (1 << 247) + self.p + fold * ((a >> weight) + 1)

    def run(self, code: bytes, pc: int) -> None:
        """Carry the bounds through one program; a bound never shrinks."""
        while code[pc]:
            op, d, a, b = code[pc : pc + 4]
            pc += 4
            r = self.regs
            if op == OUT:
                self.check_out(r[a])
                continue
            if op == IN:
                value = self.loaded
            elif op == MUL:
                value = self.multiply(r[a], r[b])
            elif op == SQR:
                value = r[a]
                for _ in range(b):
                    value = max(value, self.multiply(value, value))
            else:
                value = (self.add if op == ADD else self.subtract)(r[a], r[b])
            r[d] = max(r[d], value)

    def check_out(self, value: int) -> None:
        """Make sure that OUT's one conditional subtraction is enough."""
        if self.edwards:
            assert (1 << 255) + 19 * ((value >> 255) + 1) < 2 * self.p
        else:
            assert value + 15 * self.p < 32 * self.p


@pytest.mark.parametrize("curve", [P256, SM2, ED25519], ids=lambda curve: curve.name)
def test_no_number_is_too_large(curve: Weierstrass | Edwards) -> None:
    bounds = Bounds(curve)
    codes = [programs.code(curve)]
    if isinstance(curve, Weierstrass):
        codes.append(programs.lift_code(curve))
    for _ in range(60):
        before = list(bounds.regs)
        for code in codes:
            for k in range(16):
                start = 4 * int.from_bytes(code[4 + 2 * k : 6 + 2 * k], "little")
                if start:
                    bounds.run(code, start)
        if bounds.regs == before:
            break
    else:
        pytest.fail("the bounds keep growing")
    assert max(bounds.regs) < 1 << 258
