"""Keeping an element below 2^256, and making it canonical, in Xtensa instructions.

The same ways as in rv32_reduce: what left an element upwards comes back by adding the modulus's
`fold`, what was borrowed by subtracting it; both look first if the few words concerned take that
without a carry, and walk carries up only if not.

a8 is the element's address everywhere; a2 and a3 are kept. Routines are called by call0.
"""

from __future__ import annotations

from .rv32_field import C25519, PRIMES, WORDS, Prime
from .xtensa_asm import LINK, SP, Asm

TOP = 4 * (WORDS - 1)
OUT = "a6"  # what left the element: 1, 0 or -1


def reduction(asm: Asm, link: int) -> None:
    """Write `bump`, and for every field over, under, reduce. link: a place in the frame."""
    bump(asm)
    for prime in PRIMES:
        for name, sign in (("over", 1), ("under", -1)):
            fold(asm, prime, name, sign, link)
        if prime is C25519:
            reduce_c25519(asm, link)
        else:
            reduce_montgomery(asm, prime, link)


def bump(asm: Asm) -> None:
    """Add the small a5 to the word at a4 and the carry to those above, up to a7.

    What leaves the element, 1 or -1, is added to a6.
    """
    asm.say("bump: add a5 at a4, carry up to a7, add what is left to a6")
    asm.routine("bump")
    asm.load("a9", 0, "a4")
    asm.add("a10", "a9", "a5")
    asm.store("a10", 0, "a4")
    with asm.skip("bltz", "a5"):
        asm.branch("bgeu", "a10", "a9", target="bump_done")
        asm.movi("a5", 1)
        asm.jump("bump_on")
    asm.branch("bgeu", "a9", "a10", target="bump_done")
    asm.movi("a5", -1)
    asm.label("bump_on")
    asm.addi("a4", "a4", 4)
    asm.branch("bne", "a4", "a7", target="bump")
    asm.add(OUT, OUT, "a5")
    asm.label("bump_done")
    asm.leave()


def bumps(asm: Asm, amounts: list[tuple[int, int]]) -> None:
    """Add amounts to words with all carries; a6 = what leaves the element. a0 is lost."""
    asm.movi(OUT, 0)
    asm.addi("a7", "a8", 4 * WORDS)
    for word, amount in amounts:
        if word:
            asm.addi("a4", "a8", 4 * word)
        else:
            asm.mov("a4", "a8")
        asm.movi("a5", amount)
        asm.call("bump")


def leave(asm: Asm, link: int) -> None:
    """Return to the address that was kept in the frame."""
    asm.load(LINK, link, SP)
    asm.leave()


def fold(asm: Asm, prime: Prime, name: str, sign: int, link: int) -> None:
    """Element + sign * 2^256 = element + sign * fold."""
    amounts = [(word, sign * amount) for word, amount in prime.fold]
    slow = f"{name}_slow_{prime.name}"
    asm.say(f"{prime.name}: {'subtract' if sign > 0 else 'add'} the modulus, given a carry of it")
    asm.routine(f"{name}_{prime.name}")
    registers = [f"a{4 + i}" for i in range(len(amounts))]
    for register, (word, _) in zip(registers, amounts, strict=True):
        asm.load(register, 4 * word, "a8")
    for register, (_, amount) in zip(registers, amounts, strict=True):
        if amount in (1, -1):
            if amount < 0:
                asm.branch("beqz", register, target=slow)
            asm.addi(register, register, amount)
            if amount > 0:
                asm.branch("beqz", register, target=slow)
        else:
            asm.addi("a9", register, amount)
            first, second = ("a9", register) if amount > 0 else (register, "a9")
            asm.branch("bltu", first, second, target=slow)
            asm.mov(register, "a9")
    for register, (word, _) in zip(registers, amounts, strict=True):
        asm.store(register, 4 * word, "a8")
    asm.leave()
    asm.label(slow)
    asm.store(LINK, link, SP)
    again = asm.fresh("fold_again")
    asm.label(again)
    bumps(asm, amounts)
    asm.branch("bnez", OUT, target=again)
    leave(asm, link)


def reduce_montgomery(asm: Asm, prime: Prime, link: int) -> None:
    """Make the element canonical: below 2^256 < 2p it is p too much at most."""
    asm.say(f"{prime.name}: subtract p if nothing is borrowed; no try below 2^256 - 2^225")
    asm.routine(f"reduce_{prime.name}")
    asm.load("a4", TOP, "a8")
    asm.movi("a5", -2)
    with asm.skip("bgeu", "a4", "a5"):
        asm.leave()
    asm.store(LINK, link, SP)
    bumps(asm, list(prime.fold))
    with asm.skip("bnez", OUT):
        bumps(asm, [(word, -amount) for word, amount in prime.fold])
    leave(asm, link)


def clear_top(asm: Asm, register: str) -> None:
    """Clear the top bit of the register and store it as the element's top word."""
    asm.shift("slli", register, register, 1)
    asm.shift("srli", register, register, 1)
    asm.store(register, TOP, "a8")


def reduce_c25519(asm: Asm, link: int) -> None:
    """Make the element canonical: bit 255 is worth 19; then it may be p too much."""
    name = C25519.name
    asm.say(f"{name}: the carry of a product, into word 1")
    asm.routine(f"carry_{name}")
    asm.store(LINK, link, SP)
    bumps(asm, [(1, 1)])
    asm.load(LINK, link, SP)
    asm.branch("bnez", OUT, target=f"over_{name}")
    asm.leave()
    asm.say(f"{name}: bit 255 is worth 19")
    asm.routine(f"reduce_{name}")
    asm.store(LINK, link, SP)
    asm.load("a4", TOP, "a8")
    with asm.skip("bgez", "a4"):
        clear_top(asm, "a4")
        bumps(asm, [(0, 19)])
    asm.say("p or more if 19 more reach bit 255")
    bumps(asm, [(0, 19)])
    asm.load("a4", TOP, "a8")
    with asm.skip("bltz", "a4"):
        bumps(asm, [(0, -19)])
        leave(asm, link)
    clear_top(asm, "a4")
    leave(asm, link)
