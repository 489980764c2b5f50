"""The routines that are ported from RV32, in our Xtensa emulator: the same checks as on RV32."""

from __future__ import annotations

import hashlib
import random

import pytest
from gmssl import sm3

from host_tools.kernels.curves import P256
from host_tools.kernels.xtensa_kernel import Routine

from . import test_rv32_inverse, test_rv32_plan, test_rv32_rsa
from .operands import edges, operand
from .test_rv32_hash import messages, sha512, sm3_hash
from .test_rv32_inverse import MODULI, SMALL, inverse
from .test_rv32_rsa import SIZES, power


@pytest.fixture(autouse=True)
def xtensa(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let RV32's tests find Xtensa's routines."""
    for module in (test_rv32_inverse, test_rv32_plan, test_rv32_rsa):
        monkeypatch.setattr(module, "Routine", Routine)


@pytest.mark.parametrize("m", MODULI.values(), ids=MODULI)
def test_inversion(m: int) -> None:
    kernel, rng = Routine("ecdsa"), random.Random(m)
    for x in edges(m, m) + [operand(rng, m, m) for _ in range(100)]:
        assert inverse(kernel, x, m) == (pow(x, -1, m) if x else 0), hex(x)
    assert kernel.emulator.instructions <= 36_000


@pytest.mark.parametrize("m", SMALL)
def test_inversion_modulo_other_primes(m: int) -> None:
    test_rv32_inverse.test_other_primes(m)


@pytest.mark.parametrize("misalign", [1, 2, 3])
def test_inversion_anywhere_in_memory(misalign: int) -> None:
    test_rv32_inverse.test_anywhere_in_memory(misalign)


@pytest.mark.parametrize("misalign", range(4))
def test_scalars(misalign: int) -> None:
    test_rv32_inverse.test_scalars_of_a_signature(P256.n, misalign)


@pytest.mark.parametrize("field", [0, 1, 2])
@pytest.mark.parametrize("teeth", [0, 3, 8])
def test_plan(field: int, teeth: int) -> None:
    test_rv32_plan.test_steps_add_up(field, teeth)


@pytest.mark.parametrize("size", SIZES)
def test_rsa(size: int) -> None:
    test_rv32_rsa.test_against_pow(size)


def test_rsa_count() -> None:
    routine, rng = Routine("rsa"), random.Random(1)
    n = rng.getrandbits(2048) | 1 << 2047 | 1
    s = rng.randrange(n)
    assert power(routine, s, n, 256) == pow(s, 65537, n)
    assert routine.emulator.instructions <= 1_700_000


def test_sha512() -> None:
    rounds = Routine("sha512_rounds")
    for message in messages(1):
        assert sha512(rounds, message) == hashlib.sha512(message).digest(), len(message)
    assert rounds.emulator.instructions <= 17_500


def test_sm3() -> None:
    rounds = Routine("sm3_rounds")
    for message in messages(2):
        assert sm3_hash(rounds, message).hex() == sm3.sm3_hash(list(message)), len(message)
    assert rounds.emulator.instructions <= 5_500
