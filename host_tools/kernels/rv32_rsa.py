"""Writes RSA's public operation, s^65537 modulo n, in RV32 instructions.

Numbers are words of 32 bits, little-endian, L of them, a multiple of 8. Everything is made of one
pass: 8 words a[0..7] in registers times a row of words b, added to t. Its cost is 70 instructions
a word of b, 8.75 a product.

Montgomery reduction goes by blocks of 8 words too: the block t[0..7] times -1/n modulo 2^256 is the
factor q of n that clears it. Values stay below 2^(32 L), not below n, until the end.

A square takes block I of x times itself and twice the blocks above it; so row D holds 2x, and block
I of it is overwritten with x's, and the bit that went up from it cleared, when I's turn comes.

s R modulo n, R = 2^(32 L), is made by shifting s up a word at a time, and taking off what the two
highest words say of n. For that n and s stand shifted to the top of L words.
"""

from __future__ import annotations

from .rv32_asm import SP, ZERO, Asm

BLOCK = 8
SQUARES = 16  # 65537 = 2^16 + 1

A = [f"a{i}" for i in range(BLOCK)]
W = [f"s{i + 2}" for i in range(BLOCK)]  # the part of the product that waits for the next b
ROW, TARGET, END, OFFSET = "s0", "s1", "s10", "s11"

SAVED = ["ra", *(f"s{i}" for i in range(12))]
_NAMES = "N X S D T NINV Q BYTES LENGTH BACK COUNT TIMES MODULUS"
FRAME = {name: 4 * (len(SAVED) + i) for i, name in enumerate(_NAMES.split())}
FRAME_SIZE = (4 * (len(SAVED) + len(FRAME)) + 15) & ~15


def work_size(size: int) -> int:
    """Give the bytes of `work` that a modulus of `size` bytes takes at most."""
    return 6 * size + 320


def rsa(asm: Asm) -> None:
    """a0: n, a1: s, big-endian; a2: their bytes; a3: work, whose first bytes become the result."""
    enter(asm)
    inverse(asm)
    start(asm)
    asm.say("X = s^65536 R, then s^65537")
    asm.li("t0", SQUARES)
    asm.call("squares", "t6")
    asm.call("multiply", "t6")
    asm.call("below_n", "t6")
    answer(asm)
    squares(asm)
    multiply(asm)
    reduce(asm)
    subtract(asm)
    one_pass(asm)
    read(asm)


def enter(asm: Asm) -> None:
    """Save registers, lay out `work`, read n and s."""
    asm.imm("addi", SP, SP, -FRAME_SIZE)
    for i, register in enumerate(SAVED):
        asm.sw(register, 4 * i, SP)
    asm.sw("a2", FRAME["BYTES"], SP)
    asm.say("t0 = bytes of a number: whole blocks")
    asm.imm("addi", "t0", "a2", 4 * BLOCK - 1)
    asm.imm("andi", "t0", "t0", -4 * BLOCK)
    asm.sw("t0", FRAME["LENGTH"], SP)
    asm.mv("t1", "a3")
    for name, extra in (("N", 0), ("X", 0), ("S", 0), ("D", 4), ("T", 8), ("NINV", 0), ("Q", 0)):
        asm.sw("t1", FRAME[name], SP)
        if name in ("NINV", "Q"):
            asm.imm("addi", "t1", "t1", 4 * BLOCK)
            continue
        asm.add("t1", "t1", "t0")
        if name == "T":
            asm.add("t1", "t1", "t0")
        if extra:
            asm.imm("addi", "t1", "t1", extra)
    asm.say("n and s as they are, and shifted to the top in D and X")
    asm.sub("a4", "t0", "a2")
    for number, low, high in (("a0", "N", "D"), ("a1", "S", "X")):
        for name, shift in ((low, ZERO), (high, "a4")):
            asm.lw("t1", FRAME[name], SP)
            asm.add("t2", number, ZERO)
            asm.add("t5", shift, ZERO)
            asm.call("read")


def read(asm: Asm) -> None:
    """Words at t1 from the big-endian bytes at t2, shifted up t5 bytes, with zeros around."""
    asm.label("read")
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.lw("t3", FRAME["BYTES"], SP)
    asm.add("t0", "t0", "t1")
    asm.add("t3", "t3", "t2")
    asm.add("t5", "t5", "t1")
    asm.branch("beq", "t1", "t5", "read_byte")
    asm.label("read_low")
    asm.store_byte(ZERO, 0, "t1")
    asm.imm("addi", "t1", "t1", 1)
    asm.branch("bne", "t1", "t5", "read_low")
    asm.label("read_byte")
    asm.imm("addi", "t3", "t3", -1)
    asm.lbu("t4", 0, "t3")
    asm.store_byte("t4", 0, "t1")
    asm.imm("addi", "t1", "t1", 1)
    asm.branch("bne", "t3", "t2", "read_byte")
    asm.branch("beq", "t1", "t0", "read_done")
    asm.label("read_zero")
    asm.store_byte(ZERO, 0, "t1")
    asm.imm("addi", "t1", "t1", 1)
    asm.branch("bne", "t1", "t0", "read_zero")
    asm.label("read_done")
    asm.leave()


def inverse(asm: Asm) -> None:
    """NINV = -1/n modulo 2^256 by x = x (2 + n x), which doubles the bits that are right."""
    asm.say("t1 = -1/n modulo 2^32: -n is right in 3 bits")
    asm.lw("t0", FRAME["N"], SP)
    asm.lw("t0", 0, "t0")
    asm.sub("t1", ZERO, "t0")
    for _ in range(4):
        asm.op("mul", "t2", "t0", "t1")
        asm.imm("addi", "t2", "t2", 2)
        asm.op("mul", "t1", "t1", "t2")
    asm.lw("s0", FRAME["NINV"], SP)
    asm.sw("t1", 0, "s0")
    for i in range(1, BLOCK):
        asm.sw(ZERO, 4 * i, "s0")
    asm.li(OFFSET, 3)
    asm.label("newton")
    asm.say("Q = 2 + n x")
    asm.lw("t1", FRAME["N"], SP)
    load(asm, "t1")
    asm.li("t0", 2)
    asm.call("low_product", "t6")
    asm.say("x = x Q, by way of registers")
    asm.lw("t1", FRAME["Q"], SP)
    load(asm, "t1")
    asm.li("t0", 0)
    asm.call("low_product", "t6")
    asm.lw("t1", FRAME["Q"], SP)
    load(asm, "t1")
    asm.lw("t1", FRAME["NINV"], SP)
    for i in range(BLOCK):
        asm.sw(A[i], 4 * i, "t1")
    asm.imm("addi", OFFSET, OFFSET, -1)
    asm.branch("bne", OFFSET, ZERO, "newton")


def start(asm: Asm) -> None:
    """X = s R modulo n, by way of n' = D and s' = X, both shifted to the top."""
    x, n, end, top, v, q = "s0", "s1", "s2", "s11", "s4", "s5"
    asm.say("v = (2^64 - 1) / (d + 1) - 2^32 of n's highest word d, bit by bit; 0 if d is all ones")
    asm.lw("s3", FRAME["LENGTH"], SP)
    asm.lw("t1", FRAME["D"], SP)
    asm.sw("t1", FRAME["MODULUS"], SP)
    asm.add("t1", "t1", "s3")
    asm.lw("t0", -4, "t1")
    asm.imm("addi", "t0", "t0", 1)
    asm.li(v, 0)
    asm.branch("beq", "t0", ZERO, "estimated")
    asm.imm("xori", "t1", "t0", -1)
    asm.li("t2", 32)
    asm.label("estimate")
    asm.shift("slli", v, v, 1)
    asm.shift("srli", "t3", "t1", 31)
    asm.shift("slli", "t1", "t1", 1)
    asm.imm("ori", "t1", "t1", 1)
    asm.branch("bne", "t3", ZERO, "estimate_one")
    asm.branch("bltu", "t1", "t0", "estimate_zero")
    asm.label("estimate_one")
    asm.sub("t1", "t1", "t0")
    asm.imm("ori", v, v, 1)
    asm.label("estimate_zero")
    asm.imm("addi", "t2", "t2", -1)
    asm.branch("bne", "t2", ZERO, "estimate")
    asm.label("estimated")

    asm.shift("srli", "s3", "s3", 2)
    asm.label("shift")
    asm.say("q = the highest words x1, x0 times (2^32 + v) / 2^64: what n goes in, or up to 5 less")
    asm.lw(x, FRAME["X"], SP)
    asm.lw(n, FRAME["D"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add(end, x, "t0")
    asm.lw("t1", -4, end)
    asm.lw("t2", -8, end)
    asm.wide("t3", q, "t1", v)
    asm.op("mulhu", "t4", "t2", v)
    asm.add("t4", "t4", "t2")
    asm.sltu("t5", "t4", "t2")
    asm.add("t3", "t3", "t4")
    asm.sltu("t4", "t3", "t4")
    for term in ("t1", "t5", "t4"):
        asm.add(q, q, term)
    asm.say("X = X 2^32 - q n', from the lowest word; t0 is the word below, t1 carry and borrow")
    asm.li("t0", 0)
    asm.li("t1", 0)
    asm.label("shift_word")
    asm.lw("t2", 0, n)
    asm.wide("t3", "t4", "t2", q)
    asm.add("t3", "t3", "t1")
    asm.sltu("t1", "t3", "t1")
    asm.add("t1", "t1", "t4")
    asm.sltu("t2", "t0", "t3")
    asm.add("t1", "t1", "t2")
    asm.sub("t2", "t0", "t3")
    asm.lw("t0", 0, x)
    asm.sw("t2", 0, x)
    asm.imm("addi", x, x, 4)
    asm.imm("addi", n, n, 4)
    asm.branch("bne", x, end, "shift_word")
    asm.say("what is left above, then what is not below n'")
    asm.sub(top, "t0", "t1")
    asm.label("shift_top")
    asm.branch("beq", top, ZERO, "shifted")
    asm.lw("t3", FRAME["X"], SP)
    asm.call("subtract")
    asm.sub(top, top, "t0")
    asm.jump("shift_top")
    asm.label("shifted")
    asm.call("below_n", "t6")
    asm.imm("addi", "s3", "s3", -1)
    asm.branch("bne", "s3", ZERO, "shift")

    asm.say("down again, by bytes")
    asm.lw("t0", FRAME["N"], SP)
    asm.sw("t0", FRAME["MODULUS"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.lw("t1", FRAME["BYTES"], SP)
    asm.sub("t1", "t0", "t1")
    asm.lw("t2", FRAME["X"], SP)
    asm.add("t0", "t0", "t2")
    asm.add("t1", "t1", "t2")
    asm.branch("beq", "t1", "t2", "down_done")
    asm.label("down")
    asm.lbu("t3", 0, "t1")
    asm.store_byte("t3", 0, "t2")
    asm.imm("addi", "t1", "t1", 1)
    asm.imm("addi", "t2", "t2", 1)
    asm.branch("bne", "t1", "t0", "down")
    asm.label("down_zero")
    asm.store_byte(ZERO, 0, "t2")
    asm.imm("addi", "t2", "t2", 1)
    asm.branch("bne", "t2", "t0", "down_zero")
    asm.label("down_done")


def subtract(asm: Asm) -> None:
    """`below_n`: subtract MODULUS from X while X is not below it; link t6.

    `subtract`: X = the number at t3 minus MODULUS, t0 = the borrow; link ra.
    """
    asm.label("below_n")
    asm.lw("t3", FRAME["X"], SP)
    asm.lw("s1", FRAME["MODULUS"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add("t1", "t3", "t0")
    asm.add("t2", "s1", "t0")
    asm.label("compare")
    asm.imm("addi", "t1", "t1", -4)
    asm.imm("addi", "t2", "t2", -4)
    asm.lw("t4", 0, "t1")
    asm.lw("t5", 0, "t2")
    asm.branch("bltu", "t4", "t5", "below")
    asm.branch("bne", "t4", "t5", "not_below")
    asm.branch("bne", "t1", "t3", "compare")
    asm.label("not_below")
    asm.call("subtract")
    asm.jump("below_n")
    asm.label("below")
    asm.leave("t6")

    asm.label("subtract")
    asm.lw("s0", FRAME["X"], SP)
    asm.lw("s1", FRAME["MODULUS"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add(END, "s0", "t0")
    asm.li("t0", 0)
    asm.label("subtract_word")
    asm.lw("t1", 0, "t3")
    asm.lw("t2", 0, "s1")
    asm.sltu("t4", "t1", "t2")
    asm.sub("t1", "t1", "t2")
    asm.sltu("t5", "t1", "t0")
    asm.sub("t1", "t1", "t0")
    asm.op("or", "t0", "t4", "t5")
    asm.sw("t1", 0, "s0")
    asm.imm("addi", "t3", "t3", 4)
    asm.imm("addi", "s1", "s1", 4)
    asm.imm("addi", "s0", "s0", 4)
    asm.branch("bne", "s0", END, "subtract_word")
    asm.leave()


def answer(asm: Asm) -> None:
    """The result's bytes, over n; then return."""
    asm.lw("t0", FRAME["X"], SP)
    asm.lw("t1", FRAME["N"], SP)
    asm.lw("t2", FRAME["BYTES"], SP)
    asm.add("t2", "t2", "t1")
    asm.label("write")
    asm.imm("addi", "t2", "t2", -1)
    asm.lbu("t3", 0, "t0")
    asm.store_byte("t3", 0, "t2")
    asm.imm("addi", "t0", "t0", 1)
    asm.branch("bne", "t2", "t1", "write")
    for i, register in enumerate(SAVED):
        asm.lw(register, 4 * i, SP)
    asm.imm("addi", SP, SP, FRAME_SIZE)
    asm.leave()


def load(asm: Asm, base: str) -> None:
    """The block at base into the registers A."""
    for i in range(BLOCK):
        asm.lw(A[i], 4 * i, base)


def squares(asm: Asm) -> None:
    """X = X^2 / R, t0 times; link t6."""
    asm.label("squares")
    asm.sw("t6", FRAME["BACK"], SP)
    asm.sw("t0", FRAME["COUNT"], SP)
    asm.label("square")
    asm.say("D = 2 X")
    asm.lw("t0", FRAME["X"], SP)
    asm.lw("t1", FRAME["D"], SP)
    asm.lw("t2", FRAME["LENGTH"], SP)
    asm.add("t2", "t2", "t0")
    asm.li("t3", 0)
    asm.label("twice")
    asm.lw("t4", 0, "t0")
    asm.shift("slli", "t5", "t4", 1)
    asm.op("or", "t5", "t5", "t3")
    asm.sw("t5", 0, "t1")
    asm.shift("srli", "t3", "t4", 31)
    asm.imm("addi", "t0", "t0", 4)
    asm.imm("addi", "t1", "t1", 4)
    asm.branch("bne", "t0", "t2", "twice")
    asm.sw("t3", 0, "t1")
    asm.call("clear", "t6")
    asm.li(OFFSET, 0)
    asm.label("square_block")
    asm.lw("t0", FRAME["X"], SP)
    asm.add("t0", "t0", OFFSET)
    load(asm, "t0")
    asm.lw("t1", FRAME["D"], SP)
    asm.add(ROW, "t1", OFFSET)
    for i in range(BLOCK):
        asm.sw(A[i], 4 * i, ROW)
    asm.lw("t0", 4 * BLOCK, ROW)
    asm.imm("andi", "t0", "t0", -2)
    asm.sw("t0", 4 * BLOCK, ROW)
    asm.say("the row ends with D's topmost bit, the target starts at twice the offset")
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add(END, "t1", "t0")
    asm.imm("addi", END, END, 4)
    asm.lw(TARGET, FRAME["T"], SP)
    asm.add(TARGET, TARGET, OFFSET)
    asm.add(TARGET, TARGET, OFFSET)
    asm.call("row")
    asm.imm("addi", OFFSET, OFFSET, 4 * BLOCK)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.branch("bne", OFFSET, "t0", "square_block")
    asm.call("reduce", "t6")
    asm.lw("t0", FRAME["COUNT"], SP)
    asm.imm("addi", "t0", "t0", -1)
    asm.sw("t0", FRAME["COUNT"], SP)
    asm.branch("bne", "t0", ZERO, "square")
    asm.lw("t6", FRAME["BACK"], SP)
    asm.leave("t6")


def multiply(asm: Asm) -> None:
    """X = X S / R; link t6."""
    asm.label("multiply")
    asm.sw("t6", FRAME["BACK"], SP)
    asm.call("clear", "t6")
    asm.li(OFFSET, 0)
    asm.label("multiply_block")
    asm.lw("t0", FRAME["X"], SP)
    asm.add("t0", "t0", OFFSET)
    load(asm, "t0")
    asm.lw(ROW, FRAME["S"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add(END, ROW, "t0")
    asm.lw(TARGET, FRAME["T"], SP)
    asm.add(TARGET, TARGET, OFFSET)
    asm.call("row")
    asm.imm("addi", OFFSET, OFFSET, 4 * BLOCK)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.branch("bne", OFFSET, "t0", "multiply_block")
    asm.call("reduce", "t6")
    asm.lw("t6", FRAME["BACK"], SP)
    asm.leave("t6")

    asm.say("T = 0; link t6")
    asm.label("clear")
    asm.lw("t0", FRAME["T"], SP)
    asm.lw("t1", FRAME["NINV"], SP)
    asm.label("clear_word")
    asm.sw(ZERO, 0, "t0")
    asm.imm("addi", "t0", "t0", 4)
    asm.branch("bne", "t0", "t1", "clear_word")
    asm.leave("t6")


def reduce(asm: Asm) -> None:
    """X = T / R modulo n, below 2^(32 L); link t6."""
    asm.label("reduce")
    asm.sw("t6", FRAME["TIMES"], SP)
    asm.li(OFFSET, 0)
    asm.label("reduce_block")
    asm.say("q = block * NINV, then T += q n")
    asm.lw("t1", FRAME["T"], SP)
    asm.add("t1", "t1", OFFSET)
    load(asm, "t1")
    asm.li("t0", 0)
    asm.call("low_product", "t6")
    asm.lw("t1", FRAME["Q"], SP)
    load(asm, "t1")
    asm.lw(ROW, FRAME["N"], SP)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.add(END, ROW, "t0")
    asm.lw(TARGET, FRAME["T"], SP)
    asm.add(TARGET, TARGET, OFFSET)
    asm.call("row")
    asm.imm("addi", OFFSET, OFFSET, 4 * BLOCK)
    asm.lw("t0", FRAME["LENGTH"], SP)
    asm.branch("bne", OFFSET, "t0", "reduce_block")
    asm.say("the upper half, less n if it has a carry")
    asm.lw("t6", FRAME["TIMES"], SP)
    asm.lw("t3", FRAME["T"], SP)
    asm.add("t3", "t3", "t0")
    asm.add("t1", "t3", "t0")
    asm.lw("t2", 0, "t1")
    asm.branch("beq", "t2", ZERO, "take_all")
    asm.call("subtract")
    asm.leave("t6")
    asm.label("take_all")
    asm.lw("s0", FRAME["X"], SP)
    asm.label("take")
    asm.lw("t2", 0, "t3")
    asm.sw("t2", 0, "s0")
    asm.imm("addi", "t3", "t3", 4)
    asm.imm("addi", "s0", "s0", 4)
    asm.branch("bne", "t3", "t1", "take")
    asm.leave("t6")

    asm.say("Q = t0 + A * NINV modulo 2^256; link t6")
    asm.label("low_product")
    asm.lw(TARGET, FRAME["Q"], SP)
    asm.sw("t0", 0, TARGET)
    for i in range(1, BLOCK):
        asm.sw(ZERO, 4 * i, TARGET)
    asm.lw(ROW, FRAME["NINV"], SP)
    asm.imm("addi", END, ROW, 4 * BLOCK)
    asm.call("pass_only")
    asm.leave("t6")


def one_pass(asm: Asm) -> None:
    """`row`: the words at TARGET += A * the words from ROW to END; `pass_only`: not what is above.

    Link ra, for `row` kept in t6.
    """
    b, low, high, carry = "t0", "t1", "t2", "t3"
    asm.label("row")
    asm.mv("t6", "ra")
    asm.call("pass_only")
    asm.say("what waits in W goes above, with its carry")
    for i in range(BLOCK):
        asm.lw(b, 4 * i, TARGET)
        asm.add(b, b, W[i])
        asm.sltu(low, b, W[i])
        if i:
            asm.add(b, b, carry)
            asm.sltu(carry, b, carry)
            asm.op("or", carry, carry, low)
        else:
            asm.mv(carry, low)
        asm.sw(b, 4 * i, TARGET)
    asm.label("row_carry")
    asm.branch("beq", carry, ZERO, "row_done")
    asm.lw(b, 4 * BLOCK, TARGET)
    asm.add(b, b, carry)
    asm.sltu(carry, b, carry)
    asm.sw(b, 4 * BLOCK, TARGET)
    asm.imm("addi", TARGET, TARGET, 4)
    asm.jump("row_carry")
    asm.label("row_done")
    asm.leave("t6")

    asm.label("pass_only")
    for register in W:
        asm.li(register, 0)
    asm.label("pass_word")
    asm.say("a[0] b: its low word completes a word of the target")
    asm.lw(b, 0, ROW)
    asm.wide(low, high, A[0], b)
    asm.lw(carry, 0, TARGET)
    asm.add(low, low, carry)
    asm.sltu(carry, low, carry)
    asm.add(high, high, carry)
    asm.add(low, low, W[0])
    asm.sltu(carry, low, W[0])
    asm.sw(low, 0, TARGET)
    asm.add(carry, high, carry)
    asm.say("the others, each one word further down than it was")
    for i in range(1, BLOCK):
        asm.wide(low, high, A[i], b)
        asm.add(low, low, carry)
        asm.sltu(carry, low, carry)
        asm.add(high, high, carry)
        asm.add(W[i - 1], W[i], low)
        asm.sltu(low, W[i - 1], low)
        asm.add(carry if i < BLOCK - 1 else W[i], high, low)
    asm.imm("addi", ROW, ROW, 4)
    asm.imm("addi", TARGET, TARGET, 4)
    asm.branch("bne", ROW, END, "pass_word")
    asm.leave()
