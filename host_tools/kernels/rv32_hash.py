"""Writes the compressions of SHA-512 (FIPS 180-4 6.4.2) and SM3 (GB/T 32905 5.3), in RV32 code.

They take the arguments of `_rounds` in the firmware's sha512.py and sm3.py and do the same.
"""

from __future__ import annotations

from .rv32_asm import SP, ZERO, Asm

Pair = tuple[str, str]  # the high and the low word of a 64-bit number

SAVED = [f"s{i}" for i in range(12)]
# SHA-512's frame: the saved registers, then a window of 16 + 8 pairs: round t finds a..h at
# window + 8 (15 - t), leaves the next a just before them and the next e in the place of d.
WINDOW = 4 * len(SAVED)
SHA512_FRAME = (WINDOW + 8 * 24 + 15) & ~15
SM3_FRAME = (4 * len(SAVED) + 15) & ~15


def enter(asm: Asm, size: int) -> None:
    """Make a frame and save the registers in it."""
    asm.imm("addi", SP, SP, -size)
    for i, register in enumerate(SAVED):
        asm.sw(register, 4 * i, SP)


def leave(asm: Asm, size: int) -> None:
    """Give the registers and the frame back and return."""
    for i, register in enumerate(SAVED):
        asm.lw(register, 4 * i, SP)
    asm.imm("addi", SP, SP, size)
    asm.leave()


def load(asm: Asm, d: Pair, at: int, base: str) -> None:
    """d = the 64-bit number at base + at, high word first."""
    asm.lw(d[0], at, base)
    asm.lw(d[1], at + 4, base)


def store(asm: Asm, d: Pair, at: int, base: str) -> None:
    """The 64-bit number at base + at = d."""
    asm.sw(d[0], at, base)
    asm.sw(d[1], at + 4, base)


def add(asm: Asm, d: Pair, a: Pair, t: str) -> None:
    """d += a, modulo 2^64; t is lost."""
    asm.add(d[1], d[1], a[1])
    asm.sltu(t, d[1], a[1])
    asm.add(d[0], d[0], a[0])
    asm.add(d[0], d[0], t)


def sigma(asm: Asm, d: Pair, x: Pair, rotations: tuple[int, ...], shift: int, t: str) -> None:
    """d = the exclusive or of x rotated right by each rotation and, if not 0, shifted right."""
    for word in (0, 1):
        first = True
        for n in rotations:
            here, other = (x[word], x[1 - word]) if n < 32 else (x[1 - word], x[word])
            for name, source, amount in (("srli", here, n % 32), ("slli", other, 32 - n % 32)):
                asm.shift(name, d[word] if first else t, source, amount)
                if not first:
                    asm.op("xor", d[word], d[word], t)
                first = False
        if shift:
            asm.shift("srli", t, x[word], shift)
            asm.op("xor", d[word], d[word], t)
            if word == 1:
                asm.shift("slli", t, x[0], 32 - shift)
                asm.op("xor", d[word], d[word], t)


def sha512_rounds(asm: Asm) -> None:
    """a0: state, 8 pairs; a1: work, the block's 16 pairs from byte 64 on, and room for 64 more.

    a2: the 80 constants.
    """
    t1, t2, x, y, e = ("s0", "s1"), ("s2", "s3"), ("s4", "s5"), ("s6", "s7"), ("s8", "s9")
    t, at, words, groups, end = "t0", "t1", "t2", "t3", "t4"
    enter(asm, SHA512_FRAME)
    asm.imm("addi", words, "a1", 64)
    asm.imm("addi", end, words, 8 * 64)
    asm.say("the schedule: W[t + 16] = W[t] + s0(W[t + 1]) + W[t + 9] + s1(W[t + 14])")
    asm.label("schedule")
    load(asm, t1, 0, words)
    load(asm, x, 8, words)
    sigma(asm, y, x, (1, 8), 7, t)
    add(asm, t1, y, t)
    load(asm, x, 72, words)
    add(asm, t1, x, t)
    load(asm, x, 112, words)
    sigma(asm, y, x, (19, 61), 6, t)
    add(asm, t1, y, t)
    store(asm, t1, 128, words)
    asm.imm("addi", words, words, 8)
    asm.branch("bne", words, end, "schedule")
    asm.li(groups, 5)
    asm.imm("addi", words, "a1", 64)
    asm.say("a..h = the state")
    asm.imm("addi", at, SP, WINDOW + 8 * 16)
    for i in range(8):
        load(asm, x, 8 * i, "a0")
        store(asm, x, 8 * i, at)
    asm.label("group")
    asm.imm("addi", end, words, 128)

    asm.label("round")
    asm.say("T1 = h + S1(e) + Ch(e, f, g) + K + W")
    load(asm, t1, 56, at)
    load(asm, e, 32, at)
    sigma(asm, x, e, (14, 18, 41), 0, t)
    add(asm, t1, x, t)
    load(asm, x, 40, at)
    load(asm, y, 48, at)
    for i in (0, 1):
        asm.op("xor", x[i], x[i], y[i])
        asm.op("and", x[i], x[i], e[i])
        asm.op("xor", x[i], x[i], y[i])
    add(asm, t1, x, t)
    load(asm, x, 0, "a2")
    add(asm, t1, x, t)
    load(asm, x, 0, words)
    add(asm, t1, x, t)
    asm.say("e = d + T1")
    load(asm, x, 24, at)
    add(asm, x, t1, t)
    store(asm, x, 24, at)
    asm.say("a = T1 + S0(a) + Maj(a, b, c)")
    load(asm, e, 0, at)
    sigma(asm, t2, e, (28, 34, 39), 0, t)
    add(asm, t1, t2, t)
    load(asm, x, 8, at)
    load(asm, y, 16, at)
    for i in (0, 1):
        asm.op("xor", t2[i], x[i], y[i])
        asm.op("and", t2[i], t2[i], e[i])
        asm.op("and", x[i], x[i], y[i])
        asm.op("xor", x[i], x[i], t2[i])
    add(asm, t1, x, t)
    store(asm, t1, -8, at)
    asm.imm("addi", at, at, -8)
    asm.imm("addi", "a2", "a2", 8)
    asm.imm("addi", words, words, 8)
    asm.branch("bne", words, end, "round")

    asm.say("a..h back to the window's end")
    for i in reversed(range(8)):
        load(asm, x, 8 * i, at)
        store(asm, x, 8 * i + 128, at)
    asm.imm("addi", at, at, 128)
    asm.imm("addi", groups, groups, -1)
    asm.branch("bne", groups, ZERO, "group")

    asm.say("state += a..h")
    for i in range(8):
        load(asm, x, 8 * i, "a0")
        load(asm, y, 8 * i, at)
        add(asm, x, y, t)
        store(asm, x, 8 * i, "a0")
    leave(asm, SHA512_FRAME)


def rotate(asm: Asm, d: str, a: str, n: int, t: str) -> None:
    """d = a rotated left by n; t is lost and is neither."""
    asm.shift("srli", t, a, 32 - n)
    asm.shift("slli", d, a, n)
    asm.op("or", d, d, t)


def sm3_rounds(asm: Asm) -> None:
    """a0: state, 8 words; a1: the block's 16 words and room for 52 more; a2: two constants T."""
    names = [f"s{i}" for i in range(8)]
    a, b, c, d, e, f, g, h = names
    x, y, r, t = "t0", "t1", "t2", "t3"
    words, end, constant = "a3", "a4", "a5"
    enter(asm, SM3_FRAME)
    asm.say("W[j+16] = P1(W[j] ^ W[j+7] ^ W[j+13] <<< 15) ^ W[j+3] <<< 7 ^ W[j+10]")
    asm.mv(words, "a1")
    asm.imm("addi", end, "a1", 4 * 52)
    asm.label("expand")
    asm.lw(x, 52, words)
    rotate(asm, x, x, 15, t)
    for at in (0, 28):
        asm.lw(y, at, words)
        asm.op("xor", x, x, y)
    for n in (15, 23):
        rotate(asm, y if n == 15 else r, x, n, t)
    asm.op("xor", x, x, y)
    asm.op("xor", x, x, r)
    asm.lw(y, 12, words)
    rotate(asm, y, y, 7, t)
    asm.op("xor", x, x, y)
    asm.lw(y, 40, words)
    asm.op("xor", x, x, y)
    asm.sw(x, 64, words)
    asm.imm("addi", words, words, 4)
    asm.branch("bne", words, end, "expand")

    for i, register in enumerate(names):
        asm.lw(register, 4 * i, "a0")
    asm.mv(words, "a1")
    for part, rounds in ((0, 16), (1, 48)):
        asm.lw(constant, 4 * part, "a2")
        if part:
            rotate(asm, constant, constant, 16, t)
        asm.imm("addi", end, words, 4 * rounds)
        asm.label(f"round_{part}")
        asm.say("r = A <<< 12, x = SS1, r = SS2")
        rotate(asm, r, a, 12, t)
        asm.add(x, r, e)
        asm.add(x, x, constant)
        rotate(asm, x, x, 7, t)
        asm.op("xor", r, r, x)
        asm.say("y = FF + D + SS2 + W', x = GG + H + SS1 + W")
        if part:
            asm.op("or", y, a, b)
            asm.op("and", y, y, c)
            asm.op("and", t, a, b)
            asm.op("or", y, y, t)
        else:
            asm.op("xor", y, a, b)
            asm.op("xor", y, y, c)
        asm.add(y, y, d)
        asm.add(y, y, r)
        asm.lw(r, 0, words)
        asm.add(x, x, r)
        asm.lw(t, 16, words)
        asm.op("xor", r, r, t)
        asm.add(y, y, r)
        asm.add(x, x, h)
        asm.op("xor", t, f, g)
        if part:
            asm.op("and", t, t, e)
            asm.op("xor", t, t, g)
        else:
            asm.op("xor", t, t, e)
        asm.add(x, x, t)
        asm.say("shift the registers on; E = P0(x)")
        asm.mv(d, c)
        rotate(asm, c, b, 9, t)
        asm.mv(b, a)
        asm.mv(a, y)
        asm.mv(h, g)
        rotate(asm, g, f, 19, t)
        asm.mv(f, e)
        rotate(asm, e, x, 9, t)
        asm.op("xor", e, e, x)
        rotate(asm, y, x, 17, t)
        asm.op("xor", e, e, y)
        rotate(asm, constant, constant, 1, t)
        asm.imm("addi", words, words, 4)
        asm.branch("bne", words, end, f"round_{part}")

    asm.say("state ^= A..H")
    for i, register in enumerate(names):
        asm.lw(t, 4 * i, "a0")
        asm.op("xor", t, t, register)
        asm.sw(t, 4 * i, "a0")
    leave(asm, SM3_FRAME)
