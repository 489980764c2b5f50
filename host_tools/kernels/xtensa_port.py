"""Writes routines that stand as RV32 instructions (rv32_scalars, rv32_rsa, ...) in Xtensa's.

Such a routine is recorded instruction by instruction and each is replaced by one or a few of
Xtensa's. The RV32 registers that are used most, loops counted more, get registers; the others live
in the stack frame. A carry (sltu) that is only added or subtracted becomes a branch over an
increment. What is written so is right for the same reasons as on RV32, needs no second author, and
is about half as fast as by hand; the field machine, where the time goes, is not made so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from . import rv32_asm, xtensa_recorder
from .rv32_asm import SP as RV_SP
from .rv32_asm import ZERO as RV_ZERO
from .xtensa_asm import LINK, SP, Asm
from .xtensa_recorder import Op, Recorder, homes

SCRATCH = ["a13", "a14", "a15"]
INVERSE = {"beq": "bne", "blt": "bge", "bltu": "bgeu"}
INVERSE |= {other: name for name, other in INVERSE.items()}
INVERSE |= {"beqz": "bnez", "bnez": "beqz", "bltz": "bgez", "bgez": "bltz"}
INVERSE |= {"blti": "bgei", "bgei": "blti"}


class Porter:
    """One routine. `far`: branches, by number, whose target is too far for a branch."""

    def __init__(
        self, ops: list[Op], parameters: int, weights: dict[str, float], far: set[int]
    ) -> None:
        self.asm = Asm()
        self._ops = ops
        self._far = far
        self._branches: list[str] = []  # the label of each
        self._home, self._slot = homes(parameters, weights)
        self._own = (4 * (len(self._slot) + 1) + 15) & ~15  # bytes below the routine's own frame
        self._called = {op.target for op in ops if op.name == "call"}
        self._prologue(parameters)
        before: Op | None = None
        for op in ops:
            self._write(op, before)
            before = before if op.name == "say" else op
        self.asm.label("epilogue")

    def _prologue(self, parameters: int) -> None:
        size = self._own + xtensa_recorder.frame_size(self._ops)
        self._add("a15", SP, -size)
        self.asm.movsp(SP, "a15")
        self.asm.store(LINK, 0, SP)
        for i in range(parameters):
            if f"a{i}" in self._slot:
                self.asm.store(f"a{i + 2}", self._slot[f"a{i}"], SP)

    def _read(self, register: str, scratch: int) -> str:
        """A register with the value of an RV32 register."""
        if register == RV_ZERO:
            self.asm.movi(SCRATCH[scratch], 0)
            return SCRATCH[scratch]
        if register in self._home:
            return self._home[register]
        self.asm.load(SCRATCH[scratch], self._slot[register], SP)
        return SCRATCH[scratch]

    def _target(self, register: str, scratch: int) -> str:
        """Where to put the value of an RV32 register before `_done`."""
        return self._home.get(register, SCRATCH[scratch])

    def _done(self, register: str, at: str) -> None:
        if register in self._slot:
            self.asm.store(at, self._slot[register], SP)

    def _base(self, register: str, at: int) -> tuple[str, int]:
        """A memory operand's base register and offset."""
        if register == RV_SP:
            return SP, at + self._own
        base = self._read(register, 0)
        if at < 0:
            self.asm.addi(SCRATCH[0], base, at)
            return SCRATCH[0], 0
        return base, at

    def _write(self, op: Op, before: Op | None) -> None:
        if op.name == "label":
            self._label(op.target, before)
        elif op.name == "say":
            self.asm.say(op.target)
        elif op.name == "jump":
            self.asm.jump(op.target)
        elif op.name == "exit":
            self._exit()
        elif op.name != "frame":
            writer: Callable[[Op], None] = getattr(self, f"_{op.name}")
            writer(op)

    def _label(self, name: str, before: Op | None) -> None:
        if name in self._called:
            if before is not None and before.name not in ("jump", "leave", "exit"):
                self.asm.jump(name)
            self.asm.routine(name)
        else:
            self.asm.label(name)

    def _exit(self) -> None:
        """Return what is in a0."""
        result = self._read("a0", 0) if "a0" in self._home or "a0" in self._slot else "a2"
        if result != "a2":
            self.asm.mov("a2", result)
        self.asm.jump("epilogue")

    def _three(self, op: Op) -> None:
        d, a, b = op.registers
        target = self._target(d, 2)
        if op.operation == "sub" and a == RV_ZERO:
            self.asm.neg(target, self._read(b, 1))
        elif op.operation in ("add", "sub", "or") and b == RV_ZERO:
            self.asm.mov(target, self._read(a, 0))
        elif op.operation == "srl":
            self.asm.shift_by(target, self._read(a, 0), self._read(b, 1))
        else:
            name = {"mul": "mull", "mulhu": "muluh", "mulh": "mulsh"}.get(op.operation)
            self.asm.op(name or op.operation, target, self._read(a, 0), self._read(b, 1))
        self._done(d, target)

    def _wide(self, op: Op) -> None:
        low, high, a, b = op.registers
        x, y = self._read(a, 0), self._read(b, 1)
        target = self._target(low, 2)
        self.asm.op("mull", target, x, y)
        self._done(low, target)
        target = self._target(high, 2)
        self.asm.op("muluh", target, x, y)
        self._done(high, target)

    def _sltu(self, op: Op) -> None:
        d, a, b = op.registers
        x, y = self._read(a, 0), self._read(b, 1)
        target = self._target(d, 2)
        if target in (x, y):
            target = SCRATCH[2]
        self.asm.movi(target, 1)
        with self.asm.skip("bltu", x, y):
            self.asm.movi(target, 0)
        if d in self._home and self._home[d] != target:
            self.asm.mov(self._home[d], target)
        self._done(d, target)

    def _count(self, op: Op) -> None:
        """d = c plus op.value if a is below b."""
        d, c, a, b = op.registers
        target = self._target(d, 2)
        source = self._read(c, 2)
        if target != source:
            self.asm.mov(target, source)
        with self.asm.skip("bgeu", self._read(a, 0), self._read(b, 1)):
            self.asm.addi(target, target, op.value)
        self._done(d, target)

    def _imm(self, op: Op) -> None:
        d, a = op.registers
        target, value = self._target(d, 2), op.value
        if op.operation == "addi":
            source = SP if a == RV_SP else self._read(a, 0)
            value += self._own if a == RV_SP else 0
            self._add(target, source, value)
        elif op.operation == "andi" and value > 0 and value & value + 1 == 0:
            self.asm.extract(target, self._read(a, 0), 0, value.bit_length())
        elif op.operation == "sltiu":
            raise AssertionError("sltiu is not used by the routines")
        else:
            source = self._read(a, 0)
            self.asm.movi(SCRATCH[1], value)
            self.asm.op(op.operation.removesuffix("i"), target, source, SCRATCH[1])
        self._done(d, target)

    def _add(self, target: str, source: str, value: int) -> None:
        """target = source + value."""
        low = (value & 255 ^ 128) - 128
        if value - low:
            self.asm.addi(target, source, value - low)
            source = target
        if low or source != target:
            if low:
                self.asm.addi(target, source, low)
            else:
                self.asm.mov(target, source)

    def _shift(self, op: Op) -> None:
        d, a = op.registers
        target = self._target(d, 2)
        source = self._read(a, 0)
        if op.value:
            self.asm.shift(op.operation, target, source, op.value)
        elif target != source:
            self.asm.mov(target, source)
        self._done(d, target)

    def _li(self, op: Op) -> None:
        target, value = self._target(op.registers[0], 2), op.value
        if -2048 <= value < 2048:
            self.asm.movi(target, value)
        else:
            assert value & value + 1 == 0, "only ones in the lowest bits"
            self.asm.movi(target, -1)
            self.asm.shift("srli", target, target, 32 - value.bit_length())
        self._done(op.registers[0], target)

    def _mv(self, op: Op) -> None:
        d, a = op.registers
        if d in self._slot:
            self.asm.store(self._read(a, 0), self._slot[d], SP)
        elif a in self._slot:
            self.asm.load(self._home[d], self._slot[a], SP)
        else:
            self.asm.mov(self._home[d], self._home[a])

    def _load(self, op: Op) -> None:
        d, base = op.registers
        register, at = self._base(base, op.value)
        target = self._target(d, 2)
        self.asm.load(target, at, register, "l32i" if op.operation == "lw" else "l8ui")
        self._done(d, target)

    def _store(self, op: Op) -> None:
        source, base = op.registers
        register, at = self._base(base, op.value)
        self.asm.store(
            self._read(source, 1), at, register, "s32i" if op.operation == "sw" else "s8i"
        )

    def _branch(self, op: Op) -> None:
        a, b = op.registers
        name = op.operation
        operands: tuple[str, ...] = (a, b)
        if b == RV_ZERO:
            name, operands = name + "z", (a,)
        elif a == RV_ZERO and name in ("blt", "bge"):
            # 0 < b, 0 >= b
            name, operands = {"blt": "bgei", "bge": "blti"}[name], (b, "1")
        assert name in INVERSE, f"{op.operation} {a} {b}"
        read = [o if o == "1" else self._read(o, i) for i, o in enumerate(operands)]
        number = len(self._branches)
        self._branches.append(op.target)
        if number in self._far:
            with self.asm.skip(INVERSE[name], *read):
                self.asm.jump(op.target)
        else:
            self.asm.branch(name, *read, target=op.target)

    def _call(self, op: Op) -> None:
        (link,) = op.registers
        if link == "ra":
            self.asm.call(op.target)
            return
        # The return address goes to another register; a0 is kept.
        back, here = self.asm.fresh("back"), self.asm.fresh("here")
        found = self.asm.fresh("found")
        self.asm.mov(SCRATCH[0], LINK)
        self.asm.call(found)
        self.asm.label(here)
        self.asm.routine(found)
        target = self._target(link, 2)
        self.asm.mov(target, LINK)
        self.asm.distance(target, back, here)
        self._done(link, target)
        self.asm.mov(LINK, SCRATCH[0])
        self.asm.jump(op.target)
        self.asm.label(back)

    def _leave(self, op: Op) -> None:
        (link,) = op.registers
        if link == "ra":
            self.asm.leave()
        else:
            self.asm.jump_at(self._read(link, 0))

    def too_far(self) -> set[int]:
        """Branches that must be written the other way."""
        wrong = self.asm.out_of_range()
        number = 0
        found = set()
        for item in self.asm.items:
            if item.name in INVERSE and not item.target.startswith("skip_"):
                while number in self._far:
                    number += 1
                if id(item) in wrong:
                    found.add(number)
                number += 1
        return found


def port(body: Callable[[rv32_asm.Asm], None], parameters: int, hot: tuple[str, ...]) -> Asm:
    """The routine in Xtensa's instructions. hot: labels of loops that run most."""
    recorder = Recorder()
    body(recorder)
    ops = xtensa_recorder.simplified(recorder.ops)
    weights: dict[str, float] = defaultdict(float)
    for op, weight in zip(ops, xtensa_recorder.weights(ops, hot), strict=True):
        for register in (*op.defines, *op.uses):
            weights[register] += weight
    far: set[int] = set()
    while True:
        porter = Porter(ops, parameters, dict(weights), far)
        more = porter.too_far()
        if not more:
            return porter.asm
        far |= more
