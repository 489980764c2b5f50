"""The portable kernel as RV32 runs it: mpy-cross's viper code under Unicorn.

Viper code is called as MicroPython calls it and finds its helpers by way of the function object.
Here every helper gives back what it is given: the only one that this code uses turns an argument
from an object into a word, and the arguments are words already. A board spends some fifty
instructions in each of the ten conversions; they are not in the count.
"""

from __future__ import annotations

import ast
import re
import struct
from functools import lru_cache
from typing import Any

from host_tools.bench.emptied import stub
from host_tools.firmware import FIRMWARE
from host_tools.kernels import mpy
from host_tools.kernels.unicorn_rv32 import HALT, Emulator

_SOURCE = FIRMWARE / "gate" / "crypto" / "kernel_viper.py"
_HELPER = HALT + 0x100
_RETURN = bytes.fromhex("67800000")  # jalr zero, ra
_WORDS = 128  # of each table on the way from the function object to the helpers


@lru_cache(maxsize=1)
def _code() -> bytes:
    """The machine code of the kernel's one function."""
    found = mpy.functions(mpy.compile_file(_SOURCE, "rv32imc"))
    viper = [function.code for function in found if function.kind == "viper"]
    assert len(viper) == 1, "the portable kernel has one viper function"
    return viper[0]


class _Machine(Emulator):
    """Does not count the helpers."""

    def _block(self, uc: Any, address: int, size: int, _: object) -> None:
        if address < HALT:
            super()._block(uc, address, size, _)


class ViperRv32:
    """kernel_viper's `run`, counted on RV32."""

    name = "viper_rv32"

    def __init__(self) -> None:
        text = _SOURCE.read_text(encoding="utf-8")
        size = re.search(r"^SIZE = (\d+)", text, re.MULTILINE)
        scratch = re.search(r'^_scratch = array\("I", bytes\(4 \* (\d+)\)\)', text, re.MULTILINE)
        assert size is not None
        assert scratch is not None
        # Only `run` is asked for; the others of the firmware's routines stay where they are.
        self.text = "def run(field, code, steps, regs, io, tab0, tab1): pass"
        self.stub = stub(text, _is_run)
        self.size = int(size[1])
        self.instructions = 0
        self._scratch = bytes(4 * int(scratch[1]))
        self._regs = bytes(32 * self.size)
        self._machine = _Machine(_code())
        self._machine.write(_HELPER, _RETURN)

    def call(self, name: str, arguments: list[int | bytes]) -> tuple[int | None, list[int | bytes]]:
        """Do a call of `run`."""
        assert name == "run"
        machine = self._machine
        machine.clear()
        number, code, steps, regs, io, tab0, tab1 = arguments
        assert isinstance(io, bytes)
        helpers = machine.place(struct.pack("<I", _HELPER) * _WORDS)
        objects = machine.place(struct.pack("<I", helpers) * _WORDS)
        context = machine.place(struct.pack("<I", objects) * _WORDS)
        function = machine.place(struct.pack("<I", context) * _WORDS)
        registers, slots = machine.place(self._regs), machine.place(io)
        words: list[int] = [0, registers, machine.place(self._scratch)]
        for item in (number, code, steps):
            words.append(item if isinstance(item, int) else machine.place(item))
        words += [registers, slots]
        for item in (tab0, tab1):
            words.append(item if isinstance(item, int) else machine.place(item))
        machine.call(function, len(words), 0, machine.place(struct.pack("<10I", *words)))
        self.instructions += machine.instructions
        self._regs = machine.read(registers, len(self._regs))
        return None, [number, code, steps, regs, machine.read(slots, len(io)), tab0, tab1]


def _is_run(node: ast.FunctionDef) -> bool:
    return node.name == "_run"
