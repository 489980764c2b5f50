"""Kernels of other chips, emulated: they do a call as the chip would, and count it."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from typing import Any, Protocol

from host_tools.bench.emptied import is_assembler, stub
from host_tools.bench.viper_rv32 import ViperRv32
from host_tools.kernels import (
    rv32_kernel,
    rv32_machine,
    xtensa_emulator,
    xtensa_kernel,
    xtensa_machine,
)
from host_tools.kernels.unicorn_rv32 import Emulator

Argument = int | bytes
_alone = threading.Lock()


class Backend(Protocol):
    """A native kernel. name: as its module's NAME. text: its module's source. stub: the same with
    its machine code taken out."""

    name: str
    text: str
    stub: str
    size: int  # bytes of a register
    instructions: int

    def call(self, name: str, arguments: list[Argument]) -> tuple[int | None, list[Argument]]:
        """Do a call: give its value, and the arguments as it leaves them."""


class Machine(Protocol):
    """What the emulators of both chips have in common."""

    instructions: int

    def place(self, data: bytes) -> int: ...
    def read(self, address: int, size: int) -> bytes: ...
    def call(self, *arguments: int) -> int: ...


class Assembler:
    """A kernel in a chip's assembler: `run` as its Kernel has it, its other routines by name."""

    def __init__(
        self, kernel: Any, text: str, functions: dict[str, bytes], machine: Callable[..., Machine]
    ) -> None:
        self.name = kernel.NAME
        self.size = kernel.SIZE
        self.text = text
        self.stub = stub(text, is_assembler)
        self.instructions = 0
        self._kernel = kernel
        self._functions = functions
        self._machine = machine
        self._regs = bytearray(32 * self.size)

    def call(self, name: str, arguments: list[Argument]) -> tuple[int | None, list[Argument]]:
        """Do a call, alone: emulators keep and share what they have translated."""
        with _alone:
            return self._call(name, arguments)

    def _call(self, name: str, arguments: list[Argument]) -> tuple[int | None, list[Argument]]:
        """`run`, `plan` and `invert` are wrappers of the module, the others code."""
        if name == "run":
            return None, self._run(arguments)
        if name == "invert" and name not in self._functions:
            value, after = self._call("ecdsa", [*arguments, 0, 0])
            return value, after[:2]
        packed = name not in self._functions  # then the code takes one array of all arguments
        machine = self._machine(self._functions[f"_{name}" if packed else name])
        places = [a if isinstance(a, int) else machine.place(a) for a in arguments]
        if packed:
            value = machine.call(machine.place(struct.pack(f"<{len(places)}i", *places)))
        else:
            value = machine.call(*places)
        self.instructions += machine.instructions
        return value, [
            a if isinstance(a, int) else machine.read(at, len(a))
            for a, at in zip(arguments, places, strict=True)
        ]

    def _run(self, arguments: list[Argument]) -> list[Argument]:
        number, code, steps, regs, io, tab0, tab1 = arguments
        assert isinstance(io, bytes)
        slots, before = bytearray(io), self._kernel.instructions
        self._kernel.run(number, code, steps, self._regs, slots, tab0, tab1)
        self.instructions += self._kernel.instructions - before
        return [number, code, steps, regs, bytes(slots), tab0, tab1]


def rv32() -> Assembler:
    """The kernel for ESP32-C3 and C6, under Unicorn."""
    kernel = rv32_kernel.Kernel()
    functions = rv32_kernel.functions()
    return Assembler(
        kernel, rv32_machine.module(), functions, lambda code: Emulator(code, aligned=True)
    )


def xtensa() -> Assembler:
    """The kernel for ESP32, S2 and S3, in the project's own emulator."""
    kernel = xtensa_kernel.Kernel()
    return Assembler(
        kernel, xtensa_machine.module(), xtensa_kernel.functions(), xtensa_emulator.Emulator
    )


KERNELS: dict[str, Callable[[], Backend]] = {
    "asm_rv32": rv32,
    "asm_xtensa": xtensa,
    "viper_rv32": ViperRv32,
}
