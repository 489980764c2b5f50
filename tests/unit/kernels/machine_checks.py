"""What every native field machine must do, against Python's integers and the model."""

from __future__ import annotations

import random
import struct

from host_tools.kernels import selftest
from host_tools.kernels.model import PRIMES, Machine
from host_tools.kernels.rv32_kernel import Kernel

from .operands import edges, operand

MUL, SQR, ADD, SUB, IN, OUT = range(1, 7)
NAMES = {MUL: "MUL", SQR: "SQR", ADD: "ADD", SUB: "SUB"}
FACTOR = {field: 1 if field == 2 else 1 << 256 for field in PRIMES}


def program(*instructions: tuple[int, int, int, int]) -> bytes:
    """The code of docs/crypto.md with one program."""
    body = b"".join(bytes(i) for i in instructions) + bytes(4)
    return struct.pack("<4B16H", 2, 3, 0, 0, 9, *[0] * 15) + body


def elements(*values: int) -> bytearray:
    return bytearray(b"".join(v.to_bytes(32, "little") for v in values))


def operation(kernel: Kernel, field: int, op: int, cases: int) -> None:
    """Any register value is right as an operand, and the result is the integers' residue."""
    p, rng = PRIMES[field], random.Random(f"{field} {op}")
    unfactor = pow(FACTOR[field], -1, p)
    pairs = [(operand(rng, p), operand(rng, p)) for _ in range(cases)]
    pairs += [(a, b) for a in edges(p)[::7] for b in edges(p)[::7]]
    for a, b in pairs:
        # The second operand may be the first; the destination is a third register or one of theirs.
        second, target = rng.choice((1, 2, 2)), rng.randrange(3)
        b = a if second == 1 else b
        regs = elements(0, a, b)
        step = (op, target, 1, 1 if op == SQR else second)
        kernel.run(field, program(step), b"\0\0\xff", regs, elements(0), b"", b"")
        got = int.from_bytes(regs[32 * target : 32 * target + 32], "little") % p
        want = {MUL: a * b * unfactor, SQR: a * a * unfactor, ADD: a + b, SUB: a - b}[op] % p
        assert got == want, (hex(a), hex(b), target)


def out_is_canonical(kernel: Kernel, field: int) -> None:
    p, rng = PRIMES[field], random.Random(field)
    for value in edges(p) + [operand(rng, p) for _ in range(200)]:
        io = elements(0)
        kernel.run(field, program((OUT, 0, 0, 0)), b"\0\0\xff", elements(value), io, b"", b"")
        assert int.from_bytes(io, "little") == value % p, hex(value)


def random_programs(kernel: Kernel, field: int, seed: str, cases: int = 25) -> None:
    """Programs of every operation, over loads of both widths, aliased in all ways."""
    rng = random.Random(seed)
    p = PRIMES[field]
    for _ in range(cases):
        lines = []
        for _ in range(rng.randrange(1, 25)):
            op = rng.randrange(1, 7)
            d, a, b = rng.randrange(8), rng.randrange(8), rng.randrange(8)
            if op == SQR:
                b = rng.randrange(1, 6)
            elif op == IN:
                a, b = rng.randrange(4), rng.randrange(2)
            elif op == OUT:
                d, b = rng.randrange(4), rng.randrange(3)
            lines.append((op, d, a, b))
        tables = [elements(*(rng.randrange(p) for _ in range(12))) for _ in range(2)]
        loads = [0, 16, 32, 16 | 64, 32 | 64]
        steps = b"".join(bytes((rng.choice(loads), rng.randrange(4))) for _ in range(6)) + b"\xff"
        start = elements(*(rng.randrange(p) for _ in range(10)))
        io, wanted = bytearray(start), bytearray(start)
        kernel.run(field, program(*lines), steps, bytearray(256), io, *map(bytes, tables))
        Machine(field, wanted).run(program(*lines), steps, *map(bytes, tables))
        assert io == wanted, (lines, steps.hex())


def self_test(kernel: Kernel) -> None:
    """The firmware's own known answers."""
    start = bytearray(selftest.VALUES) + bytearray(32 * selftest.SLOTS - len(selftest.VALUES))
    for field in PRIMES:
        io, wanted, tables = bytearray(start), bytearray(start), (selftest.VALUES, selftest.VALUES)
        kernel.run(field, selftest.CODE, selftest.STEPS, bytearray(320), io, *tables)
        Machine(field, wanted).run(selftest.CODE, selftest.STEPS, *tables)
        assert io == wanted
