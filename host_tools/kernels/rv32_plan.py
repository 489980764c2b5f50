"""Writes `plan` of the firmware's steps.py in RV32 instructions: scalars to the machine's steps.

The same bytes come out, for about a sixth of the instructions.
"""

from __future__ import annotations

from .rv32_asm import SP, ZERO, Asm

SAVED = ["ra", *(f"s{i}" for i in range(12))]
FRAME_SIZE = (4 * len(SAVED) + 15) & ~15
# The arguments in their order, then the state: where the next step goes, the column, whether any
# point has been added.
AT, FIELD, TEETH0, COLUMNS0, BITS0, TEETH1, COLUMNS1, BITS1, MINUS = (f"s{i}" for i in range(9))
COLUMN, STARTED, FIRST = "s9", "s10", "s11"
# Of one addend: its bits, teeth, columns, whether it is subtracted; its step and index.
BITS, TEETH, COLUMNS, NEGATE, STEP, INDEX = "a0", "a1", "a2", "a3", "a4", "a5"


def plan(asm: Asm) -> None:
    """a0: steps, field, t0, e0, b0, t1, e1, b1, minus as words; see the firmware's steps.plan."""
    asm.imm("addi", SP, SP, -FRAME_SIZE)
    for i, register in enumerate(SAVED):
        asm.sw(register, 4 * i, SP)
    for i in range(9):
        asm.lw(f"s{i}", 4 * i, "a0")
    asm.mv(FIRST, AT)
    asm.li(STARTED, 0)
    asm.mv(COLUMN, COLUMNS0)
    asm.branch("bgeu", COLUMNS0, COLUMNS1, "column")
    asm.mv(COLUMN, COLUMNS1)

    asm.label("column")
    asm.branch("beq", COLUMN, ZERO, "end")
    asm.imm("addi", COLUMN, COLUMN, -1)
    asm.branch("beq", STARTED, ZERO, "first")
    asm.say("double")
    asm.store_byte(ZERO, 0, AT)
    asm.store_byte(ZERO, 1, AT)
    asm.imm("addi", AT, AT, 2)
    asm.say("the comb of tab0")
    asm.label("first")
    asm.branch("bgeu", COLUMN, COLUMNS0, "second")
    for target, source in ((BITS, BITS0), (TEETH, TEETH0), (COLUMNS, COLUMNS0)):
        asm.mv(target, source)
    asm.li(NEGATE, 0)
    asm.li(STEP, 16)
    asm.call("comb")
    asm.say("the comb of tab1, or a digit of its wNAF")
    asm.label("second")
    asm.branch("beq", TEETH1, ZERO, "digit")
    asm.branch("bgeu", COLUMN, COLUMNS1, "column")
    for target, source in ((BITS, BITS1), (TEETH, TEETH1), (COLUMNS, COLUMNS1), (NEGATE, MINUS)):
        asm.mv(target, source)
    asm.li(STEP, 32)
    asm.call("comb")
    asm.jump("column")
    digit(asm)
    comb(asm)
    emit(asm)
    end(asm)


def digit(asm: Asm) -> None:
    """A wNAF digit: a signed byte, zero or odd; (|digit| - 1) / 2 is the index."""
    asm.label("digit")
    asm.add("t0", BITS1, COLUMN)
    asm.lbu(INDEX, 0, "t0")
    asm.branch("beq", INDEX, ZERO, "column")
    asm.shift("srli", "t0", INDEX, 7)
    asm.op("xor", NEGATE, "t0", MINUS)
    asm.branch("beq", "t0", ZERO, "positive")
    asm.li("t1", 256)
    asm.sub(INDEX, "t1", INDEX)
    asm.label("positive")
    asm.shift("srli", INDEX, INDEX, 1)
    asm.li(STEP, 32)
    asm.li("t0", 2)
    asm.branch("bne", FIELD, "t0", "narrow")
    asm.li(STEP, 96 + 4)  # a wide entry, ADD_WIDE
    asm.label("narrow")
    asm.call("emit")
    asm.jump("column")


def comb(asm: Asm) -> None:
    """The signed column of a comb: the highest tooth's sign first, then the others against it."""
    bit, place, left, sign = "t0", "t1", "t2", "t3"

    def fetch() -> None:
        asm.shift("srli", bit, place, 3)
        asm.add(bit, bit, BITS)
        asm.lbu(bit, 0, bit)
        asm.imm("andi", "t4", place, 7)
        asm.op("srl", bit, bit, "t4")
        asm.imm("andi", bit, bit, 1)

    asm.label("comb")
    asm.imm("addi", left, TEETH, -1)
    asm.op("mul", place, left, COLUMNS)
    asm.add(place, place, COLUMN)
    fetch()
    asm.imm("xori", sign, bit, 1)
    asm.li(INDEX, 0)
    asm.label("tooth")
    asm.sub(place, place, COLUMNS)
    fetch()
    asm.op("xor", bit, bit, sign)
    asm.shift("slli", INDEX, INDEX, 1)
    asm.op("or", INDEX, INDEX, bit)
    asm.imm("addi", left, left, -1)
    asm.branch("bne", left, ZERO, "tooth")
    asm.op("xor", NEGATE, NEGATE, sign)


def emit(asm: Asm) -> None:
    """A step that adds or subtracts; the first one sets, or on Edwards curves adds to (0, 1)."""
    asm.label("emit")
    asm.branch("bne", STARTED, ZERO, "emit_add")
    asm.li(STARTED, 1)
    asm.li("t0", 2)
    asm.branch("beq", FIELD, "t0", "identity")
    asm.imm("addi", STEP, STEP, 3)  # SET
    asm.jump("emit_step")
    asm.label("identity")
    asm.li("t0", 3)  # IDENTITY
    asm.store_byte("t0", 0, AT)
    asm.store_byte(ZERO, 1, AT)
    asm.imm("addi", AT, AT, 2)
    asm.label("emit_add")
    asm.imm("addi", STEP, STEP, 1)
    asm.label("emit_step")
    asm.add(STEP, STEP, NEGATE)
    asm.store_byte(STEP, 0, AT)
    asm.store_byte(INDEX, 1, AT)
    asm.imm("addi", AT, AT, 2)
    asm.leave()


def end(asm: Asm) -> None:
    """The end mark; on Edwards curves, the variants that keep xy where an addition follows."""
    asm.label("end")
    asm.li("t0", 255)
    asm.store_byte("t0", 0, AT)
    asm.li("t1", 2)
    asm.branch("bne", FIELD, "t1", "leave")
    asm.li("t1", 3)  # IDENTITY has xy
    asm.label("look")
    asm.branch("beq", FIRST, AT, "leave")
    asm.lbu("t2", 2, FIRST)
    asm.imm("addi", FIRST, FIRST, 2)
    asm.branch("beq", "t2", "t0", "look")
    asm.imm("andi", "t2", "t2", 48)
    asm.branch("beq", "t2", ZERO, "look")
    asm.lbu("t2", -2, FIRST)
    asm.branch("beq", "t2", "t1", "look")
    asm.imm("ori", "t2", "t2", 8)
    asm.store_byte("t2", -2, FIRST)
    asm.jump("look")
    asm.label("leave")
    for i, register in enumerate(SAVED):
        asm.lw(register, 4 * i, SP)
    asm.imm("addi", SP, SP, FRAME_SIZE)
    asm.leave()
