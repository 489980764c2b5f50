"""The Xtensa field machine, in our emulator, against Python's integers."""

from __future__ import annotations

import pytest

from host_tools.kernels import xtensa_machine
from host_tools.kernels.model import PRIMES
from host_tools.kernels.xtensa_kernel import Kernel, functions
from host_tools.kernels.xtensa_machine import FRAME_SIZE

from . import machine_checks as checks

PROLOGUE = bytes.fromhex("3661000901")  # entry a1, 48; s32i.n a0, a1, 0
EPILOGUE = bytes.fromhex("08011df0")  # l32i.n a0, a1, 0; retw.n


@pytest.mark.parametrize("field", PRIMES)
@pytest.mark.parametrize("op", checks.NAMES, ids=checks.NAMES.values())
def test_operation_on_any_256_bits(field: int, op: int) -> None:
    checks.operation(Kernel(), field, op, 3000)


@pytest.mark.parametrize("field", PRIMES)
def test_out_is_canonical(field: int) -> None:
    checks.out_is_canonical(Kernel(), field)


@pytest.mark.parametrize("misalign", range(4))
@pytest.mark.parametrize("field", PRIMES)
def test_random_programs_agree_with_the_model(field: int, misalign: int) -> None:
    checks.random_programs(Kernel(misalign), field, f"xtensa {field} {misalign}")


def test_the_firmware_s_self_test_accepts_it() -> None:
    checks.self_test(Kernel())


@pytest.mark.parametrize("name", functions())
def test_micropython_s_assembler_makes_what_is_encoded_here(name: str) -> None:
    asm = xtensa_machine.functions()[name][1]
    assert functions()[name] == PROLOGUE + asm.code() + EPILOGUE


def test_size_and_stack() -> None:
    """What docs/crypto.md states: the code's bytes and the stack it takes."""
    assert len(functions()["_machine"]) <= 10_500
    kernel = Kernel()
    code = checks.program((checks.MUL, 0, 1, 2))
    elements = checks.elements(1, 2, 3)
    kernel.run(0, code, b"\0\0\xff", elements, checks.elements(0), b"", b"")
    assert kernel.emulator.deepest == 48 + FRAME_SIZE


def test_output_is_reproducible() -> None:
    assert xtensa_machine.module() == xtensa_machine.module()
