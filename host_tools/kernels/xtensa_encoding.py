"""Fields of Xtensa's instructions (ISA reference manual, chapters 6 to 8)."""

from __future__ import annotations

# name -> op2, op1 of `name d, s, t`
THREE = {
    "add": (8, 0),
    "addx2": (9, 0),
    "addx4": (10, 0),
    "addx8": (11, 0),
    "sub": (12, 0),
    "and": (1, 0),
    "or": (2, 0),
    "xor": (3, 0),
    "src": (8, 1),
    "mull": (8, 2),
    "muluh": (10, 2),
    "mulsh": (11, 2),
}
# name -> r of `name t, s + offset`, bytes of the access
MEMORY = {"l8ui": (0, 1), "l16ui": (1, 2), "l32i": (2, 4), "s8i": (4, 1), "s16i": (5, 2)}
MEMORY |= {"s32i": (6, 4)}
# conditional branches: on two registers, on a register and zero, on a register and a small number
TWO = {"beq": 1, "blt": 2, "bltu": 3, "bne": 9, "bge": 10, "bgeu": 11}
ZERO = {"beqz": 0, "bnez": 1, "bltz": 2, "bgez": 3}
SMALL = {"beqi": 0, "bnei": 1, "blti": 2, "bgei": 3}
SMALL_NUMBERS = (-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256)
BIT = {"bbci": 6, "bbsi": 14}


def number(register: str) -> int:
    """a7 -> 7."""
    return int(register[1:])


def rrr(op2: int, op1: int, r: int, s: int, t: int, op0: int = 0) -> int:
    return op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4 | op0


def signed(value: int, bits: int) -> int:
    """The field of a signed number; refuses what does not fit."""
    assert -(1 << bits - 1) <= value < 1 << bits - 1, f"{value} does not fit {bits} bits"
    return value & (1 << bits) - 1
