"""Our Xtensa emulator and qemu-xtensa do the same with the same machine code, and so the kernel
runs right under qemu too, muluh apart (host_tools.kernels.xtensa_qemu says how)."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest

from host_tools.kernels import counts, xtensa_machine, xtensa_qemu
from host_tools.kernels import xtensa_encoding as encoding
from host_tools.kernels.combs import make_table
from host_tools.kernels.curves import P256, SM2
from host_tools.kernels.model import PRIMES
from host_tools.kernels.replay import verification
from host_tools.kernels.xtensa_asm import Asm
from host_tools.kernels.xtensa_emulator import Emulator
from host_tools.kernels.xtensa_kernel import Kernel, Routine, functions
from host_tools.kernels.xtensa_qemu import Qemu

from . import machine_checks as checks
from . import test_rv32_plan
from .operands import WORDS, operand
from .test_rv32_hash import sha512, sm3_hash
from .test_rv32_inverse import inverse, signature_scalars
from .test_rv32_rsa import moduli, power

pytestmark = pytest.mark.skipif(
    xtensa_qemu.command() is None,
    reason="qemu-xtensa is not here (Debian: apt-get install qemu-user, or set QEMU_XTENSA)",
)

ENTRY, RETURN = bytes.fromhex("366100"), bytes.fromhex("1df0")  # entry a1, 48; retw.n
FIRST, COUNT = 3, 13  # registers a3..a15; a2 has the buffer's address
SCRATCH = 4 * COUNT  # bytes of the buffer behind the registers' values: scratch memory
SIZE = 1024


class Function(Asm):
    """A whole function: entry, a body, retw.n."""

    START = 3

    def whole(self) -> bytes:
        return ENTRY + self.code() + RETURN


def instruction(asm: Function, rng: random.Random) -> None:
    """One instruction of those that the kernel uses, apart from muluh and jumps."""
    d, s, t = (f"a{rng.randrange(FIRST, 16)}" for _ in range(3))
    three = [name for name in encoding.THREE if name not in ("muluh", "mulsh")]
    kind = rng.randrange(13)
    if kind < 4:
        asm.op(rng.choice(three), d, s, t)
    elif kind == 4:
        asm.addi(d, s, rng.choice([-1, 1, 15, 16, 127, -128, -2, 256, -32768, 32512]))
    elif kind == 5:
        asm.movi(d, rng.choice([-32, -1, 0, 1, 95, 96, -33, 255, 2047, -2048]))
    elif kind == 6:
        asm.shift(rng.choice(["slli", "srli", "srai"]), d, s, rng.randrange(1, 32))
    elif kind == 7:
        asm.extract(d, s, rng.randrange(32), rng.randrange(1, 17))
    elif kind == 8:
        asm.ssai(rng.randrange(32))
    elif kind == 9:
        rng.choice([asm.neg, asm.mov])(d, s)
    elif kind == 10:
        asm.shift_by(d, s, t)
    else:
        name, (_, size) = rng.choice(list(encoding.MEMORY.items()))
        at = rng.randrange(SCRATCH // size, min(256, SIZE // size)) * size
        (asm.load if name.startswith("l") else asm.store)(d, at, "a2", name)


def branch(asm: Function, rng: random.Random) -> None:
    """A conditional branch over a few instructions."""
    s, t = (f"a{rng.randrange(FIRST, 16)}" for _ in range(2))
    kinds = [(name, (s, t)) for name in encoding.TWO] + [(name, (s,)) for name in encoding.ZERO]
    kinds += [(name, (s, rng.choice(encoding.SMALL_NUMBERS))) for name in encoding.SMALL]
    kinds += [(name, (s, rng.randrange(32))) for name in encoding.BIT]
    name, operands = rng.choice(kinds)
    with asm.skip(name, *operands):
        for _ in range(rng.randrange(1, 4)):
            instruction(asm, rng)


def sequence(rng: random.Random) -> bytes:
    """A function that loads a3..a15, does a hundred instructions with them, and stores them."""
    asm = Function()
    for i in range(COUNT):
        asm.load(f"a{FIRST + i}", 4 * i, "a2")
    asm.ssai(7)
    for _ in range(100):
        rng.choice([instruction, instruction, branch])(asm, rng)
    for i in range(COUNT):
        asm.store(f"a{FIRST + i}", 4 * i, "a2")
    return asm.whole()


@pytest.mark.parametrize("seed", range(40))
def test_instructions_do_the_same(seed: int) -> None:
    rng = random.Random(seed)
    code = sequence(rng)
    words = [rng.choice([*WORDS, rng.getrandbits(32)]) for _ in range(SIZE // 4)]
    left = []
    for machine in (Emulator(code), Qemu(code)):
        at = machine.place(struct.pack(f"<{SIZE // 4}I", *words))
        machine.call(at)
        left.append(machine.read(at, SIZE))
    assert left[0] == left[1]


def under_qemu(name: str) -> Qemu:
    """A function of the kernel."""
    body = xtensa_machine.functions()[name][1]
    return Qemu(xtensa_qemu.replaced(functions()[name], body))


class QemuKernel(Kernel):
    """The field machine under qemu."""

    def __init__(self) -> None:
        super().__init__()
        self.emulator = under_qemu("_machine")


def test_the_kernel_passes_the_firmware_s_self_test() -> None:
    checks.self_test(QemuKernel())


@pytest.mark.parametrize("field", PRIMES)
def test_the_kernel_agrees_with_the_model(field: int) -> None:
    checks.random_programs(QemuKernel(), field, f"qemu {field}", 40)


@pytest.mark.parametrize("op", checks.NAMES, ids=checks.NAMES.values())
@pytest.mark.parametrize("field", PRIMES)
def test_operations_on_any_256_bits(field: int, op: int) -> None:
    """Sixteen of them in one run."""
    p, rng, kernel = PRIMES[field], random.Random(f"{field} {op}"), QemuKernel()
    unfactor = pow(checks.FACTOR[field], -1, p)
    for _ in range(5):
        values = [operand(rng, p) for _ in range(16)]
        values[0], values[1] = rng.choice([(0, p), ((1 << 256) - 1, (1 << 256) - 1), (p, p - 1)])
        regs = checks.elements(*values, *[0] * 16)
        lines = [(op, 16 + i, i, 1 if op == checks.SQR else i ^ 1) for i in range(16)]
        kernel.run(field, checks.program(*lines), b"\0\0\xff", regs, bytearray(32), b"", b"")
        for i, a in enumerate(values):
            b = values[i ^ 1]
            got = int.from_bytes(regs[512 + 32 * i : 544 + 32 * i], "little")
            want = {1: a * b * unfactor, 2: a * a * unfactor, 3: a + b, 4: a - b}[op]
            assert got % p == want % p, (hex(a), hex(b))


def test_the_replacement_of_high_words() -> None:
    """The stubs that stand for muluh and mulsh do what our emulator does for them."""
    rng = random.Random(1)
    asm = Function()
    for i in range(COUNT):
        asm.load(f"a{FIRST + i}", 4 * i, "a2")
    for _ in range(40):
        for name in ("muluh", "add", "mulsh", "mull"):
            asm.op(name, *(f"a{rng.randrange(FIRST, 16)}" for _ in range(3)))
    for i in range(COUNT):
        asm.store(f"a{FIRST + i}", 4 * i, "a2")
    code = asm.whole()
    for _ in range(10):
        words = [rng.choice([*WORDS, rng.getrandbits(32)]) for _ in range(COUNT)]
        left = []
        for machine in (Emulator(code), Qemu(xtensa_qemu.replaced(code, asm))):
            at = machine.place(struct.pack(f"<{COUNT}I", *words))
            machine.call(at)
            left.append(machine.read(at, 4 * COUNT))
        assert left[0] == left[1]


@pytest.mark.parametrize("signed", counts.signatures(), ids=lambda signed: signed.name)
@pytest.mark.parametrize("teeth", [0, 8])
def test_whole_verifications(signed: counts.Signed, teeth: int) -> None:
    """Of a signature by `cryptography` or our own curves; the slots of each call are compared."""
    table = make_table(signed.alg, signed.key, teeth) if teeth else b""
    arguments = (signed.alg, signed.key, counts.MESSAGE, signed.signature, table)
    assert verification(*arguments, kind=QemuKernel).valid


def routine_under_qemu(name: str) -> Routine:
    routine = Routine(name)
    routine.emulator = under_qemu(name)
    return routine


def test_inversion() -> None:
    routine, rng = routine_under_qemu("ecdsa"), random.Random(2)
    for m in (P256.n, SM2.n, P256.p):
        for x in (0, 1, m - 1, rng.randrange(m), rng.randrange(m)):
            assert inverse(routine, x, m) == (pow(x, -1, m) if x else 0)


def test_scalars() -> None:
    routine, rng, n = routine_under_qemu("ecdsa"), random.Random(3), P256.n
    for _ in range(5):
        r, s, e = rng.randrange(1, n), rng.randrange(1, n), rng.getrandbits(256)
        w = pow(s, -1, n)
        assert signature_scalars(routine, n, r, s, e) == (e * w % n, r * w % n, r)
    assert signature_scalars(routine, n, 1, n, 1) is None


def test_rsa() -> None:
    routine, rng = routine_under_qemu("rsa"), random.Random(4)
    for size in (256, 512):
        for n in moduli(rng, size)[::2]:
            s = rng.randrange(n)
            assert power(routine, s, n, size) == pow(s, 65537, n)


def test_hashes() -> None:
    message = random.Random(5).randbytes(300)
    assert sha512(routine_under_qemu("sha512_rounds"), message) == hashlib.sha512(message).digest()
    assert sm3_hash(routine_under_qemu("sm3_rounds"), message) == sm3_hash(
        Routine("sm3_rounds"), message
    )


@pytest.mark.parametrize("field", [0, 2])
@pytest.mark.parametrize("teeth", [0, 7])
def test_plan(monkeypatch: pytest.MonkeyPatch, field: int, teeth: int) -> None:
    monkeypatch.setattr(test_rv32_plan, "Routine", routine_under_qemu)
    test_rv32_plan.test_steps_add_up(field, teeth)
