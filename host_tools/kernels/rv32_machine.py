"""Writes the field machine for RV32IMC, the module `gate.crypto.kernel_rv32` of a board's build.

The contract is in docs/crypto.md. A register is 8 words of 32 bits, in fields 0 and 1 in Montgomery
form with R = 2^256: the packed form itself, except that a register may hold any value below 2^256.

    python -m host_tools.kernels.rv32_machine    prints it
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from .rv32_asm import SP, ZERO, Asm
from .rv32_field import C25519, PRIMES, WORDS, Prime, multiply, square
from .rv32_hash import sha512_rounds, sm3_rounds
from .rv32_plan import plan
from .rv32_reduce import reduction
from .rv32_rsa import rsa
from .rv32_scalars import scalars

A = [f"a{i}" for i in range(WORDS)]  # the first operand's words
B = ["t3", "t4", "t5", "t6", "s8", "s9", "s10", "s11"]  # the second operand's

# Words of the stack frame, in bytes from sp. The first 13 are saved registers.
SAVED = ["ra", *(f"s{i}" for i in range(12))]
_NAMES = "STEPS CODE REGS IO TABLE0 TABLE1 PC INDEX TARGET COUNT MULTIPLY SQUARE OVER UNDER REDUCE"
FRAME = {name: 4 * (len(SAVED) + i) for i, name in enumerate(_NAMES.split())}
FRAME_SIZE = 4 * (len(SAVED) + len(FRAME)) + 15 & ~15

TEMPLATE = '''"""Field machine in RV32IMC assembler: made by host_tools.kernels.rv32_machine.

Do not edit: change the generator. The contract is in docs/crypto.md.
"""

from array import array

NAME = "asm_rv32"
FIELDS = (0, 1, 2)  # P-256, SM2, 2^255 - 19
SIZE = 32  # bytes of a register

_arguments = array("I", bytes(36))


@micropython.viper
def run(
    field: int, code: ptr8, steps: ptr8, regs: ptr8, io: ptr8, tab0: ptr8, tab1: ptr8
):
    """Run the steps on the register file; see docs/crypto.md."""
    a = ptr32(_arguments)
    a[0] = field
    a[1] = int(uint(steps))
    a[2] = int(uint(code))
    a[3] = int(uint(regs))
    a[4] = int(uint(io))
    a[5] = int(uint(tab0))
    a[6] = int(uint(tab1))
    _machine(_arguments)


@micropython.viper
def plan(
    steps: ptr8,
    field: int,
    t0: int,
    e0: int,
    b0: ptr8,
    t1: int,
    e1: int,
    b1: ptr8,
    minus: int,
):
    """Write the steps of two products; see steps.plan."""
    a = ptr32(_arguments)
    a[0] = int(uint(steps))
    a[1] = field
    a[2] = t0
    a[3] = e0
    a[4] = int(uint(b0))
    a[5] = t1
    a[6] = e1
    a[7] = int(uint(b1))
    a[8] = minus
    _plan(_arguments)


def invert(x, m):
    """Replace x by 1/x modulo m, or by 0; see docs/crypto.md."""
    ecdsa(x, m, 0, 0)
'''


def prologue(asm: Asm) -> None:
    """Save the caller's registers, take the arguments, choose the field's routines."""
    asm.say("a0: field, steps, code, regs, io, tab0, tab1")
    asm.imm("addi", SP, SP, -FRAME_SIZE)
    for i, register in enumerate(SAVED):
        asm.sw(register, 4 * i, SP)
    for i in range(6):
        asm.lw("a1", 4 * (i + 1), "a0")
        asm.sw("a1", FRAME["STEPS"] + 4 * i, SP)
    asm.lw("a0", 0, "a0")
    for prime in PRIMES:
        other = asm.fresh("field")
        asm.li("a1", prime.number)
        asm.branch("bne", "a0", "a1", other)
        for entry, routine in (
            ("MULTIPLY", "multiply"),
            ("SQUARE", "square"),
            ("OVER", "over"),
            ("UNDER", "under"),
            ("REDUCE", "reduce"),
        ):
            asm.address("a2", f"{routine}_{prime.name}")
            asm.sw("a2", FRAME[entry], SP)
        asm.label(other)


def next_step(asm: Asm) -> None:
    """Fetch a step: load the table entry it names, find its program."""
    asm.label("step")
    asm.lw("s0", FRAME["STEPS"], SP)
    asm.lbu("a0", 0, "s0")
    asm.li("a1", 255)
    asm.branch("beq", "a0", "a1", "leave")
    asm.lbu("a2", 1, "s0")
    asm.imm("addi", "s0", "s0", 2)
    asm.sw("s0", FRAME["STEPS"], SP)
    asm.sw("a2", FRAME["INDEX"], SP)
    asm.lw("s0", FRAME["CODE"], SP)
    asm.lw("s1", FRAME["REGS"], SP)
    asm.imm("andi", "a1", "a0", 48)
    asm.branch("beq", "a1", ZERO, "loaded")

    asm.say("a3 = elements of an entry, a4 = the entry; bits of a0 choose")
    asm.shift("srli", "a3", "a0", 6)
    asm.add("a3", "a3", "s0")
    asm.lbu("a3", 0, "a3")
    asm.lw("a4", FRAME["TABLE0"], SP)
    asm.imm("andi", "a1", "a0", 32)
    asm.branch("beq", "a1", ZERO, "table")
    asm.lw("a4", FRAME["TABLE1"], SP)
    asm.label("table")
    asm.op("mul", "a2", "a2", "a3")
    asm.shift("slli", "a2", "a2", 5)
    asm.add("a4", "a4", "a2")
    asm.mv("a5", "s1")
    asm.imm("andi", "a1", "a4", 3)
    asm.branch("bne", "a1", ZERO, "load_bytes")
    asm.label("load")
    copy(asm, "a4", "a5")
    asm.imm("addi", "a4", "a4", 32)
    asm.imm("addi", "a5", "a5", 32)
    asm.imm("addi", "a3", "a3", -1)
    asm.branch("bne", "a3", ZERO, "load")

    asm.say("s0 = the program")
    asm.label("loaded")
    asm.imm("andi", "a0", "a0", 15)
    asm.shift("slli", "a0", "a0", 1)
    asm.add("a0", "a0", "s0")
    asm.lbu("a1", 4, "a0")
    asm.lbu("a2", 5, "a0")
    asm.shift("slli", "a2", "a2", 8)
    asm.add("a1", "a1", "a2")
    asm.shift("slli", "a1", "a1", 2)
    asm.add("s0", "s0", "a1")
    asm.jump("fetch")

    asm.say("the same from an entry that is not aligned")
    asm.label("load_bytes")
    asm.shift("slli", "a3", "a3", 3)
    asm.label("load_word")
    asm.lbu("a1", 0, "a4")
    for i in (1, 2, 3):
        asm.lbu("a2", i, "a4")
        asm.shift("slli", "a2", "a2", 8 * i)
        asm.op("or", "a1", "a1", "a2")
    asm.sw("a1", 0, "a5")
    asm.imm("addi", "a4", "a4", 4)
    asm.imm("addi", "a5", "a5", 4)
    asm.imm("addi", "a3", "a3", -1)
    asm.branch("bne", "a3", ZERO, "load_word")
    asm.jump("loaded")


def copy(asm: Asm, source: str, target: str) -> None:
    """Copy 8 words; a1 and a2 are lost."""
    for i in range(0, WORDS, 2):
        asm.lw("a1", 4 * i, source)
        asm.lw("a2", 4 * i + 4, source)
        asm.sw("a1", 4 * i, target)
        asm.sw("a2", 4 * i + 4, target)


def dispatch(asm: Asm) -> None:
    """Fetch an instruction: `next` after any other, `fetch` with s0, s1 = pc, registers."""
    asm.label("next")
    asm.lw("s0", FRAME["PC"], SP)
    asm.lw("s1", FRAME["REGS"], SP)
    asm.label("fetch")
    asm.lbu("a3", 0, "s0")
    asm.lbu("a0", 1, "s0")
    asm.lbu("a1", 2, "s0")
    asm.lbu("a2", 3, "s0")
    asm.imm("addi", "s0", "s0", 4)
    asm.say("s2 = r[d], s3 = r[a]")
    asm.shift("slli", "s2", "a0", 5)
    asm.add("s2", "s2", "s1")
    asm.shift("slli", "s3", "a1", 5)
    asm.add("s3", "s3", "s1")
    asm.imm("addi", "a3", "a3", -2)
    asm.branch("beq", "a3", ZERO, "op_square")
    asm.branch("blt", "a3", ZERO, "op_multiply")
    asm.say("s4 = r[b]")
    asm.shift("slli", "s4", "a2", 5)
    asm.add("s4", "s4", "s1")
    asm.imm("addi", "a3", "a3", -2)
    asm.branch("blt", "a3", ZERO, "op_add")
    asm.branch("beq", "a3", ZERO, "op_subtract")
    op_slots(asm)


def op_slots(asm: Asm) -> None:
    """IN and OUT: copy between a slot and a register; OUT makes the slot canonical."""
    asm.imm("addi", "a3", "a3", -1)
    asm.lw("a4", FRAME["INDEX"], SP)
    asm.op("mul", "a4", "a4", "a2")
    asm.lw("a5", FRAME["IO"], SP)
    asm.branch("bne", "a3", ZERO, "op_out")
    asm.add("a4", "a4", "a1")
    asm.shift("slli", "a4", "a4", 5)
    asm.add("a4", "a4", "a5")
    copy(asm, "a4", "s2")
    asm.jump("fetch")

    asm.label("op_out")
    asm.add("a4", "a4", "a0")
    asm.shift("slli", "a4", "a4", 5)
    asm.add("a4", "a4", "a5")
    copy(asm, "s3", "a4")
    asm.mv("s2", "a4")
    asm.lw("a0", FRAME["REDUCE"], SP)
    asm.call_at("a0")
    asm.jump("fetch")


def op_products(asm: Asm) -> None:
    """MUL and SQR: load the operands' words and go to the field's routine."""
    asm.label("op_multiply")
    asm.imm("addi", "a3", "a3", 1)
    asm.branch("bne", "a3", ZERO, "step")  # END
    asm.sw("s0", FRAME["PC"], SP)
    asm.sw("s2", FRAME["TARGET"], SP)
    asm.shift("slli", "s4", "a2", 5)
    asm.add("s4", "s4", "s1")
    for i in range(WORDS):
        asm.lw(A[i], 4 * i, "s3")
    for i in range(WORDS):
        asm.lw(B[i], 4 * i, "s4")
    asm.lw("ra", FRAME["MULTIPLY"], SP)
    asm.leave()

    asm.label("op_square")
    asm.sw("s0", FRAME["PC"], SP)
    asm.sw("s2", FRAME["TARGET"], SP)
    asm.sw("a2", FRAME["COUNT"], SP)
    asm.label("square")
    for i in range(WORDS):
        asm.lw(A[i], 4 * i, "s3")
    asm.lw("ra", FRAME["SQUARE"], SP)
    asm.leave()
    asm.say("after a square: the next one is of the result")
    asm.label("squared")
    asm.lw("a0", FRAME["COUNT"], SP)
    asm.imm("addi", "a0", "a0", -1)
    asm.branch("beq", "a0", ZERO, "next")
    asm.sw("a0", FRAME["COUNT"], SP)
    asm.lw("s3", FRAME["TARGET"], SP)
    asm.jump("square")


def op_sums(asm: Asm) -> None:
    """ADD and SUB: word by word with a carry (a3), which `over` or `under` brings home."""
    asm.say("r[a] + r[a]: each word shifted, with the bit from below")
    asm.label("op_double")
    for i in range(WORDS):
        asm.lw("a0", 4 * i, "s3")
        asm.shift("slli", "a1", "a0", 1)
        if i:
            asm.op("or", "a1", "a1", "a3")
        asm.sw("a1", 4 * i, "s2")
        asm.shift("srli", "a3", "a0", 31)
    finish_sum(asm, "OVER")

    asm.label("op_add")
    asm.branch("beq", "s3", "s4", "op_double")
    for i in range(WORDS):
        asm.lw("a0", 4 * i, "s3")
        asm.lw("a1", 4 * i, "s4")
        asm.add("a0", "a0", "a1")
        asm.sltu("a2" if i else "a3", "a0", "a1")
        if i:
            asm.add("a0", "a0", "a3")
            asm.sltu("a3", "a0", "a3")
            asm.op("or", "a3", "a3", "a2")
        asm.sw("a0", 4 * i, "s2")
    finish_sum(asm, "OVER")

    asm.label("op_subtract")
    for i in range(WORDS):
        asm.lw("a0", 4 * i, "s3")
        asm.lw("a1", 4 * i, "s4")
        asm.sltu("a2", "a0", "a1")
        asm.sub("a0", "a0", "a1")
        if i:
            asm.sltu("a4", "a0", "a3")
            asm.sub("a0", "a0", "a3")
            asm.op("or", "a3", "a4", "a2")
        else:
            asm.mv("a3", "a2")
        asm.sw("a0", 4 * i, "s2")
    finish_sum(asm, "UNDER")


def finish_sum(asm: Asm, routine: str) -> None:
    """Bring a carry or borrow home, then go on."""
    asm.branch("beq", "a3", ZERO, "fetch")
    asm.lw("a0", FRAME[routine], SP)
    asm.call_at("a0")
    asm.jump("fetch")


def leave(asm: Asm) -> None:
    """Give the caller's registers back and return."""
    asm.label("leave")
    for i, register in enumerate(SAVED):
        asm.lw(register, 4 * i, SP)
    asm.imm("addi", SP, SP, FRAME_SIZE)
    asm.leave()


def routines(asm: Asm, prime: Prime) -> None:
    """Product and square of one field, with the jump back into the machine."""
    target = FRAME["TARGET"]
    for name, back in (("multiply", "next"), ("square", "squared")):
        # What is rarely needed stands first: conditional jumps go backwards here (see Asm).
        rare = asm.fresh("carry")
        asm.label(rare)
        asm.lw("s2", target, SP)
        asm.call(f"carry_{prime.name}" if prime is C25519 else f"over_{prime.name}")
        asm.jump(back)
        asm.say(f"{prime.name}: {name}")
        asm.label(f"{name}_{prime.name}")
        if name == "multiply":
            carry = multiply(asm, prime, A, B, target)
        else:
            carry = square(asm, prime, A, target)
        asm.branch("bne", carry, ZERO, rare)
        asm.jump(back)


def machine(asm: Asm) -> None:
    """The field machine, as one function."""
    prologue(asm)
    next_step(asm)
    dispatch(asm)
    op_products(asm)
    op_sums(asm)
    leave(asm)
    reduction(asm)
    for prime in PRIMES:
        routines(asm, prime)


FUNCTIONS: dict[str, tuple[int, Callable[[Asm], None]]] = {  # parameters, body
    "_machine": (1, machine),
    "_plan": (1, plan),
    "ecdsa": (4, scalars),
    "rsa": (4, rsa),
    "sha512_rounds": (3, sha512_rounds),
    "sm3_rounds": (3, sm3_rounds),
}


def module() -> str:
    """Give the kernel's text."""
    text = TEMPLATE
    for name, (parameters, body) in FUNCTIONS.items():
        asm = Asm()
        body(asm)
        arguments = ", ".join(f"a{i}" for i in range(parameters))
        text += f"\n\n@micropython.asm_rv32\ndef {name}({arguments}):\n{asm.body()}"
    return text


if __name__ == "__main__":
    sys.stdout.write(module())
