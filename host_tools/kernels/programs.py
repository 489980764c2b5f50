"""Writes the field machine's programs, `firmware/gate/crypto/programs_?.py`.

A program is written one operation a line, `X = A * B`, over named registers;
`A = B ^ 2 ^ n` squares n times; `A < slot` reads and `slot < A` writes a slot of
`io`, `slot + i*k` adding k times the step's index. docs/crypto.md has the
encoding; formulas are named where they stand (EFD is the Explicit-Formulas
Database of Bernstein and Lange).

    python -m host_tools.kernels.programs w > firmware/gate/crypto/programs_w.py
    python -m host_tools.kernels.programs e > firmware/gate/crypto/programs_e.py
"""

from __future__ import annotations

import re
import struct
import sys

from .curves import ED25519, P256, SM2, Edwards, R, Weierstrass, pack

# Registers. T* receive a table entry. X Y Z (U) is the accumulator.
WEIERSTRASS = "T0 T1 X Y Z A B C D E ONE CONV CB QX QY L I DX DY".split()
EDWARDS = "T0 T1 T2 T3 X Y Z U A B C D E F ONE K V W S0 S1 S2 S3".split()

# Slots of io. The first are constants; the tables begin at TABLE.
W_SLOTS = {"one": 0, "conv": 1, "b": 2, "x": 3, "y": 4, "r": 5, "rn": 6, "z": 7, "d": 8, "dn": 9}
W_SLOTS |= {"inv": 7, "h": 10, "table": 18}  # h, then 8 entries of x, y
E_SLOTS = {"one": 0, "k": 1, "d": 2, "i": 3, "x": 4, "y": 5, "z": 6, "plus": 7, "minus": 8}
E_SLOTS |= {"xi": 9, "table": 10}  # 8 entries of 4 elements

# EFD dbl-2001-b, shortwei, jacobian-3: 3M + 5S.
W_DOUBLE = """
D = Z ^ 2 ^ 1
A = X - D
B = X + D
A = A * B
B = A + A
A = A + B
Z = Y + Z
Z = Z ^ 2 ^ 1
Z = Z - D
D = Y ^ 2 ^ 1
Z = Z - D
D = D + D
B = D + D
B = X * B
C = B + B
X = A ^ 2 ^ 1
X = X - C
B = B - X
Y = A * B
D = D ^ 2 ^ 1
D = D + D
Y = Y - D
"""
# Mixed addition, 8M + 3S (Cohen, Miyaji, Ono 1998). H = 0 gives Z = 0, which then stays.
W_MIXED = """
A = Z ^ 2 ^ 1
B = {x} * A
A = A * Z
A = {y} * A
B = B - X
{ry}
C = B ^ 2 ^ 1
Z = Z * B
E = B * C
C = X * C
D = C + C
X = A ^ 2 ^ 1
X = X - E
X = X - D
D = {rv}
E = Y * E
D = A * D
Y = D - E
"""
W_ADD = W_MIXED.format(x="T0", y="T1", ry="A = A - Y", rv="C - X")
W_SUB = W_MIXED.format(x="T0", y="T1", ry="A = A + Y", rv="X - C")
W_SET = "X = T0 * ONE\nY = T1 * ONE\nZ = ONE * ONE\n"
W_SET_MINUS = W_SET + "A = ONE - ONE\nY = A - Y\n"
# Constants, the key in Montgomery form, and y^2 - x^3 + 3x - b into slot d.
W_INIT = """
ONE < one
CONV < conv
CB < b
A < x
QX = A * CONV
A < y
QY = A * CONV
A = QY ^ 2 ^ 1
B = QX ^ 2 ^ 1
C = ONE + ONE
C = C + ONE
B = B - C
B = B * QX
B = B + CB
A = A - B
d < A
"""
# x is r or r + n: X - r Z^2 and X - (r + n) Z^2 into d and dn, Z into z.
W_FINISH = """
z < Z
B = Z ^ 2 ^ 1
A < r
A = A * CONV
A = A * B
A = X - A
d < A
A < rn
A = A * CONV
A = A * B
A = X - A
dn < A
"""
# Odd multiples of Q for wNAF. 2Q = (DX, DY, L); on the isomorphic curve where L is 1,
# 2Q is affine (DX, DY) and Q is (QX L^2, QY L^3): each next multiple is a mixed addition.
W_ODD_START = (
    "table < QX\ntable+1 < QY\nX = QX * ONE\nY = QY * ONE\nZ = ONE * ONE\n"
    + W_DOUBLE
    + """
DX = X * ONE
DY = Y * ONE
L = Z * ONE
A = Z ^ 2 ^ 1
X = QX * A
A = A * Z
Y = QY * A
Z = ONE * ONE
"""
)
W_ODD_NEXT = (
    W_MIXED.format(x="DX", y="DY", ry="A = A - Y", rv="C - X").replace(
        "C = B ^ 2 ^ 1", "h+i*1 < B\nC = B ^ 2 ^ 1"
    )
    + "table+i*2 < X\ntable+1+i*2 < Y\n"
)
W_ODD_INVERT = "Z = Z * L\ninv < Z\n"
W_ODD_INVERSE = "I < inv\nI = I * CONV\nI = I * CONV\n"
W_ODD_AFFINE = """
A = I ^ 2 ^ 1
X < table+i*2
X = X * A
table+i*2 < X
A = A * I
Y < table+1+i*2
Y = Y * A
table+1+i*2 < Y
B < h+i*1
I = I * B
"""
# Complete addition (Renes, Costello, Batina 2016, section 3, with a = -3), homogeneous: x = X / Z.
# On entry A = X1X2, B = Y1Y2, C = Z1Z2, D = X1Y2 + X2Y1, E = X1Z2 + X2Z1, I = Y1Z2 + Y2Z1.
W_COMPLETE_END = """
X = CB * C
X = X - E
Y = X + X
X = X + Y
Y = CB * E
Y = Y - A
Y = Y - C
Y = Y - C
Y = Y - C
Z = Y + Y
Y = Y + Z
A = A - C
Z = A + A
A = A + Z
Z = B + X
B = B - X
X = D * B
C = I * Y
X = X - C
Y = A * Y
C = Z * B
Y = Y + C
Z = I * Z
C = D * A
Z = Z + C
"""
W_COMPLETE_ADD = (
    "A = X * T0\nB = Y * T1\nC = Z * ONE\nD = X * T1\nL = Y * T0\nD = D + L\n"
    "E = Z * T0\nE = E + X\nI = Z * T1\nI = I + Y\n" + W_COMPLETE_END
)
W_COMPLETE_SUB = "L = ONE - ONE\nT1 = L - T1\n" + W_COMPLETE_ADD
W_COMPLETE_DOUBLE = (
    "A = X ^ 2 ^ 1\nB = Y ^ 2 ^ 1\nC = Z ^ 2 ^ 1\nD = X * Y\nD = D + D\n"
    "E = X * Z\nE = E + E\nI = Y * Z\nI = I + I\n" + W_COMPLETE_END
)
W_COMPLETE_FINISH = W_FINISH.replace("B = Z ^ 2 ^ 1", "B = Z * ONE")

# y = w^((p+1)/4), p = 3 mod 4: y^2 - w into d, the plain y into z. Slot y holds a plain 1.
W_LIFT = """
ONE < one
CONV < conv
CB < b
A < x
QX = A * CONV
B = QX ^ 2 ^ 1
C = ONE + ONE
C = C + ONE
B = B - C
B = B * QX
A = B + CB
{root}
B = Y ^ 2 ^ 1
B = B - A
d < B
B < y
Y = Y * B
z < Y
"""


def runs(source: str, target: str, *chain: tuple[int, int], temporary: str = "X") -> str:
    """Lines for target = source^(2^k - 1): k is doubled or, with (1, _), made one longer.

    chain: pairs (how many ones the last value has, how many of them to append).
    Only (k, k) and (k, 1) occur: append all of itself, or the source.
    """
    lines = [f"{target} = {source} * ONE"]
    for have, more in chain:
        lines.append(f"{temporary} = {target} ^ 2 ^ {more}")
        lines.append(f"{target} = {temporary} * {target if more == have else source}")
    return "\n".join(lines) + "\n"


# (p + 1) / 4 = 2^94 (2^96 (2^32 (2^32 - 1) + 1) + 1)
P256_ROOT = runs("A", "Y", (1, 1), (2, 2), (4, 4), (8, 8), (16, 16)) + (
    "Y = Y ^ 2 ^ 32\nY = Y * A\nY = Y ^ 2 ^ 96\nY = Y * A\nY = Y ^ 2 ^ 94"
)
# (p + 1) / 4 = 2^62 (2^32 (2^129 (2^31 - 1) + 2^128 - 1) + 1)
SM2_ROOT = runs("A", "Y", (1, 1), (2, 1), (3, 3), (6, 1), (7, 7), (14, 1), (15, 15), (30, 1)) + (
    "Z = Y * ONE\nX = Y ^ 2 ^ 1\nY = X * A\nX = Y ^ 2 ^ 32\nY = X * Y\nX = Y ^ 2 ^ 64\n"
    "Y = X * Y\nZ = Z ^ 2 ^ 129\nY = Z * Y\nY = Y ^ 2 ^ 32\nY = Y * A\nY = Y ^ 2 ^ 62"
)

# EFD dbl-2008-hwcd, twisted, extended-1: 4M + 4S, 3M + 4S without U.
E_DOUBLE = """
A = X ^ 2 ^ 1
B = Y ^ 2 ^ 1
C = Z ^ 2 ^ 1
C = C + C
D = A + B
E = X + Y
E = E ^ 2 ^ 1
E = D - E
B = A - B
C = B + C
X = E * C
Y = B * D
Z = C * B
"""
E_DOUBLE_U = E_DOUBLE + "U = E * D\n"
# EFD add-2008-hwcd-3 with (y - x, y + x, 2dxy[, 2z]) prepared: 7M (8M), one less without U.
E_MIXED = """
A = Y - X
A = A * {minus}
B = Y + X
B = B * {plus}
C = U * {t}
D = {z}
E = B - A
F = D {less} C
D = D {more} C
B = B + A
X = E * F
Y = D * B
Z = F * D
"""


def edwards_add(minus: bool, full: bool, entry: str = "T", more: str = "") -> str:
    """Add or subtract a prepared entry; `full` when its z is not 1."""
    names = {"minus": entry + "0", "plus": entry + "1", "t": entry + "2"}
    if minus:
        names["minus"], names["plus"] = names["plus"], names["minus"]
    z = f"Z * {entry}3" if full else "Z + Z"
    signs = {"less": "+", "more": "-"} if minus else {"less": "-", "more": "+"}
    return E_MIXED.format(z=z, **names, **signs) + more


E_U = "U = E * B\n"
E_PREPARE = "{0}0 = Y - X\n{0}1 = Y + X\n{0}2 = U * K\n{0}3 = Z + Z\n"
E_STORE = "".join(f"table+{i}+i*4 < T{i}\n" for i in range(4))
E_IDENTITY = "ONE < one\nX = ONE - ONE\nY = ONE * ONE\nZ = ONE * ONE\nU = ONE - ONE\n"
# RFC 8032 5.1.3: candidates x and x sqrt(-1), and v x^2 + u, v x^2 - u.
E_INIT = (
    """
ONE < one
K < k
A < d
Y < y
V = Y ^ 2 ^ 1
W = V - ONE
V = V * A
V = V + ONE
B = V ^ 2 ^ 1
B = B * V
C = B ^ 2 ^ 1
C = C * V
C = C * W
"""
    + runs("C", "D", (1, 1), (2, 2), (4, 1), (5, 5), temporary="E")
    + """
F = D * ONE
E = D ^ 2 ^ 10
D = E * D
E = D ^ 2 ^ 20
D = E * D
E = D ^ 2 ^ 10
F = E * F
E = F ^ 2 ^ 50
D = E * F
E = D ^ 2 ^ 100
D = E * D
E = D ^ 2 ^ 50
D = E * F
E = D ^ 2 ^ 2
D = E * C
D = D * B
D = D * W
A = D ^ 2 ^ 1
A = A * V
B = A + W
plus < B
B = A - W
minus < B
x < D
A < i
D = D * A
xi < D
"""
)
# Odd multiples of A for wNAF, prepared entries of 4 elements.
E_ODD_START = (
    "X < x\nV = Y * ONE\nZ = ONE * ONE\nU = X * Y\n"
    + E_PREPARE.format("T")
    + E_STORE
    + E_DOUBLE_U
    + E_PREPARE.format("S")
    + "X < x\nX = X * ONE\nY = V * ONE\nZ = ONE * ONE\nU = X * Y\n"
)
E_ODD_NEXT = edwards_add(False, True, "S", E_U) + E_PREPARE.format("T") + E_STORE
E_FINISH = "z < Z\n"
E_AFFINE = "A < z\nX = X * A\nx < X\nY = Y * A\ny < Y\n"

W_PROGRAMS = [
    W_DOUBLE,
    W_ADD,
    W_SUB,
    W_SET,
    W_SET_MINUS,
    W_INIT,
    W_FINISH,
    W_ODD_START,
    W_ODD_NEXT,
    W_ODD_INVERT,
    W_ODD_INVERSE,
    W_ODD_AFFINE,
    W_COMPLETE_DOUBLE,
    W_COMPLETE_ADD,
    W_COMPLETE_SUB,
    W_COMPLETE_FINISH,
]
E_PROGRAMS = [
    E_DOUBLE,
    edwards_add(False, False),
    edwards_add(True, False),
    E_IDENTITY,
    E_INIT,
    edwards_add(False, True),
    edwards_add(True, True),
    E_ODD_START,
    E_DOUBLE_U,
    edwards_add(False, False, more=E_U),
    edwards_add(True, False, more=E_U),
    E_ODD_NEXT,
    E_FINISH,
    edwards_add(False, True, more=E_U),
    edwards_add(True, True, more=E_U),
    E_AFFINE,
]

OPERATIONS = {"*": 1, "+": 3, "-": 4}
SQUARE, READ, WRITE = 2, 5, 6


def _slot(text: str, slots: dict[str, int]) -> tuple[int, int]:
    """Give (slot, stride) of `name`, `name+2` or `name+2+i*3`."""
    found = re.fullmatch(r"(\w+?)(\+\d+)?(?:\+i\*(\d+))?", text)
    if found is None:
        raise ValueError(f"no slot: {text}")
    name, offset, stride = found.groups()
    return slots[name] + int(offset or 0), int(stride or 0)


def instruction(line: str, registers: list[str], slots: dict[str, int]) -> bytes:
    """Assemble one line."""
    words = line.split()
    if len(words) == 3 and words[1] == "<":
        if words[0] in registers:
            slot, stride = _slot(words[2], slots)
            return bytes([READ, registers.index(words[0]), slot, stride])
        slot, stride = _slot(words[0], slots)
        return bytes([WRITE, slot, registers.index(words[2]), stride])
    target, equals, left, sign, right, *more = words
    if equals != "=" or (more and (sign, right, len(more)) != ("^", "2", 2)):
        raise ValueError(f"no instruction: {line}")
    if sign == "^":
        return bytes([SQUARE, registers.index(target), registers.index(left), int(more[1])])
    names = (target, left, right)
    return bytes([OPERATIONS[sign], *(registers.index(name) for name in names)])


def assemble(
    programs: list[str], registers: list[str], slots: dict[str, int], entry: int, wide: int
) -> bytes:
    """Give the code of docs/crypto.md for the programs, numbered as they come."""
    offsets, body = [], b""
    for text in programs:
        offsets.append((36 + len(body)) // 4)
        for line in text.splitlines():
            if line.strip():
                body += instruction(line, registers, slots)
        body += bytes(4)
    offsets += [0] * (16 - len(offsets))
    return bytes([entry, wide, 0, 0]) + struct.pack("<16H", *offsets) + body


def code(curve: Weierstrass | Edwards) -> bytes:
    """Give the programs for verification on a curve."""
    if isinstance(curve, Edwards):
        return assemble(E_PROGRAMS, EDWARDS, E_SLOTS, 3, 4)
    return assemble(W_PROGRAMS, WEIERSTRASS, W_SLOTS, 2, 2)


def lift_code(curve: Weierstrass) -> bytes:
    """Give the one program that decompresses a point."""
    root = P256_ROOT if curve is P256 else SM2_ROOT
    return assemble([W_LIFT.format(root=root)], WEIERSTRASS, W_SLOTS, 2, 2)


def constants(curve: Weierstrass | Edwards) -> bytes:
    """Give the first slots of io: the constants that the programs read."""
    if isinstance(curve, Edwards):
        root = pow(2, (curve.p - 1) // 4, curve.p)
        values = [1, 2 * curve.d, curve.d, root]
    else:
        values = [1, R, curve.b]
    return b"".join(pack(curve, value) for value in values)


W_NAMES = (
    "DOUBLE ADD SUB SET SET_MINUS INIT FINISH ODD_START ODD_NEXT ODD_INVERT ODD_INVERSE "
    "ODD_AFFINE _ _ _ COMPLETE_FINISH"
)
E_NAMES = (
    "DOUBLE ADD SUB IDENTITY INIT ADD_WIDE SUB_WIDE ODD_START _ _ _ ODD_NEXT FINISH _ _ AFFINE"
)


def literal(name: str, value: bytes, comment: str) -> str:
    """Write bytes as a Python constant of short lines."""
    lines = [f"# {comment}", f"{name} = ("]
    for i in range(0, len(value), 20):
        lines.append('    b"' + "".join(f"\\x{byte:02x}" for byte in value[i : i + 20]) + '"')
    return "\n".join([*lines, ")", ""])


def numbers(family: str) -> str:
    """Give the lines by which weierstrass.py ("w") and eddsa.py ("e") know programs and slots.

    They stand in the module that uses them, where `const` makes them cost neither memory nor time.
    """
    slots, names = (W_SLOTS, W_NAMES) if family == "w" else (E_SLOTS, E_NAMES)
    out = [f"_{name} = const({n})" for n, name in enumerate(names.split()) if name != "_"]
    out += [f"_SLOT_{name.upper()} = const({n})" for name, n in slots.items()]
    return "\n".join(out) + "\n"


def module(family: str) -> str:
    """Give the text of the firmware's module for "w" (P-256, SM2) or "e" (Ed25519)."""
    out = [
        '"""Programs of the field machine: made by host_tools.kernels.programs.',
        "",
        "Do not edit: change the generator. docs/crypto.md has the encoding.",
        '"""',
        "",
    ]
    if family == "w":
        out.append(literal("CODE", code(P256), "P-256 and SM2: the programs are the same."))
        for curve in (P256, SM2):
            name = curve.name.upper()
            out.append(literal(f"{name}_CONSTANTS", constants(curve), "1, 2^256 and b, packed."))
            out.append(literal(f"{name}_LIFT", lift_code(curve), "Decompression of a point."))
    else:
        out.append(literal("CODE", code(ED25519), "Ed25519."))
        out.append(literal("CONSTANTS", constants(ED25519), "1, 2d, d and a root of -1."))
    return "\n".join(out)


if __name__ == "__main__":
    sys.stdout.write(module(sys.argv[1]))
