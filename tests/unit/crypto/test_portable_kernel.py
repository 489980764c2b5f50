"""The portable kernel against Python's integers, with 32-bit and with 64-bit viper words."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter
from host_tools.kernels.model import PRIMES, Machine

from .batch import answers

MAIN = Path(__file__).with_name("portable_main.py")
MUL, SQR, ADD, SUB, IN, OUT = range(1, 7)
LIMBS, BITS, MASK = 20, 13, 8191
LARGEST = 1 << 258  # registers stay below it: test_portable_bounds


def ask(lines: list[str], interpreter: Interpreter, tmp_path: Path) -> list[bytes]:
    """Give the kernel's answers."""
    path = tmp_path / "lines"
    path.write_text("\n".join(lines))
    outcome = micropython.run([str(MAIN), str(path)], interpreter=interpreter, heap="16m")
    assert outcome.returncode == 0, outcome.stderr
    return [bytes.fromhex(line) for line in outcome.stdout.split()]


def register(value: int) -> bytes:
    """Give the limbs of a value below 2^260."""
    return struct.pack("<20I", *(value >> (BITS * i) & MASK for i in range(LIMBS)))


def value_of(raw: bytes) -> int:
    """Give the value of a register, whose low limbs must have 13 bits."""
    limbs = struct.unpack("<20I", raw)
    assert all(limb <= MASK for limb in limbs[:-1])
    return sum(limb << (BITS * i) for i, limb in enumerate(limbs))


def operand(rng: random.Random, p: int) -> int:
    """Give a value below the registers' bound: an edge, extreme limbs, a sparse one, or chance."""
    kind = rng.randrange(5)
    if kind == 0:
        near = rng.choice([0, p, 2 * p, 3 * p, 1 << 255, 1 << 256, 1 << 257, LARGEST])
        return min(max(near + rng.randrange(-20, 20), 0), LARGEST - 1)
    if kind == 1:
        return sum(rng.choice((0, 1, MASK)) << (BITS * i) for i in range(LIMBS)) % LARGEST
    if kind == 2:
        return LARGEST - 1 - (1 << rng.randrange(258))
    if kind == 3:
        return rng.getrandbits(13) << rng.randrange(245)
    return rng.randrange(LARGEST)


@pytest.mark.parametrize("field", PRIMES)
def test_every_operation_on_any_register(
    field: int, any_micropython: Interpreter, tmp_path: Path
) -> None:
    rng, p = random.Random(field), PRIMES[field]
    unfactor = 1 if field == 2 else pow(1 << 260, -1, p)
    cases = [
        (op, operand(rng, p), operand(rng, p)) for op in (MUL, SQR, ADD, SUB) for _ in range(1500)
    ]
    lines = [f"m {field} {op} {register(a).hex()} {register(b).hex()}" for op, a, b in cases]
    for (op, a, b), raw in zip(cases, ask(lines, any_micropython, tmp_path), strict=True):
        want = {MUL: a * b * unfactor, SQR: a * a * unfactor, ADD: a + b, SUB: a - b}[op] % p
        got = value_of(raw)
        assert got % p == want, (op, hex(a), hex(b))
        assert got < LARGEST


@pytest.mark.parametrize("field", PRIMES)
def test_random_programs_agree_with_the_model(
    field: int, any_micropython: Interpreter, tmp_path: Path
) -> None:
    """Programs of every operation, over loads of both widths, aliased in all ways."""
    rng, p = random.Random(f"programs {field}"), PRIMES[field]
    lines, wanted = [], []
    for _ in range(150):
        body = b"".join(bytes((IN, k, k, 0)) for k in range(8))
        for _ in range(rng.randrange(1, 25)):
            op, d, a, b = (rng.randrange(low, 8) for low in (1, 0, 0, 0))
            if op == SQR:
                b = rng.randrange(1, 6)
            elif op == IN:
                a, b = rng.randrange(4), rng.randrange(2)
            elif op == OUT:
                d, b = rng.randrange(4), rng.randrange(3)
            elif op == 7:
                op = MUL
            body += bytes((op, d, a, b))
        code = struct.pack("<4B16H", 2, 3, 0, 0, 9, *[0] * 15) + body + bytes(4)
        tab0, tab1, start = (
            b"".join(rng.randrange(p).to_bytes(32, "little") for _ in range(12)) for _ in range(3)
        )
        loads = [0, 16, 32, 16 | 64, 32 | 64]
        steps = b"".join(bytes((rng.choice(loads), rng.randrange(4))) for _ in range(4)) + b"\xff"
        parts = (code, steps, start, tab0, tab1)
        lines.append(f"r {field} " + " ".join(part.hex() for part in parts))
        io = bytearray(start)
        Machine(field, io).run(code, steps, tab0, tab1)
        wanted.append(bytes(io))
    assert ask(lines, any_micropython, tmp_path) == wanted


def test_inverse(any_micropython: Interpreter) -> None:
    """1/x for edges and random x, modulo the primes of fields and groups."""
    rng = random.Random(9)
    moduli = [*PRIMES.values(), 2**252 + 27742317777372353535851937790883648493]
    moduli.append(0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551)
    cases = []
    for m in moduli:
        edges = [0, 1, 2, 3, m - 1, m - 2, m // 2, m // 2 + 1]
        powers = [(1 << k) % m for k in range(0, 256, 5)]
        cases += [(x, m) for x in edges + powers + [rng.randrange(m) for _ in range(300)]]
    given = answers([f"i {x:x} {m:x}" for x, m in cases], any_micropython)
    for (x, m), text in zip(cases, given, strict=True):
        assert int(text, 16) == (pow(x, -1, m) if x else 0), (hex(x), hex(m))
