"""Runs the kernel's machine code under qemu-xtensa, an emulator that others wrote.

qemu's user-mode cores have every instruction of the kernel but muluh and mulsh (32-bit
multiplication, high word). So each of these is replaced by a jump to a stub of its own that does
the same with halves of 16 bits and jumps back; all the rest runs as it is: windows, movsp, loads.

A call of the code is a run of qemu with a small ELF file: the buffers, the code, the stubs, and a
start that calls the code by call8 and writes the buffers to the standard output.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from .xtensa_asm import SP, Asm
from .xtensa_emulator import ALIGNMENT, MASK, EmulationError
from .xtensa_encoding import number

CPU = "dc233c"
BASE = 0x0040_0000
DATA_SIZE = 0x8000
PAGE = 0x1000
SYSCALL, CALLX8 = 0x005000, 0x0000E0
WRITE, EXIT = 13, 118  # Linux's numbers on Xtensa


def command() -> str | None:
    """Where qemu-xtensa is: as QEMU_XTENSA says, or on PATH; None where it is not."""
    return os.environ.get("QEMU_XTENSA") or shutil.which("qemu-xtensa")


class _Stub(Asm):
    """Code that is no function: it starts at 0."""

    START = 0

    def raw(self, word: int) -> None:
        """An instruction that the assembler has no name for."""
        self._put("raw", word)

    def constant(self, d: str, value: int, scratch: str) -> None:
        """d = any value."""
        self.movi(d, value >> 24)
        for shift in (16, 8, 0):
            self.shift("slli", d, d, 8)
            self.movi(scratch, value >> shift & 255)
            self.op("or", d, d, scratch)


def _high_word(asm: Asm, name: str, r: str, s: str, t: str) -> None:
    """r = the high word of s * t, from products of halves; all else is kept."""
    s1, t1, s0, t0, total = [x for x in (f"a{i}" for i in range(2, 16)) if x not in (r, s, t)][:5]
    used = [s1, t1, s0, t0, total]
    asm.addi(SP, SP, -32)
    for i, register in enumerate(used):
        asm.store(register, 4 * i, SP)
    for high, low, source in ((s1, s0, s), (t1, t0, t)):
        asm.extract(high, source, 16, 16)
        asm.extract(low, source, 0, 16)
    asm.op("mull", total, s0, t0)
    asm.extract(total, total, 16, 16)
    asm.op("mull", s0, s0, t1)
    asm.add(total, total, s0)
    asm.extract(s0, total, 0, 16)
    asm.extract(total, total, 16, 16)
    asm.op("mull", t0, s1, t0)
    asm.add(t0, t0, s0)
    asm.extract(t0, t0, 16, 16)
    asm.op("mull", s1, s1, t1)
    asm.add(total, total, t0)
    asm.add(total, total, s1)
    if name == "mulsh":
        for x, y in ((s, t), (t, s)):
            asm.shift("srai", s0, x, 31)
            asm.op("and", s0, s0, y)
            asm.sub(total, total, s0)
    asm.mov(r, total)
    for i, register in enumerate(used):
        asm.load(register, 4 * i, SP)
    asm.addi(SP, SP, 32)


def replaced(code: bytes, body: Asm) -> bytes:
    """The function with jumps to stubs, which stand behind it, for each high word of its body."""
    patched = bytearray(code)
    for at, item in body.listing():
        if item.name not in ("muluh", "mulsh"):
            continue
        r, s, t = (str(o) for o in item.operands)
        stub = _Stub()
        _high_word(stub, item.name, r, s, t)
        place = len(patched)
        patched[at : at + 3] = _jump(at, place)
        patched += stub.code()
        patched += _jump(len(patched), at + 3)
    return bytes(patched)


def _jump(at: int, to: int) -> bytes:
    return ((to - at - 4 & 0x3FFFF) << 6 | 6).to_bytes(3, "little")


def start(arguments: tuple[int, ...], code: int) -> bytes:
    """Call the function at `code`, write the data to the standard output, leave."""
    asm = _Stub()
    for i, value in enumerate(arguments):
        asm.constant(f"a{10 + i}", value & MASK, "a2")
    asm.constant("a8", code, "a2")
    asm.raw(CALLX8 | number("a8") << 8)
    asm.constant("a3", BASE, "a4")
    asm.store("a10", 0, "a3")  # the result
    asm.movi("a2", WRITE)
    asm.movi("a6", 1)
    asm.constant("a4", DATA_SIZE, "a5")
    asm.raw(SYSCALL)
    asm.movi("a2", EXIT)
    asm.movi("a6", 0)
    asm.raw(SYSCALL)
    return asm.code()


def elf(image: bytes, entry: int) -> bytes:
    """An ELF file of one segment at BASE (System V ABI, little-endian, EM_XTENSA = 94)."""
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    header = struct.pack("<HHIIIIIHHHHHH", 2, 94, 1, entry, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    size = len(image)
    segment = struct.pack("<8I", 1, PAGE, BASE, BASE, size, size, 7, PAGE)
    return (ident + header + segment).ljust(PAGE, b"\0") + image


class Qemu:
    """One piece of code; buffers are placed and read as in our own emulator."""

    def __init__(self, code: bytes) -> None:
        self._code = code
        self.instructions = self.deepest = 0  # not counted here
        self._data = bytearray(DATA_SIZE)
        self._free = BASE + 4  # the first word is for the result

    def clear(self) -> None:
        """Take back all that was placed."""
        self._free = BASE + 4  # the first word is for the result

    def place(self, data: bytes, misalign: int = 0) -> int:
        """Copy bytes into memory and give their address, a multiple of 16 plus `misalign`."""
        address = ((self._free + ALIGNMENT - 1) & -ALIGNMENT) + misalign
        if address + len(data) > BASE + DATA_SIZE:
            raise EmulationError("the emulated memory is full")
        self._data[address - BASE : address - BASE + len(data)] = data
        self._free = address + len(data)
        return address

    def read(self, address: int, size: int) -> bytes:
        """Give bytes of the memory."""
        return bytes(self._data[address - BASE : address - BASE + size])

    def call(self, *arguments: int) -> int:
        """Run the code."""
        code = BASE + DATA_SIZE
        first = (code + len(self._code) + 15) & ~15
        image = bytes(self._data) + self._code
        image = image.ljust(first - BASE, b"\0") + start(arguments, code)
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "program"
            program.write_bytes(elf(image, first))
            program.chmod(0o755)
            run = [str(command()), "-cpu", CPU, str(program)]
            done = subprocess.run(run, capture_output=True, check=False, timeout=60)
        if done.returncode or len(done.stdout) != DATA_SIZE:
            said = done.stderr.decode(errors="replace").strip()[-300:]
            raise EmulationError(
                f"qemu-xtensa: exit status {done.returncode}, {said or 'no output'}"
            )
        self._data[:] = done.stdout
        return int.from_bytes(done.stdout[:4], "little")
