"""The RV32 kernel as a board would run it, under Unicorn, behind the contract's `run`.

`Kernel` has what docs/crypto.md asks of a kernel's module, so host code and the firmware's own
self-test can drive it, and it counts instructions.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from . import mpy, rv32_machine
from .unicorn_rv32 import Emulator


@lru_cache(maxsize=1)
def machine_code() -> bytes:
    """Give the field machine's code, as mpy-cross compiles it."""
    found = [f for f in mpy.functions(mpy.compile_text(rv32_machine.module())) if f.kind == "asm"]
    return found[0].code


class Kernel:
    """The field machine. `misalign` moves the buffers that need not be aligned off their words."""

    NAME = "asm_rv32"
    FIELDS = (0, 1, 2)
    SIZE = 32

    def __init__(self, misalign: int = 0) -> None:
        self.emulator = Emulator(machine_code(), aligned=True)
        self.instructions = 0  # of all runs
        self._misalign = misalign

    def run(
        self,
        field: int,
        code: bytes,
        steps: bytes,
        regs: bytearray,
        io: bytearray,
        tab0: bytes,
        tab1: bytes,
    ) -> None:
        """Run steps; see docs/crypto.md."""
        machine = self.emulator
        machine.clear()
        steps_at, code_at, tab0_at, tab1_at = (
            machine.place(data, self._misalign) for data in (steps, code, tab0, tab1)
        )
        regs_at, io_at = machine.place(bytes(regs)), machine.place(bytes(io))
        arguments = struct.pack("<7I", field, steps_at, code_at, regs_at, io_at, tab0_at, tab1_at)
        machine.call(machine.place(arguments))
        self.instructions += machine.instructions
        regs[:] = machine.read(regs_at, len(regs))
        io[:] = machine.read(io_at, len(io))
