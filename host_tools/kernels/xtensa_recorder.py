"""RV32 instructions as data, for xtensa_port: recorded, simplified by what is used later,
and their registers given homes."""

from __future__ import annotations

from dataclasses import dataclass

from . import rv32_asm
from .rv32_asm import SP, ZERO
from .xtensa_asm import LINK

LOOP = 8.0  # how much more an instruction in a loop weighs
HOT = 64.0
HOMES = [f"a{i}" for i in range(2, 13)]  # the Xtensa registers that RV32's live in


@dataclass(frozen=True)
class Op:
    """An instruction: the kind, the operation within it, registers (defined ones first)."""

    name: str
    operation: str = ""
    registers: tuple[str, ...] = ()
    value: int = 0
    target: str = ""  # a label; of `say`: the text
    results: int = 0  # how many of the registers are defined

    @property
    def defines(self) -> list[str]:
        """The registers that it sets."""
        return [r for r in self.registers[: self.results] if r not in (ZERO, SP)]

    @property
    def uses(self) -> list[str]:
        """The registers that it reads."""
        return [r for r in self.registers[self.results :] if r not in (ZERO, SP)]


class Recorder(rv32_asm.Asm):
    """Takes what a routine's writer says."""

    def __init__(self) -> None:
        super().__init__()
        self.ops: list[Op] = []

    def say(self, text: str) -> None:
        self.ops.append(Op("say", target=text))

    def label(self, name: str) -> None:
        self.ops.append(Op("label", target=name))

    def op(self, name: str, d: str, a: str, b: str) -> None:
        self.ops.append(Op("three", name, (d, a, b), results=1))

    def sltu(self, d: str, a: str, b: str) -> None:
        self.ops.append(Op("sltu", "", (d, a, b), results=1))

    def wide(self, low: str, high: str, a: str, b: str) -> None:
        self.ops.append(Op("wide", "", (low, high, a, b), results=2))

    def imm(self, name: str, d: str, a: str, value: int) -> None:
        self.ops.append(Op("imm", name, (d, a), value, results=1))

    def shift(self, name: str, d: str, a: str, value: int) -> None:
        self.ops.append(Op("shift", name, (d, a), value, results=1))

    def li(self, d: str, value: int) -> None:
        self.ops.append(Op("li", "", (d,), value, results=1))

    def mv(self, d: str, a: str) -> None:
        self.ops.append(Op("mv", "", (d, a), results=1))

    def lw(self, r: str, at: int, base: str) -> None:
        self.ops.append(Op("load", "lw", (r, base), at, results=1))

    def lbu(self, r: str, at: int, base: str) -> None:
        self.ops.append(Op("load", "lbu", (r, base), at, results=1))

    def sw(self, r: str, at: int, base: str) -> None:
        self.ops.append(Op("store", "sw", (r, base), at))

    def store_byte(self, r: str, at: int, base: str) -> None:
        self.ops.append(Op("store", "sb", (r, base), at))

    def branch(self, name: str, a: str, b: str, target: str) -> None:
        self.ops.append(Op("branch", name, (a, b), target=target))

    def jump(self, target: str) -> None:
        self.ops.append(Op("jump", target=target))

    def call(self, target: str, link: str = "ra") -> None:
        self.ops.append(Op("call", "", (link,), target=target, results=1))

    def leave(self, register: str = "ra") -> None:
        self.ops.append(Op("leave", "", (register,)))

    def call_at(self, register: str) -> None:
        raise AssertionError("not used by the routines")

    def address(self, d: str, target: str) -> None:
        raise AssertionError("not used by the routines")


def frame_size(ops: list[Op]) -> int:
    """Bytes of the frame that the routine makes."""
    (size,) = {op.value for op in ops if op.name == "frame"}
    return size


def simplified(ops: list[Op]) -> list[Op]:
    """Without saved registers, with carries counted at once."""
    return _counted(_without_saves(ops))


def _without_saves(ops: list[Op]) -> list[Op]:
    """The windows keep the caller's registers: only the frame is made, and `exit` leaves it."""

    def moves_sp(op: Op, sign: int) -> bool:
        return op.registers == (SP, SP) and op.name == "imm" and op.value * sign > 0

    def is_save(op: Op) -> bool:
        register, base = op.registers if op.name == "store" else ("", "")
        return base == SP and (register == "ra" or register[:1] == "s")

    (start,) = [i for i, op in enumerate(ops) if moves_sp(op, -1)]
    end = start + 1
    while is_save(ops[end]):
        end += 1
    saved = {(op.registers[0], op.value) for op in ops[start + 1 : end]}
    out: list[Op] = []
    for i, op in enumerate(ops):
        if i == start:
            out.append(Op("frame", value=-op.value))
        elif start < i < end:
            continue
        elif moves_sp(op, 1):
            assert ops[i + 1] == Op("leave", "", ("ra",))
            while out[-1].name == "load" and (out[-1].registers[0], out[-1].value) in saved:
                out.pop()
        elif i and moves_sp(ops[i - 1], 1):
            out.append(Op("exit", "", ("a0",)))
        else:
            out.append(op)
    return out


def live_after(ops: list[Op]) -> list[set[str]]:
    """For each instruction the registers that may be read later; any `leave` may go to any call."""
    labels = {op.target: i for i, op in enumerate(ops) if op.name == "label"}
    returns = [i + 1 for i, op in enumerate(ops) if op.name == "call"]

    def successors(i: int) -> list[int]:
        op = ops[i]
        if op.name == "leave":
            return returns
        if op.name == "exit":
            return []
        if op.name in ("jump", "call"):
            return [labels[op.target]]
        return [i + 1] + ([labels[op.target]] if op.name == "branch" else [])

    before: list[set[str]] = [set() for _ in range(len(ops) + 1)]
    after: list[set[str]] = [set() for _ in ops]
    changed = True
    while changed:
        changed = False
        for i in reversed(range(len(ops))):
            after[i] = set().union(*(before[j] for j in successors(i)))
            now = after[i] - set(ops[i].defines) | set(ops[i].uses)
            changed |= now != before[i]
            before[i] = now
    return after


def _counted(ops: list[Op]) -> list[Op]:
    """`sltu t, a, b` and later `add d, c, t` become one `count`, where t is for nothing else."""
    after = live_after(ops)
    out = list(ops)
    removed: set[int] = set()
    for i, op in enumerate(ops):
        if op.name != "sltu":
            continue
        t, a, b = op.registers
        j = i + 1
        kept = {a, b} - {t}
        while j < len(ops) and t not in ops[j].uses and t not in ops[j].defines:
            straight = ops[j].name not in ("label", "branch", "jump", "call", "leave", "exit")
            if not straight or kept & set(ops[j].defines):
                break
            j += 1
        user = ops[j]
        if user.name != "three" or user.operation not in ("add", "sub"):
            continue
        d, c, second = user.registers
        if second != t and user.operation == "add":
            c, second = second, c
        if second != t or c == t or (d in (a, b) and d != c) or c in (a, b):
            continue
        # t may be a or b itself: it then must still be what it was before
        if d != t and t in after[j]:
            continue
        if d == t and t in (a, b):
            continue
        sign = 1 if user.operation == "add" else -1
        out[j] = Op("count", "", (d, c, a, b), sign, results=1)
        removed.add(i)
    return [op for i, op in enumerate(out) if i not in removed]


def weights(ops: list[Op], hot: tuple[str, ...]) -> list[float]:
    """How often each instruction may run: by the loops around it."""
    labels = {op.target: i for i, op in enumerate(ops) if op.name == "label"}
    found = [1.0] * len(ops)
    for i, op in enumerate(ops):
        start = labels.get(op.target, i + 1) if op.name in ("branch", "jump") else i + 1
        if start > i:
            continue
        for j in range(start, i + 1):
            found[j] *= HOT if op.target in hot else LOOP
    return found


def homes(parameters: int, weights: dict[str, float]) -> tuple[dict[str, str], dict[str, int]]:
    """Give every RV32 register a register, the heaviest first, or a word of the frame."""
    names = [r for r in sorted(weights, key=lambda r: (-weights[r], r)) if r != "ra"]
    chosen, rest = names[: len(HOMES)], names[len(HOMES) :]
    home = {f"a{i}": f"a{i + 2}" for i in range(parameters) if f"a{i}" in chosen}
    free = iter([register for register in HOMES if register not in home.values()])
    home |= {register: next(free) for register in chosen if register not in home}
    return {"ra": LINK, **home}, {register: 4 * (i + 1) for i, register in enumerate(rest)}
