"""A writer of MicroPython's RV32 inline assembler, with a pool of registers.

Instructions are written under their RV32 names. The 16-bit form is taken where the assembler has
one that does the same, which halves much of the code and changes no count of instructions. Not
taken are c_sub, c_and, c_or and c_xor, for which MicroPython 1.29 encodes a2..a5 as s0..a1.
"""

from __future__ import annotations

ZERO, SP = "zero", "sp"
# Every register but zero, sp, gp and tp; the last two belong to the system on a board.
REGISTERS = (
    *(f"a{i}" for i in range(8)),
    *(f"s{i}" for i in range(12)),
    *(f"t{i}" for i in range(7)),
    "ra",
)
_WINDOW = {"s0", "s1", *(f"a{i}" for i in range(6))}  # what most 16-bit forms can name


class Pool:
    """Registers that are free; none is handed out twice."""

    def __init__(self, taken: list[str] | None = None) -> None:
        self._free = [r for r in REGISTERS if r not in (taken or [])]

    def take(self) -> str:
        """Give a free register."""
        return self._free.pop(0)

    def give(self, *registers: str) -> None:
        """Take registers back."""
        for register in registers:
            assert register in REGISTERS and register not in self._free, register
            self._free.insert(0, register)


class Asm:
    """Collects the lines of one function's body.

    In its first pass MicroPython 1.29's assembler judges the distance to a label that is yet to
    come by the entry behind its table of labels, which is zero unless the table fills whole blocks
    of its heap (4 labels). So `body` keeps the number of labels off multiples of 4, and beyond the
    first 4 KiB conditional jumps must go backwards.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._labels = 0

    def say(self, text: str) -> None:
        """A comment: what the next instructions compute."""
        self.lines.append(f"# {text}")

    def label(self, name: str) -> None:
        """A place to jump to."""
        self.lines.append(f"label({name})")

    def fresh(self, stem: str) -> str:
        """A name for a label that nobody else has."""
        self._labels += 1
        return f"{stem}_{self._labels}"

    def _put(self, name: str, *operands: str | int) -> None:
        self.lines.append(f"{name}({', '.join(str(o) for o in operands)})")

    def op(self, name: str, d: str, a: str, b: str) -> None:
        """d = a `name` b."""
        name = name + "_" if name in ("and", "or") else name
        if name == "add" and ZERO not in (a, b) and d in (a, b):
            self._put("c_add", d, b if d == a else a)
        else:
            self._put(name, d, a, b)

    def add(self, d: str, a: str, b: str) -> None:
        """d = a + b."""
        self.op("add", d, a, b)

    def sub(self, d: str, a: str, b: str) -> None:
        """d = a - b."""
        self.op("sub", d, a, b)

    def sltu(self, d: str, a: str, b: str) -> None:
        """d = 1 if a < b else 0, unsigned."""
        self._put("sltu", d, a, b)

    def wide(self, low: str, high: str, a: str, b: str) -> None:
        """(high, low) = a * b; low is neither a nor b."""
        assert low not in (a, b)
        self._put("mul", low, a, b)
        self._put("mulhu", high, a, b)

    def imm(self, name: str, d: str, a: str, value: int) -> None:
        """d = a `name` value; name: addi, andi, ori, xori, sltiu."""
        if name == "addi" and d == a and value and -32 <= value < 32 and d != SP:
            self._put("c_addi", d, value)
        elif name == "andi" and d == a and d in _WINDOW and -32 <= value < 32:
            self._put("c_andi", d, value)
        else:
            self._put(name, d, a, value)

    def shift(self, name: str, d: str, a: str, value: int) -> None:
        """d = a shifted; name: slli, srli, srai."""
        if d == a and (name == "slli" or d in _WINDOW):
            self._put("c_" + name, d, value)
        else:
            self._put(name, d, a, value)

    def li(self, d: str, value: int) -> None:
        """d = value."""
        self._put("li", d, value)

    def mv(self, d: str, a: str) -> None:
        """d = a; `mv` of zero would assemble to a jump."""
        assert a != ZERO
        self._put("c_mv", d, a)

    def _memory(self, name: str, r: str, at: int, base: str) -> None:
        if name in ("lw", "sw") and at % 4 == 0:
            if base == SP and 0 <= at < 128:
                self._put(f"c_{name}sp", r, at)
                return
            if {r, base} <= _WINDOW and 0 <= at < 64:
                name = "c_" + name
        self.lines.append(f"{name}({r}, {at}({base}))")

    def lw(self, r: str, at: int, base: str) -> None:
        """r = the word at base + at."""
        self._memory("lw", r, at, base)

    def sw(self, r: str, at: int, base: str) -> None:
        """The word at base + at = r."""
        self._memory("sw", r, at, base)

    def lbu(self, r: str, at: int, base: str) -> None:
        """r = the byte at base + at."""
        self._memory("lbu", r, at, base)

    def store_byte(self, r: str, at: int, base: str) -> None:
        """The byte at base + at = the lowest of r."""
        self._memory("sb", r, at, base)

    def branch(self, name: str, a: str, b: str, target: str) -> None:
        """Go to target, at most 4 KiB away, if a `name` b; name: beq, bne, blt, bltu, bge, bgeu."""
        self._put(name, a, b, target)

    def jump(self, target: str) -> None:
        """Go to target."""
        self._put("jal", ZERO, target)

    def call(self, target: str, link: str = "ra") -> None:
        """Call target; the link register takes the return address."""
        self._put("jal", link, target)

    def call_at(self, register: str) -> None:
        """Call the address in a register; ra takes the return address."""
        self._put("c_jalr", register)

    def leave(self, register: str = "ra") -> None:
        """Go to the address in a register."""
        self._put("c_jr", register)

    def address(self, d: str, target: str) -> None:
        """d = the address of a label, wherever the code lies."""
        self._put("la", d, target)

    def body(self, indent: str = "    ") -> str:
        """The lines, indented as a function's body."""
        labels = sum(line.startswith("label(") for line in self.lines)
        padding = ["label(unused)"] if labels % 4 == 0 else []
        return "\n".join(indent + line for line in [*self.lines, *padding]) + "\n"
