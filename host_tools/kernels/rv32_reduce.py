"""Keeping an element below 2^256, and making it canonical, in RV32 instructions.

A modulus p (for 2^255 - 19: twice it) is 2^256 minus a `fold` of a few small words. So what left an
element upwards comes back by adding the fold (`over`), and what was borrowed by subtracting it
(`under`). Both look first if the words concerned take that without a carry, as nearly all do; only
then `bump` walks carries up, and the fold is applied again for as long as there is one.

s2 is the element's address everywhere; s0 and s1 are kept.
"""

from __future__ import annotations

from .rv32_asm import ZERO, Asm
from .rv32_field import C25519, PRIMES, WORDS, Prime

TOP = 4 * (WORDS - 1)


def reduction(asm: Asm) -> None:
    """Write `bump`, and for every field over, under, reduce."""
    bump(asm)
    for prime in PRIMES:
        for name, sign in (("over", 1), ("under", -1)):
            fold(asm, prime, name, sign)
        if prime is C25519:
            reduce_c25519(asm)
        else:
            reduce_montgomery(asm, prime)


def bump(asm: Asm) -> None:
    """Add the small a5 to the word at a4 and the carry to those above, up to a6; link t0.

    What leaves the element, 1 or -1, is added to a3.
    """
    asm.say("bump: add a5 at a4, carry up to a6, add what is left to a3; link t0")
    asm.label("bump")
    asm.lw("a0", 0, "a4")
    asm.add("a1", "a0", "a5")
    asm.sw("a1", 0, "a4")
    asm.branch("blt", "a5", ZERO, "bump_down")
    asm.branch("bgeu", "a1", "a0", "bump_done")
    asm.li("a5", 1)
    asm.jump("bump_on")
    asm.label("bump_down")
    asm.branch("bgeu", "a0", "a1", "bump_done")
    asm.li("a5", -1)
    asm.label("bump_on")
    asm.imm("addi", "a4", "a4", 4)
    asm.branch("bne", "a4", "a6", "bump")
    asm.add("a3", "a3", "a5")
    asm.label("bump_done")
    asm.leave("t0")


def bumps(asm: Asm, amounts: list[tuple[int, int]]) -> None:
    """Add amounts to words with all carries; a3 = what leaves the element."""
    asm.li("a3", 0)
    asm.imm("addi", "a6", "s2", 4 * WORDS)
    for word, amount in amounts:
        asm.imm("addi", "a4", "s2", 4 * word)
        asm.li("a5", amount)
        asm.call("bump", "t0")


def fold(asm: Asm, prime: Prime, name: str, sign: int) -> None:
    """Element + sign * 2^256 = element + sign * fold."""
    amounts = [(word, sign * amount) for word, amount in prime.fold]
    slow = f"{name}_slow_{prime.name}"
    asm.say(f"{prime.name}: {'subtract' if sign > 0 else 'add'} the modulus, given a carry of it")
    asm.label(f"{name}_{prime.name}")
    for i, (word, amount) in enumerate(amounts):
        register = f"a{i}"
        asm.lw(register, 4 * word, "s2")
        if amount < 0:
            asm.imm("sltiu", "a4", register, -amount)
            asm.branch("bne", "a4", ZERO, slow)
        asm.imm("addi", register, register, amount)
        if amount > 0:
            asm.imm("sltiu", "a4", register, amount)
            asm.branch("bne", "a4", ZERO, slow)
    for i, (word, _) in enumerate(amounts):
        asm.sw(f"a{i}", 4 * word, "s2")
    asm.leave()
    asm.label(slow)
    bumps(asm, amounts)
    asm.branch("bne", "a3", ZERO, slow)
    asm.leave()


def reduce_montgomery(asm: Asm, prime: Prime) -> None:
    """Make the element canonical: below 2^256 < 2p it is p too much at most."""
    asm.say(
        f"{prime.name}: subtract p if that is not below zero; not worth a try below 2^256 - 2^225"
    )
    asm.label(f"reduce_{prime.name}")
    asm.lw("a0", TOP, "s2")
    asm.li("a1", -2)
    done = asm.fresh("reduced")
    asm.branch("bltu", "a0", "a1", done)
    bumps(asm, list(prime.fold))
    asm.branch("bne", "a3", ZERO, done)
    bumps(asm, [(word, -amount) for word, amount in prime.fold])
    asm.label(done)
    asm.leave()


def reduce_c25519(asm: Asm) -> None:
    """Make the element canonical: bit 255 is worth 19; then it may be p too much."""
    name = C25519.name
    asm.say(f"{name}: the carry of a product, into word 1")
    asm.label(f"carry_{name}")
    bumps(asm, [(1, 1)])
    asm.branch("bne", "a3", ZERO, f"over_{name}")
    asm.leave()
    asm.say(f"{name}: bit 255 is worth 19")
    asm.label(f"reduce_{name}")
    asm.lw("a0", TOP, "s2")
    asm.shift("srli", "a5", "a0", 31)
    asm.shift("slli", "a0", "a0", 1)
    asm.shift("srli", "a0", "a0", 1)
    asm.sw("a0", TOP, "s2")
    asm.li("a1", 19)
    asm.op("mul", "a5", "a5", "a1")
    asm.mv("a4", "s2")
    asm.imm("addi", "a6", "s2", 4 * WORDS)
    asm.call("bump", "t0")
    asm.say("p or more if 19 more reach bit 255")
    bumps(asm, [(0, 19)])
    asm.lw("a0", TOP, "s2")
    done = asm.fresh("reduced")
    asm.branch("blt", "a0", ZERO, done)
    bumps(asm, [(0, -19)])
    asm.leave()
    asm.label(done)
    asm.shift("slli", "a0", "a0", 1)
    asm.shift("srli", "a0", "a0", 1)
    asm.sw("a0", TOP, "s2")
    asm.leave()
