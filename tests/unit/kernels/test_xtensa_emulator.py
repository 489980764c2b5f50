"""The Xtensa emulator by itself: meanings, counts, and the mistakes it must not let pass."""

from __future__ import annotations

import random
import struct

import pytest

from host_tools.kernels.xtensa_asm import SP, Asm
from host_tools.kernels.xtensa_decode import CONDITIONS, FORMULAS, DecodeError, decode
from host_tools.kernels.xtensa_emulator import EmulationError, Emulator

from .operands import WORDS

PROLOGUE = bytes.fromhex("3661000901")  # entry a1, 48; s32i.n a0, a1, 0
EPILOGUE = bytes.fromhex("08011df0")  # l32i.n a0, a1, 0; retw.n
FRAME = 4  # instructions of the two


def function(asm: Asm) -> Emulator:
    return Emulator(PROLOGUE + asm.code() + EPILOGUE)


def signed(value: int) -> int:
    return value - (value >> 31 << 32)


MEANINGS = {
    "add": lambda s, t: s + t,
    "addx2": lambda s, t: 2 * s + t,
    "addx4": lambda s, t: 4 * s + t,
    "addx8": lambda s, t: 8 * s + t,
    "sub": lambda s, t: s - t,
    "and": lambda s, t: s & t,
    "or": lambda s, t: s | t,
    "xor": lambda s, t: s ^ t,
    "mull": lambda s, t: s * t,
    "muluh": lambda s, t: s * t >> 32,
    "mulsh": lambda s, t: signed(s) * signed(t) >> 32,
    "src": lambda s, t: (s << 32 | t) >> 31,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_three_operands(name: str) -> None:
    asm, rng = Asm(), random.Random(name)
    asm.ssai(31)
    asm.op(name, "a2", "a3", "a4")
    machine = function(asm)
    pairs = [(s, t) for s in WORDS for t in WORDS]
    pairs += [(rng.getrandbits(32), rng.getrandbits(32)) for _ in range(500)]
    for s, t in pairs:
        assert machine.call(0, s, t) == MEANINGS[name](s, t) & 0xFFFFFFFF, (hex(s), hex(t))
    assert machine.instructions == FRAME + 2


def test_encodings_of_others() -> None:
    """As LLVM's tests of its Xtensa assembler have them; MicroPython has no such names."""
    asm = Asm()
    for name in ("mull", "muluh", "mulsh"):
        asm.op(name, "a4", "a5", "a6")
    assert asm.code().hex(" ", 3) == "604582 6045a2 6045b2"


COMPARISONS = {
    "eq": lambda s, t: s == t,
    "ne": lambda s, t: s != t,
    "ltu": lambda s, t: s < t,
    "geu": lambda s, t: s >= t,
    "lt": lambda s, t: signed(s) < signed(t),
    "ge": lambda s, t: signed(s) >= signed(t),
}


@pytest.mark.parametrize("name", [name for name in CONDITIONS if name not in ("bbci", "bbsi")])
def test_branches_and_their_counts(name: str) -> None:
    """A taken branch skips one instruction, and is counted as taken."""
    others = [5] if name.endswith("i") else [0] if name.endswith("z") else list(WORDS)
    meaning = COMPARISONS[name[1:].removesuffix("i").removesuffix("z")]
    asm = Asm()
    asm.movi("a2", 1)
    operands = {"i": ("a3", 5), "z": ("a3",)}.get(name[-1], ("a3", "a4"))
    with asm.skip(name, *operands):
        asm.movi("a2", 0)
    machine = function(asm)
    for s in (*WORDS, 4, 5, 6):
        for t in others:
            taken = meaning(s, t)
            assert machine.call(0, s, t) == taken, (hex(s), hex(t))
            assert machine.instructions == FRAME + 2 + (not taken)
            assert machine.taken == 1 + taken  # and retw


def test_a_loop_a_call_and_a_table_of_code() -> None:
    asm = Asm()
    asm.mov("a8", "a0")
    asm.movi("a2", 0)
    asm.label("again")
    asm.call("five")
    asm.addi("a3", "a3", -1)
    asm.branch("bnez", "a3", target="again")
    asm.call("far")
    asm.label("here")
    asm.routine("far")
    asm.distance("a0", "five", "here")
    asm.mov("a4", "a0")
    asm.call_at("a4")
    asm.mov("a0", "a8")
    asm.jump("end")
    asm.routine("five")
    asm.addi("a2", "a2", 5)
    asm.leave()
    asm.label("end")
    machine = function(asm)
    assert machine.call(0, 10) == 55
    assert machine.instructions == FRAME + 2 + 5 * 10 + 1 + 2 + 1 + 1 + 2 + 2
    assert machine.taken == 10 * 2 + 9 + 1 + 2 + 1 + 1


def wrong(asm: Asm, *arguments: int) -> str:
    with pytest.raises(EmulationError) as error:
        function(asm).call(*arguments)
    return str(error.value)


def test_faults() -> None:
    machine = Emulator(PROLOGUE + EPILOGUE)
    at = machine.place(bytes(16))
    for address, name, said in (
        (at + 2, "l32i", "misaligned"),
        (at + 1, "s16i", "misaligned"),
        (0, "l32i", "outside"),
        (0x4009_0000, "l32i", "outside"),  # the code itself
    ):
        asm = Asm()
        asm.load("a3", 0, "a2", name) if name[0] == "l" else asm.store("a3", 0, "a2", name)
        assert said in wrong(asm, address)


def test_the_stack_is_watched() -> None:
    for offset in (-4, 32, 44):  # below, the windows' save area, the same at its end
        asm = Asm()
        asm.addi("a3", SP, offset)
        asm.store("a2", 0, "a3")
        assert "overwritten" in wrong(asm, 1)
    asm = Asm()
    asm.movi("a3", 0)
    asm.store("a3", 0, SP)  # where the epilogue finds the return address
    assert "return address" in wrong(asm)
    asm = Asm()
    asm.addi("a3", SP, -8)
    asm.movsp(SP, "a3")
    asm.store("a0", 0, SP)
    assert "stack pointer" in wrong(asm)


def test_what_it_does_not_know() -> None:
    for code in ("000000", "f0ffff", "3da0", "8c00", "36"):
        with pytest.raises(DecodeError):
            decode(bytes.fromhex(code), 0)


def test_memory_is_little_endian() -> None:
    asm = Asm()
    asm.load("a3", 0, "a2")
    asm.load("a4", 4, "a2", "l16ui")
    asm.load("a5", 6, "a2", "l8ui")
    asm.add("a3", "a3", "a4")
    asm.add("a2", "a3", "a5")
    machine = function(asm)
    at = machine.place(struct.pack("<IHB", 0x01020304, 0x0506, 7))
    assert machine.call(at) == 0x01020304 + 0x0506 + 7
