"""Writes the field machine for Xtensa, the module `gate.crypto.kernel_xtensa` of a board's build.

The contract is in docs/crypto.md. A register is 8 words of 32 bits, as in rv32_machine, whose
structure this follows: fetch a step, fetch an instruction, go to the field's routine, go on.

The chips are ESP32, S2 and S3: windowed registers, mull, muluh (32-bit multiplication, both words),
no carry. MicroPython's prologue leaves 12 bytes of stack, so the stack pointer is moved down by
movsp, as C compilers do it for alloca. The routines besides the machine are rv32_machine's, ported.

    python -m host_tools.kernels.xtensa_machine    prints it
"""

from __future__ import annotations

import sys
from functools import lru_cache

from . import rv32_machine
from .rv32_field import C25519, PRIMES, WORDS, Prime
from .xtensa_asm import LINK, SP, Asm
from .xtensa_field import multiply, square
from .xtensa_port import port
from .xtensa_reduce import reduction

# The wrappers are the same on both architectures.
TEMPLATE = (
    rv32_machine.TEMPLATE.replace("RV32IMC", "Xtensa")
    .replace("asm_rv32", "asm_xtensa")
    .replace("rv32_machine", "xtensa_machine")
)

# Words of the stack frame, in bytes from the stack pointer. The first has the return address.
_NAMES = "RETURN STEPS CODE REGS IO TABLE0 TABLE1 PC INDEX TARGET COUNT LINK"
ROUTINES = {"MULTIPLY": "multiply", "SQUARE": "square", "OVER": "over", "UNDER": "under"}
ROUTINES |= {"REDUCE": "reduce"}
FRAME = {name: 4 * i for i, name in enumerate([*_NAMES.split(), *ROUTINES])}
Q = 4 * len(FRAME)  # 8 words
FRAME_SIZE = (Q + 4 * WORDS + 15) & ~15
SLOTS = {"q": Q, "target": FRAME["TARGET"]}

PC, REGS = "a2", "a3"  # in `fetch`
OP, D, A, B = "a4", "a5", "a6", "a7"
TARGET, FIRST, SECOND = "a8", "a9", "a10"  # addresses of r[d], r[a], r[b]


def prologue(asm: Asm) -> None:
    """Make a frame, take the arguments, choose the field's routines."""
    asm.say("a2: field, steps, code, regs, io, tab0, tab1")
    asm.addi("a3", SP, -FRAME_SIZE)
    asm.movsp(SP, "a3")
    asm.store(LINK, FRAME["RETURN"], SP)
    for i in range(6):
        asm.load("a3", 4 * (i + 1), "a2")
        asm.store("a3", FRAME["STEPS"] + 4 * i, SP)
    asm.load("a2", 0, "a2")
    asm.say("a0 = where the code is")
    asm.call("found")
    asm.label("here")
    asm.routine("found")
    for prime in PRIMES:
        with asm.skip("bnei" if prime.number else "bnez", "a2", *[prime.number][: prime.number]):
            for entry, routine in ROUTINES.items():
                asm.mov("a3", LINK)
                asm.distance("a3", f"{routine}_{prime.name}", "here")
                asm.store("a3", FRAME[entry], SP)


def next_step(asm: Asm) -> None:
    """Fetch a step: load the table entry it names, find its program."""
    asm.label("step")
    asm.load("a2", FRAME["STEPS"], SP)
    asm.load(REGS, FRAME["REGS"], SP)
    asm.load("a11", FRAME["CODE"], SP)
    asm.load("a4", 0, "a2", "l8ui")
    asm.load("a5", 1, "a2", "l8ui")
    asm.addi("a2", "a2", 2)
    asm.movi("a6", 255)
    with asm.skip("bne", "a4", "a6"):
        asm.jump("leave")
    asm.store("a2", FRAME["STEPS"], SP)
    asm.store("a5", FRAME["INDEX"], SP)
    asm.extract("a6", "a4", 4, 2)
    asm.branch("beqz", "a6", target="loaded")

    asm.say("a6 = elements of an entry, a7 = the entry; bits of a4 choose")
    asm.shift("srli", "a6", "a4", 6)
    asm.add("a6", "a6", "a11")
    asm.load("a6", 0, "a6", "l8ui")
    asm.load("a7", FRAME["TABLE0"], SP)
    with asm.skip("bbci", "a4", 5):
        asm.load("a7", FRAME["TABLE1"], SP)
    asm.op("mull", "a5", "a5", "a6")
    asm.shift("slli", "a5", "a5", 5)
    asm.add("a7", "a7", "a5")
    asm.mov("a8", REGS)
    asm.extract("a9", "a7", 0, 2)
    asm.branch("bnez", "a9", target="load_bytes")
    asm.label("load")
    copy(asm, "a7", "a8", "a9", "a10")
    asm.addi("a7", "a7", 32)
    asm.addi("a8", "a8", 32)
    asm.addi("a6", "a6", -1)
    asm.branch("bnez", "a6", target="load")

    asm.say("a2 = the program")
    asm.label("loaded")
    asm.extract("a4", "a4", 0, 4)
    asm.op("addx2", "a4", "a4", "a11")
    asm.load("a5", 4, "a4", "l8ui")
    asm.load("a6", 5, "a4", "l8ui")
    asm.shift("slli", "a6", "a6", 8)
    asm.add("a5", "a5", "a6")
    asm.op("addx4", PC, "a5", "a11")
    asm.jump("fetch")

    asm.say("the same from an entry that is not aligned")
    asm.label("load_bytes")
    asm.shift("slli", "a6", "a6", 3)
    asm.label("load_word")
    asm.load("a9", 3, "a7", "l8ui")
    for i in (2, 1, 0):
        asm.load("a10", i, "a7", "l8ui")
        asm.shift("slli", "a9", "a9", 8)
        asm.op("or", "a9", "a9", "a10")
    asm.store("a9", 0, "a8")
    asm.addi("a7", "a7", 4)
    asm.addi("a8", "a8", 4)
    asm.addi("a6", "a6", -1)
    asm.branch("bnez", "a6", target="load_word")
    asm.jump("loaded")


def copy(asm: Asm, source: str, target: str, one: str, other: str) -> None:
    """Copy 8 words through two registers."""
    for i in range(0, WORDS, 2):
        asm.load(one, 4 * i, source)
        asm.load(other, 4 * i + 4, source)
        asm.store(one, 4 * i, target)
        asm.store(other, 4 * i + 4, target)


def dispatch(asm: Asm) -> None:
    """Fetch an instruction: `next` after a product, `fetch` with the registers PC and REGS."""
    asm.label("next")
    asm.load(PC, FRAME["PC"], SP)
    asm.load(REGS, FRAME["REGS"], SP)
    asm.label("fetch")
    for i, register in enumerate((OP, D, A, B)):
        asm.load(register, i, PC, "l8ui")
    asm.addi(PC, PC, 4)
    for register, element in ((D, TARGET), (A, FIRST), (B, SECOND)):
        asm.shift("slli", element, register, 5)
        asm.add(element, element, REGS)
    with asm.skip("bnei", OP, 1):
        asm.store(PC, FRAME["PC"], SP)
        asm.store(TARGET, FRAME["TARGET"], SP)
        asm.load("a4", FRAME["MULTIPLY"], SP)
        asm.jump_at("a4")
    with asm.skip("bnei", OP, 2):
        asm.store(PC, FRAME["PC"], SP)
        asm.store(TARGET, FRAME["TARGET"], SP)
        asm.store(B, FRAME["COUNT"], SP)
        asm.load("a4", FRAME["SQUARE"], SP)
        asm.jump_at("a4")
    for number, name in ((3, "op_add"), (4, "op_subtract"), (5, "op_in"), (6, "op_out")):
        with asm.skip("bnei", OP, number):
            asm.jump(name)
    asm.jump("step")

    asm.say("after a square: the next one is of the result")
    asm.label("squared")
    asm.load("a4", FRAME["COUNT"], SP)
    asm.load(FIRST, FRAME["TARGET"], SP)
    asm.addi("a4", "a4", -1)
    asm.branch("beqz", "a4", target="next")
    asm.store("a4", FRAME["COUNT"], SP)
    asm.load("a4", FRAME["SQUARE"], SP)
    asm.jump_at("a4")


def slots(asm: Asm) -> None:
    """IN and OUT: copy between a slot and a register; OUT makes the slot canonical."""
    for name, slot in (("op_in", A), ("op_out", D)):
        asm.label(name)
        asm.load("a11", FRAME["INDEX"], SP)
        asm.load("a12", FRAME["IO"], SP)
        asm.op("mull", "a11", "a11", B)
        asm.add("a11", "a11", slot)
        asm.shift("slli", "a11", "a11", 5)
        asm.add("a11", "a11", "a12")
        if name == "op_in":
            copy(asm, "a11", TARGET, "a4", "a5")
        else:
            copy(asm, FIRST, "a11", "a4", "a5")
            asm.mov("a8", "a11")
            asm.load("a4", FRAME["REDUCE"], SP)
            asm.call_at("a4")
        asm.jump("fetch")


def sums(asm: Asm) -> None:
    """ADD and SUB: word by word, in two copies, without and with a carry from the word below.

    Each word goes on in one or the other. What leaves the last one `over` or `under` brings home.
    """
    x, y = "a11", "a12"
    for name, op, routine in (("add", "add", "OVER"), ("subtract", "sub", "UNDER")):
        asm.label(f"op_{name}")
        for carry in (0, 1):
            for i in range(WORDS) if carry == 0 else range(1, WORDS):
                if i:
                    asm.label(f"{name}_{i}_{carry}")
                asm.load(x, 4 * i, FIRST)
                asm.load(y, 4 * i, SECOND)
                other = f"{name}_{i + 1}_{1 - carry}"
                if name == "add":
                    asm.op(op, x, x, y)
                    if carry:
                        asm.addi(x, x, 1)
                    asm.store(x, 4 * i, TARGET)
                    # without: the sum is below y if there was a carry; with: it is not above y
                    asm.branch("bltu", *((x, y) if carry == 0 else (y, x)), target=other)
                else:
                    asm.op(op, "a13", x, y)
                    if carry:
                        asm.addi("a13", "a13", -1)
                    asm.store("a13", 4 * i, TARGET)
                    asm.branch("bltu", *((x, y) if carry == 0 else (y, x)), target=other)
            if carry == 0:
                asm.label(f"{name}_{WORDS}_0")
                asm.jump("fetch")
        asm.label(f"{name}_{WORDS}_1")
        asm.load("a4", FRAME[routine], SP)
        asm.call_at("a4")
        asm.jump("fetch")


def leave(asm: Asm) -> None:
    """Go on to MicroPython's epilogue: it takes a0 from the stack and returns."""
    asm.label("leave")
    assert FRAME["RETURN"] == 0


def routines(asm: Asm, prime: Prime) -> None:
    """Product and square of one field, with the jump back into the machine."""
    for name, back, write in (("multiply", "next", multiply), ("square", "squared", square)):

        def end(branch: str, *operands: str, name: str = name, back: str = back) -> None:
            rare = f"{name}_{prime.name}_carry"
            asm.branch(branch, *operands, target=rare)
            asm.jump(back)
            asm.label(rare)
            asm.load("a8", FRAME["TARGET"], SP)
            asm.call(f"{'carry' if prime is C25519 else 'over'}_{prime.name}")
            asm.jump(back)

        asm.say(f"{prime.name}: {name}")
        asm.label(f"{name}_{prime.name}")
        write(asm, prime, end, SLOTS)


def machine(asm: Asm) -> None:
    """The field machine, as one function."""
    prologue(asm)
    next_step(asm)
    dispatch(asm)
    slots(asm)
    sums(asm)
    reduction(asm, FRAME["LINK"])
    for prime in PRIMES:
        routines(asm, prime)
    leave(asm)


# Loops of the ported routines that run most.
HOT = ("divide", "fg", "de", "pass_word")


@lru_cache(maxsize=1)
def functions() -> dict[str, tuple[int, Asm]]:
    """Each function's parameters and body: the field machine, and what rv32_machine has besides."""
    own = Asm()
    machine(own)
    found = {"_machine": (1, own)}
    for name, (parameters, body) in rv32_machine.FUNCTIONS.items():
        if name not in found:
            found[name] = parameters, port(body, parameters, HOT)
    return found


def module() -> str:
    """Give the kernel's text."""
    text = TEMPLATE
    for name, (parameters, asm) in functions().items():
        arguments = ", ".join(f"a{2 + i}" for i in range(parameters))
        text += f"\n\n@micropython.asm_xtensa\ndef {name}({arguments}):\n{asm.body()}"
    return text


if __name__ == "__main__":
    sys.stdout.write(module())
