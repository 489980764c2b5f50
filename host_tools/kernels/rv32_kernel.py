"""The RV32 kernel as a board would run it, under Unicorn, behind the contract's `run`.

`Kernel` has what docs/crypto.md asks of a kernel's module, so host code and the firmware's own
self-test can drive it, and it counts instructions.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache

from . import mpy, rv32_machine
from .unicorn_rv32 import Emulator


@lru_cache(maxsize=1)
def functions() -> dict[str, bytes]:
    """Give the code of each assembler function of the kernel's module, as mpy-cross compiles it."""
    text = rv32_machine.module()
    names = re.findall(r"@micropython.asm_rv32\ndef (\w+)\(", text)
    found = [f.code for f in mpy.functions(mpy.compile_text(text)) if f.kind == "asm"]
    return dict(zip(names, found, strict=True))


class Kernel:
    """The field machine. `misalign` moves the buffers that need not be aligned off their words."""

    NAME = "asm_rv32"
    FIELDS = (0, 1, 2)
    SIZE = 32

    def __init__(self, misalign: int = 0) -> None:
        self.emulator = Emulator(functions()["_machine"], aligned=True)
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


class Routine:
    """One of the kernel's other functions; `result` is what the last call returned.

    misalign: how far buffers are off their words, the first one too unless `aligned_first`.
    """

    def __init__(self, name: str, misalign: int = 0, aligned_first: bool = False) -> None:
        self.emulator = Emulator(functions()[name], aligned=True)
        self.result = 0
        self._misalign = misalign
        self._first = 0 if aligned_first else misalign

    def __call__(self, *buffers: bytes | int) -> list[bytes]:
        """Give what the call leaves in each buffer; a number is passed as it is."""
        machine = self.emulator
        machine.clear()
        arguments = [
            item if isinstance(item, int) else machine.place(item, off)
            for item, off in zip(buffers, (self._first, *[self._misalign] * 3), strict=False)
        ]
        self.result = machine.call(*arguments)
        return [
            b"" if isinstance(item, int) else machine.read(at, len(item))
            for item, at in zip(buffers, arguments, strict=True)
        ]
