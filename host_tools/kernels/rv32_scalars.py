"""Writes an ECDSA verification's work modulo n, in RV32 instructions: u = e / s, v = r / s.

Also inversion alone, which shares the code. Products are Montgomery's with R = 2^256, word by word.
"""

from __future__ import annotations

from .rv32_asm import SP, ZERO, Asm
from .rv32_inverse import FRAME_SIZE as INVERSE_FRAME
from .rv32_inverse import MODULUS, SAVED, VARIABLES, WORDS, X, inverse

COUNT = 8  # words of a number
OUT = VARIABLES + 4  # the first argument
N, R2 = INVERSE_FRAME, INVERSE_FRAME + 32  # words of the modulus and of R^2
FRAME_SIZE = (R2 + 32 + 15) & ~15
T = [f"s{i}" for i in range(COUNT + 1)]  # a product's running sum
FACTOR = "s9"  # -1/n modulo 2^32


def scalars(asm: Asm) -> None:
    """a0: out, 96 bytes, aligned; a1: signature r || s; a2: digest; a3: n, then R^2 modulo n.

    Signature and digest are big-endian, 64 and 32 bytes, the rest little-endian. Gives 1 with out =
    u, v, r; or 0 if r or s is not in 1 ... n - 1. If a2 is 0: a0 = 1/a0 modulo a1, 32 bytes each.
    """
    asm.imm("addi", SP, SP, -FRAME_SIZE)
    for i, register in enumerate(SAVED):
        asm.sw(register, 4 * i, SP)
    asm.sw("a0", X, SP)
    asm.sw("a0", OUT, SP)
    asm.branch("bne", "a2", ZERO, "signature")
    asm.sw("a1", MODULUS, SP)
    asm.call("inverse")
    asm.jump("leave")

    asm.label("signature")
    asm.sw("a3", MODULUS, SP)
    asm.say("out = s, e, r")
    for source, start, at in (("a1", 32, 0), ("a2", 0, 32), ("a1", 0, 64)):
        asm.imm("addi", "t2", source, start + 28)
        asm.imm("addi", "t3", "a0", at)
        asm.li("t4", -4)
        asm.li("t5", -1)
        asm.call("words")
    asm.say("n and R^2, aligned")
    for start, at in ((0, N), (32, R2)):
        asm.imm("addi", "t2", "a3", start)
        asm.imm("addi", "t3", SP, at)
        asm.li("t4", 4)
        asm.li("t5", 1)
        asm.call("words")
    for at in (0, 64):
        asm.imm("addi", "t2", "a0", at)
        asm.call("in_range")
        asm.branch("beq", "t0", ZERO, "refuse")
    asm.say("out[0] = w = 1/s")
    asm.call("inverse")
    asm.say("-1/n modulo 2^32: -n is right in 3 bits, and each round doubles that")
    asm.lw("t0", N, SP)
    asm.sub(FACTOR, ZERO, "t0")
    for _ in range(4):
        asm.op("mul", "t1", "t0", FACTOR)
        asm.imm("addi", "t1", "t1", 2)
        asm.op("mul", FACTOR, FACTOR, "t1")
    asm.say("w R, then u = e w and v = r w")
    asm.lw("a0", OUT, SP)
    asm.imm("addi", "a1", SP, R2)
    asm.imm("addi", "a3", SP, WORDS)
    asm.call("product")
    for e_or_r, target in ((32, 0), (64, 32)):
        asm.lw("a3", OUT, SP)
        asm.imm("addi", "a0", "a3", e_or_r)
        asm.imm("addi", "a1", SP, WORDS)
        asm.imm("addi", "a3", "a3", target)
        asm.call("product")
    asm.li("a0", 1)
    asm.label("leave")
    for i, register in enumerate(SAVED):
        asm.lw(register, 4 * i, SP)
    asm.imm("addi", SP, SP, FRAME_SIZE)
    asm.leave()
    asm.label("refuse")
    asm.li("a0", 0)
    asm.jump("leave")
    words(asm)
    in_range(asm)
    product(asm)
    inverse(asm)


def words(asm: Asm) -> None:
    """8 words at t3 from bytes at t2, anywhere: t4 from word to word, t5 from byte to byte.

    For big-endian numbers both are negative, and a word's first byte is its last.
    """
    asm.label("words")
    asm.li("t6", COUNT)
    asm.label("words_next")
    asm.mv("t1", "t2")
    asm.branch("bge", "t5", ZERO, "words_little")
    asm.imm("addi", "t1", "t2", 3)
    asm.label("words_little")
    asm.lbu("t0", 0, "t1")
    for i in (1, 2, 3):
        asm.add("t1", "t1", "t5")
        asm.lbu("s0", 0, "t1")
        asm.shift("slli", "s0", "s0", 8 * i)
        asm.op("or", "t0", "t0", "s0")
    asm.sw("t0", 0, "t3")
    asm.add("t2", "t2", "t4")
    asm.imm("addi", "t3", "t3", 4)
    asm.imm("addi", "t6", "t6", -1)
    asm.branch("bne", "t6", ZERO, "words_next")
    asm.leave()


def in_range(asm: Asm) -> None:
    """t0 = 1 if the number at t2 is in 1 ... n - 1, else 0."""
    asm.label("in_range")
    asm.li("t0", 0)  # borrow of x - n
    asm.li("t6", 0)  # any bit of x
    for i in range(COUNT):
        asm.lw("t3", 4 * i, "t2")
        asm.lw("t4", N + 4 * i, SP)
        asm.op("or", "t6", "t6", "t3")
        asm.sltu("t5", "t3", "t4")
        asm.sub("t3", "t3", "t4")
        asm.sltu("t3", "t3", "t0")
        asm.op("or", "t0", "t3", "t5")
    asm.sltu("t6", ZERO, "t6")
    asm.op("and", "t0", "t0", "t6")
    asm.leave()


def product(asm: Asm) -> None:
    """The number at a3 = those at a0 and a1, multiplied, divided by R, modulo n."""
    low, high, carry, x, y = "t0", "t1", "t2", "a4", "a5"
    asm.label("product")
    for register in T:
        asm.li(register, 0)
    asm.imm("addi", "a2", "a0", 4 * COUNT)
    asm.label("product_word")
    for part in ("a1", SP):
        if part == SP:
            asm.say("add the multiple of n that clears the lowest word, and drop that")
            asm.op("mul", x, T[0], FACTOR)
        else:
            asm.say("add a word of a0 times a1")
            asm.lw(x, 0, "a0")
        for j in range(COUNT):
            asm.lw(y, 4 * j + (N if part == SP else 0), part)
            asm.wide(low, high, x, y)
            if j:
                asm.add(low, low, carry)
                asm.sltu(carry, low, carry)
                asm.add(high, high, carry)
            if part == SP and j:
                asm.add(T[j - 1], T[j], low)
                asm.sltu(low, T[j - 1], low)
            else:
                asm.add(T[j], T[j], low)
                asm.sltu(low, T[j], low)
            asm.add(carry, high, low)
        if part == SP:
            asm.say("the sum is below 2^257: its topmost word takes what the first half left in t3")
            asm.add(T[7], T[8], carry)
            asm.sltu(carry, T[7], carry)
            asm.add(T[8], "t3", carry)
        else:
            asm.add(T[8], T[8], carry)
            asm.sltu("t3", T[8], carry)
    asm.imm("addi", "a0", "a0", 4)
    asm.branch("bne", "a0", "a2", "product_word")
    asm.say("subtract n unless that is negative")
    asm.li(carry, 0)
    for i in range(COUNT):
        asm.lw(y, N + 4 * i, SP)
        asm.sltu(low, T[i], y)
        asm.sub(x, T[i], y)
        asm.sltu(high, x, carry)
        asm.sub(x, x, carry)
        asm.op("or", carry, low, high)
        asm.sw(x, 4 * i, "a3")
    asm.sltu(carry, T[8], carry)
    asm.branch("beq", carry, ZERO, "product_done")
    for i in range(COUNT):
        asm.sw(T[i], 4 * i, "a3")
    asm.label("product_done")
    asm.leave()
