"""Runs RV32IMC machine code of an .mpy file under Unicorn and counts its instructions.

A function is called as MicroPython calls one of @micropython.asm_rv32: arguments in a0..a3, the
result in a0. Buffers are copied into the emulated memory and back. Counts repeat to the digit;
Unicorn reports blocks of instructions, and the instructions of a block are counted by their
lengths, so counting costs little.

The callee-saved registers and the stack pointer are checked after each call, and a misaligned
access is an error when `aligned` is set (what a chip does with one is not ours to guess).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

unicorn: Any = import_module("unicorn")  # it has no types
riscv: Any = import_module("unicorn.riscv_const")

CODE = 0x4000_0000
HALT = 0x5000_0000  # the return address; nothing runs there
DATA = 0x6000_0000
STACK = 0x7000_0000
STACK_SIZE = 0x1000
ALIGNMENT = 16
RED = 0x5A5A_5A5A  # what callee-saved registers hold on entry

_SAVED = [getattr(riscv, f"UC_RISCV_REG_S{i}") for i in range(12)]
_SAVED += [riscv.UC_RISCV_REG_GP, riscv.UC_RISCV_REG_TP]
_ARGUMENTS = [getattr(riscv, f"UC_RISCV_REG_A{i}") for i in range(4)]


class EmulationError(Exception):
    """The code ran into a fault or broke the calling convention; says which and where."""


class Emulator:
    """One piece of machine code in a fresh machine."""

    def __init__(self, code: bytes, memory: int = 0x40000, aligned: bool = False) -> None:
        self.code = code
        self.instructions = 0
        self.deepest = 0  # bytes of stack that were ever used
        self._free = DATA
        self._lengths: dict[tuple[int, int], int] = {}
        self._fault = ""
        uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        uc.mem_map(CODE, (len(code) + 0xFFF) & ~0xFFF, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        uc.mem_map(HALT, 0x1000, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        uc.mem_map(DATA, memory, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        uc.mem_map(STACK, STACK_SIZE, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        uc.mem_write(CODE, code)
        uc.hook_add(unicorn.UC_HOOK_BLOCK, self._block)
        if aligned:
            uc.hook_add(unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE, self._access)
        self._uc = uc

    def _block(self, uc: Any, address: int, size: int, _: object) -> None:
        if address == HALT:
            return
        key = (address, size)
        if key not in self._lengths:
            at, count = address - CODE, 0
            while at < address - CODE + size:
                at += 4 if self.code[at] & 3 == 3 else 2
                count += 1
            self._lengths[key] = count
        self.instructions += self._lengths[key]

    def _access(self, uc: Any, kind: int, address: int, size: int, value: int, _: object) -> None:
        if address % size:
            self._fault = f"misaligned access of {size} bytes at {address:#x}"
            uc.emu_stop()

    def clear(self) -> None:
        """Take back all that was placed."""
        self._free = DATA

    def place(self, data: bytes, misalign: int = 0) -> int:
        """Copy bytes into memory and give their address, a multiple of 16 plus `misalign`."""
        address = ((self._free + ALIGNMENT - 1) & -ALIGNMENT) + misalign
        self._uc.mem_write(address, bytes(data))
        self._free = address + len(data)
        return address

    def read(self, address: int, size: int) -> bytes:
        """Give bytes of the memory."""
        return bytes(self._uc.mem_read(address, size))

    def write(self, address: int, data: bytes) -> None:
        """Change bytes of the memory."""
        self._uc.mem_write(address, bytes(data))

    def call(self, *arguments: int) -> int:
        """Call the code; `instructions` then says how many it took."""
        uc = self._uc
        for register in _SAVED:
            uc.reg_write(register, RED)
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            uc.reg_write(register, value & 0xFFFF_FFFF)
        top = STACK + STACK_SIZE - 64
        uc.mem_write(STACK, bytes([0xA5]) * STACK_SIZE)
        uc.reg_write(riscv.UC_RISCV_REG_SP, top)
        uc.reg_write(riscv.UC_RISCV_REG_RA, HALT)
        self.instructions = 0
        self._fault = ""
        try:
            uc.emu_start(CODE, HALT)
        except unicorn.UcError as error:
            where = uc.reg_read(riscv.UC_RISCV_REG_PC) - CODE
            raise EmulationError(f"{error} at byte {where:#x} of the code") from None
        if self._fault:
            where = uc.reg_read(riscv.UC_RISCV_REG_PC) - CODE
            raise EmulationError(f"{self._fault} at byte {where:#x} of the code")
        if uc.reg_read(riscv.UC_RISCV_REG_SP) != top:
            raise EmulationError("the stack pointer is not what it was")
        if any(uc.reg_read(register) != RED for register in _SAVED):
            raise EmulationError("a callee-saved register is not what it was")
        stack = self.read(STACK, STACK_SIZE)
        self.deepest = max(self.deepest, top - STACK - (STACK_SIZE - len(stack.lstrip(b"\xa5"))))
        if stack[top - STACK :] != b"\xa5" * 64:
            raise EmulationError("the caller's stack was overwritten")
        return int(uc.reg_read(riscv.UC_RISCV_REG_A0))
