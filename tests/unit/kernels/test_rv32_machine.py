"""The RV32 field machine, under Unicorn, against Python's integers."""

from __future__ import annotations

import random
import struct

import pytest

from host_tools.kernels import rv32_machine
from host_tools.kernels.model import PRIMES, Machine
from host_tools.kernels.rv32_kernel import Kernel, functions
from host_tools.kernels.rv32_machine import FRAME_SIZE

from .operands import edges, operand

CASES = 1500
MUL, SQR, ADD, SUB, IN, OUT = range(1, 7)
FACTOR = {field: 1 if field == 2 else 1 << 256 for field in PRIMES}


def program(*instructions: tuple[int, int, int, int]) -> bytes:
    """The code of docs/crypto.md with one program."""
    body = b"".join(bytes(i) for i in instructions) + bytes(4)
    return struct.pack("<4B16H", 2, 3, 0, 0, 9, *[0] * 15) + body


def elements(*values: int) -> bytearray:
    return bytearray(b"".join(v.to_bytes(32, "little") for v in values))


@pytest.mark.parametrize("field", PRIMES)
@pytest.mark.parametrize("op", [MUL, SQR, ADD, SUB], ids=["MUL", "SQR", "ADD", "SUB"])
def test_operation_on_any_256_bits(field: int, op: int) -> None:
    """Any register value is right as an operand, and the result is the integers' residue."""
    p, kernel, rng = PRIMES[field], Kernel(), random.Random(f"{field} {op}")
    unfactor = pow(FACTOR[field], -1, p)
    pairs = [(operand(rng, p), operand(rng, p)) for _ in range(CASES)]
    pairs += [(a, b) for a in edges(p)[::7] for b in edges(p)[::7]]
    for a, b in pairs:
        regs = elements(0, a, b)
        # The destination is apart from, the same as the first, or as the second operand.
        target = rng.randrange(3)
        step = (op, target, 1, 1 if op == SQR else 2)
        kernel.run(field, program(step), b"\0\0\xff", regs, elements(0), b"", b"")
        got = int.from_bytes(regs[32 * target : 32 * target + 32], "little") % p
        want = {MUL: a * b * unfactor, SQR: a * a * unfactor, ADD: a + b, SUB: a - b}[op] % p
        assert got == want, (hex(a), hex(b), target)


@pytest.mark.parametrize("field", PRIMES)
def test_out_is_canonical(field: int) -> None:
    p, kernel, rng = PRIMES[field], Kernel(), random.Random(field)
    for value in edges(p) + [operand(rng, p) for _ in range(200)]:
        io = elements(0)
        kernel.run(field, program((OUT, 0, 0, 0)), b"\0\0\xff", elements(value), io, b"", b"")
        assert int.from_bytes(io, "little") == value % p, hex(value)


@pytest.mark.parametrize("misalign", range(4))
@pytest.mark.parametrize("field", PRIMES)
def test_random_programs_agree_with_the_model(field: int, misalign: int) -> None:
    """Programs of every operation, over loads of both widths, aliased in all ways."""
    kernel, rng = Kernel(misalign), random.Random(f"{field} {misalign}")
    p = PRIMES[field]
    for _ in range(25):
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


def test_the_firmware_s_self_test_accepts_it() -> None:
    from host_tools.kernels import selftest

    for field in PRIMES:
        io = bytearray(selftest.VALUES) + bytearray(32 * selftest.SLOTS - len(selftest.VALUES))
        Kernel().run(
            field,
            selftest.CODE,
            selftest.STEPS,
            bytearray(320),
            io,
            selftest.VALUES,
            selftest.VALUES,
        )
        wanted = bytearray(selftest.VALUES) + bytearray(32 * selftest.SLOTS - len(selftest.VALUES))
        Machine(field, wanted).run(selftest.CODE, selftest.STEPS, selftest.VALUES, selftest.VALUES)
        assert io == wanted


def test_size_and_stack() -> None:
    """What docs/crypto.md states: the code's bytes and the stack it takes."""
    assert len(functions()["_machine"]) <= 12 * 1024
    kernel = Kernel()
    kernel.run(0, program((MUL, 0, 1, 2)), b"\0\0\xff", elements(1, 2, 3), elements(0), b"", b"")
    assert kernel.emulator.deepest == FRAME_SIZE


def test_output_is_reproducible() -> None:
    assert rv32_machine.module() == rv32_machine.module()
