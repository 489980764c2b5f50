"""An assembler for the Xtensa instructions that the kernel uses, and a writer of their text.

Every instruction is encoded here (Xtensa ISA reference manual, chapters 6 to 8). In the kernel's
text it stands under MicroPython's name for it; what MicroPython 1.29 has no name for (muluh, src of
a literal, short forward branches, ...) and all jumps, whose distances are known here, stand as
data. A test compares the bytes that mpy-cross makes of the text with the bytes encoded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .xtensa_encoding import (
    BIT,
    MEMORY,
    SMALL,
    SMALL_NUMBERS,
    THREE,
    TWO,
    ZERO,
    number,
    rrr,
    signed,
)

SP = "a1"
LINK = "a0"
# MicroPython's names where they differ; only what it encodes in the same way.
_NAMES = {name: name for name in (*THREE, *MEMORY, "addi", "addmi", "slli", "srli", "srai")}
_NAMES |= {name: name for name in ("neg", "ssai", "ssr", "srl", "jx", "callx0")}
_NAMES |= {"and": "and_", "or": "or_", "add.n": "add_n", "addi.n": "addi_n", "mov.n": "mov_n"}
_NAMES |= {"movi.n": "movi_n", "l32i.n": "l32i_n", "s32i.n": "s32i_n", "ret.n": "ret_n"}
del _NAMES["muluh"], _NAMES["mulsh"]
DEFECT = ("addi.n", "-1")  # MicroPython 1.29 encodes it wrongly


@dataclass
class Item:
    """An instruction, or a label or a comment (size 0), or padding."""

    name: str
    operands: tuple[str | int, ...] = ()
    size: int = 3
    target: str = ""  # of a jump: the label it goes to
    word: int = 0


class Asm:
    """Collects one function's body. It starts 5 bytes into the function, after its prologue."""

    START = 5

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._labels = 0

    def _put(self, name: str, word: int, *operands: str | int) -> None:
        self.items.append(Item(name, operands, 2 if name.endswith(".n") else 3, "", word))

    def _jump(self, name: str, word: int, target: str, *operands: str | int) -> None:
        self.items.append(Item(name, operands, 3, target, word))

    def say(self, text: str) -> None:
        """A comment: what the next instructions compute."""
        self.items.append(Item("#", (text,), 0))

    def label(self, name: str) -> None:
        """A place to jump to."""
        self.items.append(Item(":", (name,), 0))

    def fresh(self, stem: str) -> str:
        """A name for a label that nobody else has."""
        self._labels += 1
        return f"{stem}_{self._labels}"

    def routine(self, name: str) -> None:
        """A label to call: at a multiple of 4, after what nothing falls through from."""
        self.items.append(Item("align", (), 0))
        self.label(name)

    @contextmanager
    def skip(self, name: str, *operands: str | int) -> Iterator[None]:
        """What stands inside is jumped over if the branch's condition holds."""
        label = self.fresh("skip")
        self.branch(name, *operands, target=label)
        yield
        self.label(label)

    def op(self, name: str, d: str, s: str, t: str) -> None:
        """d = s `name` t; src: (s, t) shifted right by SAR, its low word."""
        if name == "add":
            self._put("add.n", rrr(0, 0, number(d), number(s), number(t), 10), d, s, t)
        else:
            op2, op1 = THREE[name]
            self._put(name, rrr(op2, op1, number(d), number(s), number(t)), d, s, t)

    def add(self, d: str, s: str, t: str) -> None:
        """d = s + t."""
        self.op("add", d, s, t)

    def sub(self, d: str, s: str, t: str) -> None:
        """d = s - t."""
        self.op("sub", d, s, t)

    def neg(self, d: str, t: str) -> None:
        """d = -t."""
        self._put("neg", rrr(6, 0, number(d), 0, number(t)), d, t)

    def mov(self, d: str, s: str) -> None:
        """d = s."""
        self._put("mov.n", rrr(0, 0, 0, number(s), number(d), 13), d, s)

    def movi(self, d: str, value: int) -> None:
        """d = value, of 12 bits."""
        if -32 <= value <= 95:
            field = value & 0x7F
            self._put("movi.n", rrr(0, 0, field & 15, number(d), field >> 4, 12), d, value)
        else:
            field = signed(value, 12)
            word = rrr(0, 0, 10, field >> 8, number(d), 2) | (field & 255) << 16
            self._put("movi", word, d, value)

    def addi(self, d: str, s: str, value: int) -> None:
        """d = s + value, of 8 bits, or a multiple of 256 and of 16 bits."""
        if value == -1 or 1 <= value <= 15:
            self._put("addi.n", rrr(0, 0, number(d), number(s), max(value, 0), 11), d, s, value)
        elif value % 256:
            word = rrr(0, 0, 12, number(s), number(d), 2) | signed(value, 8) << 16
            self._put("addi", word, d, s, value)
        else:
            word = rrr(0, 0, 13, number(s), number(d), 2) | signed(value // 256, 8) << 16
            self._put("addmi", word, d, s, value)

    def shift(self, name: str, d: str, s: str, value: int) -> None:
        """d = s shifted by 1 to 31; name: slli, srli, srai."""
        assert 0 < value < 32
        if name == "slli":
            field = 32 - value
            self._put(name, rrr(field >> 4, 1, number(d), number(s), field & 15), d, s, value)
        elif name == "srai":
            word = rrr(2 | value >> 4, 1, number(d), value & 15, number(s))
            self._put(name, word, d, s, value)
        elif value < 16:
            self._put(name, rrr(4, 1, number(d), value, number(s)), d, s, value)
        else:
            self.extract(d, s, value, 32 - value)

    def extract(self, d: str, s: str, low: int, width: int) -> None:
        """d = `width` bits of s, at most 16, from bit `low` on."""
        assert 1 <= width <= 16
        word = rrr(width - 1, 4 | low >> 4, number(d), low & 15, number(s))
        self._put("extui", word, d, s, low, width)

    def shift_by(self, d: str, t: str, s: str) -> None:
        """d = t shifted right by the low 5 bits of s; SAR is lost."""
        self._put("ssr", rrr(4, 0, 0, number(s), 0), s)
        self._put("srl", rrr(9, 1, number(d), 0, number(t)), d, t)

    def ssai(self, value: int) -> None:
        """SAR = value, for src."""
        self._put("ssai", rrr(4, 0, 4, value & 15, value >> 4), value)

    def load(self, d: str, at: int, base: str, name: str = "l32i") -> None:
        """d = the word (or l16ui, l8ui) at base + at."""
        self._memory(name, d, base, at)

    def store(self, s: str, at: int, base: str, name: str = "s32i") -> None:
        """The word (or s16i, s8i) at base + at = s."""
        self._memory(name, s, base, at)

    def _memory(self, name: str, t: str, base: str, at: int) -> None:
        field, size = MEMORY[name]
        assert at % size == 0 and 0 <= at // size < 256, f"{name} at {at}"
        if size == 4 and at < 64:
            op0 = 8 if name == "l32i" else 9
            word = rrr(0, 0, at // 4, number(base), number(t), op0)
            self._put(name + ".n", word, t, base, at)
        else:
            word = rrr(0, 0, field, number(base), number(t), 2) | at // size << 16
            self._put(name, word, t, base, at)

    def branch(self, name: str, *operands: str | int, target: str) -> None:
        """Go to target if the operands stand so; at most 128 bytes, or 2 KiB for beqz and the like.

        name: see TWO, ZERO, SMALL (a register and one of SMALL_NUMBERS) and BIT.
        """
        first = number(str(operands[0]))
        if name in ZERO:
            word = rrr(0, 0, 0, first, ZERO[name] << 2 | 1, 6)
        elif name in TWO:
            word = rrr(0, 0, TWO[name], first, number(str(operands[1])), 7)
        elif name in BIT:
            bit = int(operands[1])
            word = rrr(0, 0, BIT[name] | bit >> 4, first, bit & 15, 7)
        else:
            place = SMALL_NUMBERS.index(int(operands[1]))
            word = rrr(0, 0, place, first, SMALL[name] << 2 | 2, 6)
        self._jump(name, word, target, *operands)

    def jump(self, target: str) -> None:
        """Go to target."""
        self._jump("j", 6, target)

    def call(self, target: str) -> None:
        """Call a routine; a0 takes the return address."""
        self._jump("call0", 5, target)

    def call_at(self, register: str) -> None:
        """Call the address in a register; a0 takes the return address."""
        self._put("callx0", 0xC0 | number(register) << 8, register)

    def jump_at(self, register: str) -> None:
        """Go to the address in a register."""
        self._put("jx", 0xA0 | number(register) << 8, register)

    def leave(self) -> None:
        """Go to the address in a0."""
        self._put("ret.n", 0xF00D)

    def movsp(self, t: str, s: str) -> None:
        """t = s, where t is the stack pointer."""
        self._put("movsp", rrr(0, 0, 1, number(s), number(t)), t, s)

    def distance(self, d: str, target: str, start: str) -> None:
        """d += how far the label `target` lies behind the label `start`."""
        for part in ("high", "low"):
            kind = 13 if part == "high" else 12
            word = rrr(0, 0, kind, number(d), number(d), 2)
            self.items.append(Item(f"distance {part}", (d, start), 3, target, word))

    def _places(self) -> dict[str, int]:
        """Where each label is; sets the sizes of what aligns."""
        at, places = self.START, {}
        for item in self.items:
            if item.name == "align":
                item.size = -at % 4
            elif item.name == ":":
                name = str(item.operands[0])
                assert name not in places, f"two labels {name}"
                places[name] = at
            at += item.size
        return places

    def _resolved(self) -> Iterator[tuple[Item, int]]:
        """Every item and its finished word."""
        places = self._places()
        at = self.START
        for item in self.items:
            word = item.word
            if item.name.startswith("distance"):
                far = places[item.target] - places[str(item.operands[1])]
                low = (far & 255 ^ 128) - 128
                word |= signed((far - low) >> 8 if item.name.endswith("high") else low, 8) << 16
            elif item.name == "j":
                word |= signed(places[item.target] - at - 4, 18) << 6
            elif item.name == "call0":
                far = places[item.target] - (at & ~3) - 4
                assert far % 4 == 0, f"{item.target} is not aligned"
                word |= signed(far // 4, 18) << 6
            elif item.target:
                far = places[item.target] - at - 4
                bits, place = (12, 12) if item.name in ZERO else (8, 16)
                word |= signed(far, bits) << place
            yield item, word
            at += item.size

    def out_of_range(self) -> set[int]:
        """The identities of branches that do not reach their target."""
        places, at, found = self._places(), self.START, set()
        for item in self.items:
            if item.target and item.name not in ("j", "call0") and item.name[:8] != "distance":
                reach = 2047 if item.name in ZERO else 127
                if not -reach - 1 <= places[item.target] - at - 4 <= reach:
                    found.add(id(item))
            at += item.size
        return found

    def listing(self) -> Iterator[tuple[int, Item]]:
        """Every instruction and where it starts in the function."""
        at = self.START
        for item, _ in self._resolved():
            if item.size and item.name != "align":
                yield at, item
            at += item.size

    def code(self) -> bytes:
        """The machine code."""
        return b"".join(word.to_bytes(item.size, "little") for item, word in self._resolved())

    def body(self, indent: str = "    ") -> str:
        """The lines for MicroPython's assembler, indented as a function's body."""
        lines = []
        for item, word in self._resolved():
            operands = ", ".join(str(o) for o in item.operands)
            if item.name == "#":
                lines.append(f"# {operands}")
            elif item.name == ":":
                lines.append(f"# {operands}:")
            elif item.name in _NAMES and not item.target and (item.name, operands[-2:]) != DEFECT:
                lines.append(f"{_NAMES[item.name]}({operands})")
            elif item.size:
                said = f"{item.name} {operands} {item.target}".rstrip()
                lines.append(f"data({item.size}, {word:#0{2 + 2 * item.size}x})  # {said}")
        return "\n".join(indent + line for line in lines) + "\n"
