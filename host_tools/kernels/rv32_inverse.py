"""Writes inversion modulo an odd number below 2^256, in RV32 instructions.

Bernstein and Yang's division steps ("Fast constant-time gcd computation and modular inversion",
2019) with delta starting at 1/2, in variable time: 30 steps on the lowest bits give a matrix
(u v; q r), which is applied to f and g, and modulo m to d and e, in signed limbs of 30 bits; the
sums' lowest 30 bits are zero, so each application drops one limb. It ends when g is 0.

The arrays have a spare word in front of limb 0, where the dropped limb goes, and stand at a fixed
distance, so that one pointer (s9) runs over all of them.
"""

from __future__ import annotations

from .rv32_asm import SP, ZERO, Asm

LIMBS = 9
BITS = 30
STRIDE = 4 * (LIMBS + 1)
SAVED = ["ra", *(f"s{i}" for i in range(12))]
# The frame after the saved registers: four variables for the caller's use, 8 words of scratch, then
# limb 0 of f; g, d, e and the modulus follow.
X, MODULUS, VARIABLES = 4 * len(SAVED), 4 * len(SAVED) + 4, 4 * len(SAVED) + 8
WORDS = VARIABLES + 8
ARRAYS = WORDS + 32 + 4
F, G, D, E, M = (i * STRIDE for i in range(5))
FRAME_SIZE = (ARRAYS + 5 * STRIDE + 15) & ~15

U, V, Q, R = "s0", "s1", "s2", "s3"
ETA, MASK, MD, ME, INVERSE, AT, END, ANY = "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11"
LOW0, HIGH0, LOW1, HIGH1 = "a0", "a1", "a2", "a3"  # two sums of two words


def inverse(asm: Asm) -> None:
    """The 32 bytes that X(sp) points to become 1/x modulo those of MODULUS(sp), or 0; link ra.

    x is below the modulus, which is odd. The frame is the caller's; every register is lost.
    """
    asm.label("inverse")
    asm.sw("ra", VARIABLES, SP)
    asm.li(MASK, (1 << BITS) - 1)
    asm.say("f = m, g = x, d = 0, e = 1")
    asm.lw("t2", X, SP)
    asm.imm("addi", AT, SP, ARRAYS + G)
    asm.call("load")
    asm.lw("t2", MODULUS, SP)
    asm.imm("addi", AT, SP, ARRAYS + M)
    asm.call("load")
    asm.imm("addi", AT, SP, ARRAYS)
    for i in range(LIMBS):
        asm.lw("t0", M + 4 * i, AT)
        asm.sw("t0", F + 4 * i, AT)
        asm.sw(ZERO, D + 4 * i, AT)
        asm.sw(ZERO, E + 4 * i, AT)
    asm.li("t0", 1)
    asm.sw("t0", E, AT)
    asm.say("1/m modulo 2^30: m itself is right in 3 bits, and each round doubles that")
    asm.lw("t1", M, AT)
    asm.mv(INVERSE, "t1")
    for _ in range(4):
        asm.op("mul", "t0", "t1", INVERSE)
        asm.imm("addi", "t0", "t0", -2)
        asm.sub("t0", ZERO, "t0")
        asm.op("mul", INVERSE, INVERSE, "t0")
    asm.li(ETA, -1)
    asm.label("again")
    division_steps(asm)
    apply_to_fg(asm)
    apply_to_de(asm)
    asm.branch("bne", ANY, ZERO, "again")
    finish(asm)
    asm.lw("ra", VARIABLES, SP)
    asm.leave()
    load(asm)


def load(asm: Asm) -> None:
    """Limbs at AT from 32 bytes at t2, anywhere."""
    asm.label("load")
    asm.imm("addi", "t3", SP, WORDS)
    asm.imm("addi", "t4", SP, WORDS + 32)
    asm.label("load_word")
    asm.lbu("t0", 0, "t2")
    for i in (1, 2, 3):
        asm.lbu("t1", i, "t2")
        asm.shift("slli", "t1", "t1", 8 * i)
        asm.op("or", "t0", "t0", "t1")
    asm.sw("t0", 0, "t3")
    asm.imm("addi", "t2", "t2", 4)
    asm.imm("addi", "t3", "t3", 4)
    asm.branch("bne", "t3", "t4", "load_word")
    for i in range(LIMBS):
        if i:
            asm.lw("t0", WORDS + 4 * i - 4, SP)
            asm.shift("srli", "t0", "t0", 32 - 2 * i)
        if i < LIMBS - 1:
            asm.lw("t1", WORDS + 4 * i, SP)
            asm.shift("slli", "t1", "t1", 2 * i)
            if i:
                asm.op("or", "t0", "t0", "t1")
            else:
                asm.mv("t0", "t1")
        asm.op("and", "t0", "t0", MASK)
        asm.sw("t0", 4 * i, AT)
    asm.leave()


def division_steps(asm: Asm) -> None:
    """30 steps on f (a0) and g (a1); ETA is -(delta + 1/2)."""
    f, g, count, t = "a0", "a1", "a2", "a3"
    asm.say("30 division steps: u v q r = 1 0 0 1, f = a0, g = a1")
    asm.lw(f, ARRAYS + F, SP)
    asm.lw(g, ARRAYS + G, SP)
    for register, value in ((U, 1), (V, 0), (Q, 0), (R, 1), (count, BITS)):
        asm.li(register, value)
    asm.label("divide")
    asm.imm("andi", t, g, 1)
    asm.branch("beq", t, ZERO, "even")
    asm.branch("bge", ETA, ZERO, "same")
    asm.say("delta > 0: f, g = g, g - f")
    asm.imm("xori", ETA, ETA, -1)
    for x, y in ((f, g), (U, Q), (V, R)):
        asm.mv(t, y)
        asm.sub(y, y, x)
        asm.mv(x, t)
    asm.jump("even")
    asm.label("same")
    for x, y in ((f, g), (U, Q), (V, R)):
        asm.add(y, y, x)
    asm.say("g is even now: halve it, that is double u and v")
    asm.label("even")
    asm.shift("srai", g, g, 1)
    asm.shift("slli", U, U, 1)
    asm.shift("slli", V, V, 1)
    asm.imm("addi", ETA, ETA, -1)
    asm.imm("addi", count, count, -1)
    asm.branch("bne", count, ZERO, "divide")


def multiply_add(asm: Asm, low: str, high: str, a: str, b: str) -> None:
    """(high, low) += a * b, signed; t0 and t1 are lost."""
    asm.op("mul", "t0", a, b)
    asm.op("mulh", "t1", a, b)
    asm.add(low, low, "t0")
    asm.sltu("t0", low, "t0")
    asm.add(high, high, "t1")
    asm.add(high, high, "t0")


def limb(asm: Asm, low: str, high: str, array: int) -> None:
    """The lowest 30 bits of a sum go one limb down in the array (t2 too); what is above stays."""
    asm.op("and", "t2", low, MASK)
    asm.sw("t2", array - 4, AT)
    asm.shift("srli", low, low, BITS)
    asm.shift("slli", "t0", high, 32 - BITS)
    asm.op("or", low, low, "t0")
    asm.shift("srai", high, high, BITS)


def begin(asm: Asm) -> None:
    """Both sums are zero, the pointer is at limb 0."""
    for register in (LOW0, HIGH0, LOW1, HIGH1):
        asm.li(register, 0)
    asm.imm("addi", AT, SP, ARRAYS)
    asm.imm("addi", END, AT, 4 * LIMBS)


def apply_to_fg(asm: Asm) -> None:
    """f, g = (u f + v g, q f + r g) / 2^30; ANY = 0 when g is 0."""
    asm.say("f, g = (u f + v g, q f + r g) / 2^30")
    begin(asm)
    asm.li(ANY, 0)
    asm.label("fg")
    asm.lw("a4", F, AT)
    asm.lw("a5", G, AT)
    multiply_add(asm, LOW0, HIGH0, U, "a4")
    multiply_add(asm, LOW0, HIGH0, V, "a5")
    multiply_add(asm, LOW1, HIGH1, Q, "a4")
    multiply_add(asm, LOW1, HIGH1, R, "a5")
    limb(asm, LOW0, HIGH0, F)
    limb(asm, LOW1, HIGH1, G)
    asm.op("or", ANY, ANY, "t2")
    asm.imm("addi", AT, AT, 4)
    asm.branch("bne", AT, END, "fg")
    asm.sw(LOW0, F - 4, AT)
    asm.sw(LOW1, G - 4, AT)
    asm.op("or", ANY, ANY, LOW1)


def apply_to_de(asm: Asm) -> None:
    """d, e = (u d + v e + md m, q d + r e + me m) / 2^30.

    md and me make the lowest limbs zero, and hold d and e between -2m and m.
    """
    asm.say("md, me: m once more for each of d, e that is negative and taken")
    asm.lw("a4", ARRAYS + D + 4 * (LIMBS - 1), SP)
    asm.lw("a5", ARRAYS + E + 4 * (LIMBS - 1), SP)
    asm.shift("srai", "a4", "a4", 31)
    asm.shift("srai", "a5", "a5", 31)
    for target, x, y in ((MD, U, V), (ME, Q, R)):
        asm.op("and", "t0", x, "a4")
        asm.op("and", "t1", y, "a5")
        asm.add(target, "t0", "t1")
    asm.say("and what makes the lowest limb zero")
    asm.lw("a4", ARRAYS + D, SP)
    asm.lw("a5", ARRAYS + E, SP)
    for target, x, y in ((MD, U, V), (ME, Q, R)):
        asm.op("mul", "t0", x, "a4")
        asm.op("mul", "t1", y, "a5")
        asm.add("t0", "t0", "t1")
        asm.op("mul", "t0", "t0", INVERSE)
        asm.add("t0", "t0", target)
        asm.op("and", "t0", "t0", MASK)
        asm.sub(target, target, "t0")
    asm.say("d, e = (u d + v e + md m, q d + r e + me m) / 2^30")
    begin(asm)
    asm.label("de")
    asm.lw("a4", D, AT)
    asm.lw("a5", E, AT)
    asm.lw("a6", M, AT)
    for low, high, x, y, z in ((LOW0, HIGH0, U, V, MD), (LOW1, HIGH1, Q, R, ME)):
        multiply_add(asm, low, high, x, "a4")
        multiply_add(asm, low, high, y, "a5")
        multiply_add(asm, low, high, z, "a6")
    limb(asm, LOW0, HIGH0, D)
    limb(asm, LOW1, HIGH1, E)
    asm.imm("addi", AT, AT, 4)
    asm.branch("bne", AT, END, "de")
    asm.sw(LOW0, D - 4, AT)
    asm.sw(LOW1, E - 4, AT)


def finish(asm: Asm) -> None:
    """x = d with the sign of f, made 0 to m - 1: m is added to a negative d, before and after."""
    asm.say("the answer is d * sign(f): from between -2m and m to 0 ... m - 1, and into 8 words")
    asm.lw("a4", ARRAYS + F + 4 * (LIMBS - 1), SP)
    asm.shift("srai", "a4", "a4", 31)  # -1 to negate
    for i in range(2):
        asm.imm("addi", AT, SP, ARRAYS)
        asm.imm("addi", END, AT, 4 * LIMBS - 4)
        asm.lw("a5", D + 4 * (LIMBS - 1), AT)
        asm.shift("srai", "a5", "a5", 31)  # all ones to add m
        asm.li("a2", 0)
        asm.label(f"normal_{i}")
        asm.lw("t0", D, AT)
        asm.lw("t1", M, AT)
        asm.op("and", "t1", "t1", "a5")
        asm.add("t0", "t0", "t1")
        if i == 0:
            asm.op("xor", "t0", "t0", "a4")
            asm.sub("t0", "t0", "a4")
        asm.add("t0", "t0", "a2")
        asm.shift("srai", "a2", "t0", BITS)
        asm.op("and", "t1", "t0", MASK)
        asm.sw("t1", D, AT)
        asm.imm("addi", AT, AT, 4)
        asm.branch("bgeu", END, AT, f"normal_{i}")
        asm.sw("t0", D - 4, AT)  # the highest limb keeps its sign
    asm.lw("t2", X, SP)
    asm.imm("addi", AT, SP, ARRAYS + D)
    asm.lw("t0", 0, AT)
    for j in range(8):
        asm.lw("t1", 4 * j + 4, AT)
        if j:
            asm.shift("srli", "t0", "t0", 2 * j)
        asm.shift("slli", "t3", "t1", BITS - 2 * j)
        asm.op("or", "t0", "t0", "t3")
        for i in range(4):
            asm.store_byte("t0", 4 * j + i, "t2")
            asm.shift("srli", "t0", "t0", 8)
        asm.mv("t0", "t1")
