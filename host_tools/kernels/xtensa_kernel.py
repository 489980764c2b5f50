"""The Xtensa kernel as a board would run it, in our own emulator, behind the contract's `run`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from . import mpy, rv32_kernel, xtensa_machine
from .xtensa_emulator import Emulator


@lru_cache(maxsize=1)
def functions() -> dict[str, bytes]:
    """Give the code of each assembler function of the kernel's module, as mpy-cross compiles it."""
    text = xtensa_machine.module()
    names = re.findall(r"@micropython.asm_xtensa\ndef (\w+)\(", text)
    compiled = mpy.compile_text(text, "xtensawin")
    found = [f.code for f in mpy.functions(compiled) if f.kind == "asm"]
    return dict(zip(names, found, strict=True))


@lru_cache
def _emulator(name: str) -> Emulator:
    """One for each function, with what it has translated."""
    return Emulator(functions()[name])


class Kernel(rv32_kernel.Kernel):
    """The field machine; drives it as rv32_kernel does the other one."""

    NAME = "asm_xtensa"
    emulator: Any  # an Emulator of this architecture's

    def __init__(self, misalign: int = 0) -> None:
        self.emulator = _emulator("_machine")
        self.instructions = 0
        self._misalign = misalign


class Routine(rv32_kernel.Routine):
    """One of the kernel's other functions."""

    emulator: Any

    def __init__(self, name: str, misalign: int = 0, aligned_first: bool = False) -> None:
        self.emulator = _emulator(name)
        self.result = 0
        self._misalign = misalign
        self._first = 0 if aligned_first else misalign
