"""Decodes the Xtensa instructions that the kernel uses and says, in Python, what each does.

The meanings are those of the Xtensa ISA reference manual. They are statements over the registers
a0..a15 and sar, all 0 to 2^32 - 1, with M = 2^32 - 1; memory is reached through `at` (an address),
W, H and B (the words, half words and bytes from LOW to HIGH) and `fault`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .xtensa_encoding import BIT, MEMORY, SMALL, SMALL_NUMBERS, THREE, TWO, ZERO

_THREE = {place: name for name, place in THREE.items()}
_MEMORY = {field: (name, size) for name, (field, size) in MEMORY.items()}
_TWO = {field: name for name, field in TWO.items()}
_ZERO = {field: name for name, field in ZERO.items()}
_SMALL = {field: name for name, field in SMALL.items()}
_BIT = {field: name for name, field in BIT.items()}

FORMULAS = {
    "add": "({s} + {t}) & M",
    "addx2": "(({s} << 1) + {t}) & M",
    "addx4": "(({s} << 2) + {t}) & M",
    "addx8": "(({s} << 3) + {t}) & M",
    "sub": "({s} - {t}) & M",
    "and": "{s} & {t}",
    "or": "{s} | {t}",
    "xor": "{s} ^ {t}",
    "src": "(({s} << 32 | {t}) >> sar) & M",
    "mull": "({s} * {t}) & M",
    "muluh": "({s} * {t}) >> 32",
    "mulsh": "((({s} ^ S) - S) * (({t} ^ S) - S) >> 32) & M",
}
# Of unsigned registers: signed order is that of the values with the top bit turned.
CONDITIONS = {
    "beq": "{s} == {t}",
    "bne": "{s} != {t}",
    "blt": "({s} ^ S) < ({t} ^ S)",
    "bge": "({s} ^ S) >= ({t} ^ S)",
    "bltu": "{s} < {t}",
    "bgeu": "{s} >= {t}",
    "beqz": "not {s}",
    "bnez": "{s}",
    "bltz": "{s} & S",
    "bgez": "not {s} & S",
    "beqi": "{s} == {i}",
    "bnei": "{s} != {i}",
    "blti": "({s} ^ S) < ({i} ^ S)",
    "bgei": "({s} ^ S) >= ({i} ^ S)",
    "bbci": "not {s} >> {i} & 1",
    "bbsi": "{s} >> {i} & 1",
}
_VIEWS = {1: "B", 2: "H", 4: "W"}


class DecodeError(Exception):
    """Bytes that are no instruction known here."""


@dataclass(frozen=True)
class Decoded:
    """An instruction. `does`: its statements; a branch has a condition, a jump only a target."""

    name: str
    size: int
    does: tuple[str, ...] = ()
    condition: str = ""
    target: int = -1  # where a branch or a jump goes


def _extended(value: int, bits: int) -> int:
    """A field of so many bits, as a signed number."""
    return (value & (1 << bits) - 1 ^ 1 << bits - 1) - (1 << bits - 1)


def _access(name: str, size: int, t: str, s: str, offset: int) -> tuple[str, ...]:
    at = f"at = ({s} + {offset}) & M" if offset else f"at = {s}"
    wrong = f"at & {size - 1} or " if size > 1 else ""
    check = f"if {wrong}not LOW <= at < HIGH: fault(at, {size})"
    index = {1: "at - LOW", 2: "at - LOW >> 1", 4: "at - LOW >> 2"}[size]
    place = f"{_VIEWS[size]}[{index}]"
    if name.startswith("l"):
        return at, check, f"{t} = {place}"
    return at, check, f"{place} = {t}" + (f" & {(1 << 8 * size) - 1}" if size < 4 else "")


def decode(code: bytes, pc: int, base: int = 0) -> Decoded:
    """The instruction at byte pc of the code, which lies at address base."""
    low = int.from_bytes(code[pc : pc + 3], "little")
    op0 = low & 15
    t, s, r = (f"a{low >> shift & 15}" for shift in (4, 8, 12))
    fields = low >> 4 & 15, low >> 8 & 15, low >> 12 & 15, low >> 16 & 15, low >> 20 & 15
    if op0 >= 8:
        return _narrow(op0, t, s, r, fields[0], fields[2], low)
    if len(code) < pc + 3:
        raise DecodeError("the code ends inside an instruction")
    if op0 == 0:
        return _rrr(t, s, r, fields)
    if op0 == 2:
        return _rri8(t, s, fields[2], fields[1], low >> 16)
    if op0 == 5 and fields[0] & 3 == 0:  # call0
        target = (base + pc & ~3) - base + 4 + 4 * _extended(low >> 6, 18)
        return Decoded("call0", 3, (f"a0 = {base + pc + 3}",), "", target)
    if op0 == 6:
        return _jump(s, fields[0], fields[2], low, pc)
    if op0 == 7:
        target = pc + 4 + _extended(low >> 16, 8)
        if fields[2] in _TWO:
            name = _TWO[fields[2]]
            return Decoded(name, 3, (), CONDITIONS[name].format(s=s, t=t), target)
        if fields[2] & 14 in _BIT:
            name, bit = _BIT[fields[2] & 14], fields[0] | (fields[2] & 1) << 4
            return Decoded(name, 3, (), CONDITIONS[name].format(s=s, i=bit), target)
    raise DecodeError(f"no instruction known here: {low:#08x}")


def _rrr(t: str, s: str, r: str, fields: tuple[int, ...]) -> Decoded:
    ft, fs, fr, op1, op2 = fields
    if (op2, op1) in _THREE:
        name = _THREE[op2, op1]
        return Decoded(name, 3, (f"{r} = " + FORMULAS[name].format(s=s, t=t),))
    if (op2, op1) == (6, 0) and fs == 0:
        return Decoded("neg", 3, (f"{r} = -{t} & M",))
    if op1 == 1 and op2 in (0, 1):
        return Decoded("slli", 3, (f"{r} = {s} << {32 - (ft | op2 << 4)} & M",))
    if op1 == 1 and op2 in (2, 3):
        return Decoded("srai", 3, (f"{r} = (({t} ^ S) - S >> {fs | (op2 & 1) << 4}) & M",))
    if (op2, op1) == (4, 1):
        return Decoded("srli", 3, (f"{r} = {t} >> {fs}",))
    if op1 in (4, 5):
        shift, mask = fs | (op1 & 1) << 4, (1 << op2 + 1) - 1
        return Decoded("extui", 3, (f"{r} = {t} >> {shift} & {mask}",))
    if (op2, op1, fs) == (9, 1, 0):
        return Decoded("srl", 3, (f"{r} = {t} >> sar",))
    if (op2, op1, fr, ft) == (4, 0, 0, 0):
        return Decoded("ssr", 3, (f"sar = {s} & 31",))
    if (op2, op1, fr) == (4, 0, 4) and ft < 2:
        return Decoded("ssai", 3, (f"sar = {fs | ft << 4}",))
    if (op2, op1, fr) == (0, 0, 1):
        return Decoded("movsp", 3, (f"{t} = {s}",))
    if (op2, op1, fr, ft) == (0, 0, 0, 10):
        return Decoded("jx", 3, (f"to = {s}",))
    if (op2, op1, fr, ft) == (0, 0, 0, 12):
        return Decoded("callx0", 3, (f"to = {s}",))  # and a0 = the return address
    raise DecodeError(f"no instruction known here: op1 {op1}, op2 {op2}, r {fr}")


def _rri8(t: str, s: str, fr: int, fs: int, byte: int) -> Decoded:
    if fr in _MEMORY:
        name, size = _MEMORY[fr]
        return Decoded(name, 3, _access(name, size, t, s, byte * size))
    if fr == 10:
        return Decoded("movi", 3, (f"{t} = {_extended(byte | fs << 8, 12) & 0xFFFFFFFF}",))
    if fr == 12:
        return Decoded("addi", 3, (f"{t} = ({s} + {_extended(byte, 8)}) & M",))
    if fr == 13:
        return Decoded("addmi", 3, (f"{t} = ({s} + {_extended(byte, 8) << 8}) & M",))
    raise DecodeError(f"no instruction known here: op0 2, r {fr}")


def _jump(s: str, ft: int, fr: int, low: int, pc: int) -> Decoded:
    n, m = ft & 3, ft >> 2
    if n == 0:
        return Decoded("j", 3, (), "", pc + 4 + _extended(low >> 6, 18))
    if n == 1:
        name, target = _ZERO[m], pc + 4 + _extended(low >> 12, 12)
        return Decoded(name, 3, (), CONDITIONS[name].format(s=s), target)
    if n == 2:
        name, value = _SMALL[m], SMALL_NUMBERS[fr] & 0xFFFFFFFF
        condition = CONDITIONS[name].format(s=s, i=value)
        return Decoded(name, 3, (), condition, pc + 4 + _extended(low >> 16, 8))
    if m == 0:
        return Decoded("entry", 3, (f"{s} = ({s} - {(low >> 12) * 8}) & M",))
    raise DecodeError(f"no instruction known here: {low:#08x}")


def _narrow(op0: int, t: str, s: str, r: str, ft: int, fr: int, low: int) -> Decoded:
    if op0 in (8, 9):
        name = "l32i" if op0 == 8 else "s32i"
        return Decoded(name + ".n", 2, _access(name, 4, t, s, 4 * fr))
    if op0 == 10:
        return Decoded("add.n", 2, (f"{r} = ({s} + {t}) & M",))
    if op0 == 11:
        return Decoded("addi.n", 2, (f"{r} = ({s} + {ft or -1}) & M",))
    if op0 == 12 and ft < 8:
        value = fr | ft << 4  # -32 to 95
        value -= 128 if value >= 96 else 0
        return Decoded("movi.n", 2, (f"{s} = {value & 0xFFFFFFFF}",))
    if op0 == 13 and fr == 0:
        return Decoded("mov.n", 2, (f"{t} = {s}",))
    if low & 0xFFFF == 0xF00D:
        return Decoded("ret.n", 2, ("to = a0",))
    if low & 0xFFFF == 0xF01D:
        return Decoded("retw.n", 2)
    raise DecodeError(f"no instruction known here: {low & 0xFFFF:#06x}")
