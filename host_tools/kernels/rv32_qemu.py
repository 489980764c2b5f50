"""Runs the firmware's cryptography on a real MicroPython for RV32 under qemu-system-riscv32.

Nothing is composed here: the interpreter, its loader, the glue and the kernel all run as on a
board, and the count is of the processor's own counter of retired instructions (qemu's -icount). The
interpreter is MicroPython's `qemu` port, which whoever wants this builds from its source:

    make -C ports/qemu BOARD=VIRT_RV32 FROZEN_MANIFEST= MICROPY_HEAP_SIZE=262144
    MICROPYTHON_RV32=.../firmware.elf python -m host_tools.kernels.rv32_qemu

Counts move by a few per cent with the heap: to allocate, MicroPython looks through what is full.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host_tools.boards.build import build

from . import counts, mpy
from .combs import make_table

INTERPRETER, EMULATOR = "MICROPYTHON_RV32", "QEMU_RISCV32"
ROMFS = 0x8061_0000  # where VIRT_RV32 expects a file system in memory
MARK = "=" * 8

# Runs on the chip: a line for each case of cases.txt: its name, 1 if verified, instructions, heap.
JOB = """
import gc
from binascii import unhexlify
import gate.crypto
from gate.crypto import machine

@micropython.asm_rv32
def retired():
    csrrs(a0, zero, 0xB02)  # minstret

def once(arguments):
    gc.collect()
    gc.disable()
    heap = gc.mem_alloc()
    start = retired()
    answer = gate.crypto.verify(*arguments)
    spent = retired() - start
    heap = gc.mem_alloc() - heap
    gc.enable()
    return answer, spent & 0x3FFFFFFF, heap

print("kernel", machine.active(), machine.notes())
with open("/rom/cases.txt") as file:
    for line in file:
        name, alg, *rest = line.split()
        arguments = [int(alg)] + [None if word == "-" else unhexlify(word) for word in rest]
        once(arguments)
        once(arguments)
        answer, spent, heap = once(arguments)
        print("case", name, int(answer), spent, heap)
print("kernel", machine.active(), machine.notes())
"""


class QemuError(Exception):
    """No emulator, no interpreter, or it did not get to the end; says which."""


@dataclass(frozen=True)
class Measured:
    """One verification on the chip."""

    valid: bool
    instructions: int
    heap: int


def missing() -> str:
    """What this needs and is not there, or ""."""
    if not os.environ.get(INTERPRETER):
        return f"{INTERPRETER} does not name a firmware.elf of MicroPython's qemu port (VIRT_RV32)"
    return "" if _emulator() else f"there is no qemu-system-riscv32 ({EMULATOR} may name one)"


def _emulator() -> str | None:
    return os.environ.get(EMULATOR) or shutil.which("qemu-system-riscv32")


def run(script: str, files: Mapping[str, str | bytes], timeout: float = 600.0) -> list[str]:
    """Give the lines that a script prints on the chip; files lie in /rom beside the firmware."""
    if missing():
        raise QemuError(missing())
    with tempfile.TemporaryDirectory() as folder:
        tree, image = Path(folder) / "tree", Path(folder) / "image.romfs"
        build("rv32imc", tree)
        for name, content in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(content.encode() if isinstance(content, str) else content)
        (tree / "job.mpy").write_bytes(mpy.compile_text(script))
        tool = str(Path(sys.executable).parent / "mpremote")
        command = [tool, "romfs", "--output", str(image), "--no-mpy", "build", str(tree)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        text = _session(image, timeout)
    return [line.strip() for line in text.split(MARK)[1].splitlines()]


def _session(image: Path, timeout: float) -> str:
    """What the console shows until the job's end."""
    command = [str(_emulator()), "-bios", "none", "-machine", "virt", "-nographic"]
    command += ["-monitor", "none", "-icount", "shift=0", "-semihosting", "-serial", "stdio"]
    command += ["-device", f"loader,file={image},addr={ROMFS:#x},force-raw=on"]
    command += ["-kernel", os.environ[INTERPRETER]]
    # The mark is never typed whole, so that the console's echo has none.
    half = len(MARK) // 2
    typed = (
        f"import sys;sys.path.append('/rom');m='='*{half};print(m+m);import job\r\nprint(m+m)\r\n"
    )
    chip = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert chip.stdin and chip.stdout
    try:
        chip.stdin.write(typed.encode())
        chip.stdin.flush()
        shown, end = b"", time.monotonic() + timeout
        while shown.count(MARK.encode()) < 2:
            ready = select.select([chip.stdout], [], [], 1.0)[0]
            more = os.read(chip.stdout.fileno(), 65536) if ready else b""
            if (ready and not more) or time.monotonic() > end:
                raise QemuError(f"no end was reached: {shown.decode(errors='replace')[-1000:]}")
            shown += more
    finally:
        chip.kill()
        chip.wait()
    return shown.decode(errors="replace")


def measure(teeth: tuple[int, ...] = (6, 7)) -> dict[str, Measured]:
    """Every algorithm on a curve: key first seen, and with combs of so many teeth."""
    lines = []
    for signed in counts.signatures():
        for t in (0, *teeth):
            table = make_table(signed.alg, signed.key, t).hex() if t else "-"
            parts = (signed.key.hex(), counts.MESSAGE.hex(), signed.signature.hex(), table)
            lines.append(" ".join((f"{signed.name}/{t}", str(signed.alg), *parts)))
    found: dict[str, Measured] = {}
    for line in run(JOB, {"cases.txt": "\n".join(lines) + "\n"}):
        kind, *words = line.split() or [""]
        if kind == "kernel" and words != ["asm_rv32", "[]"]:
            raise QemuError(f"the kernel in use is {' '.join(words)}")
        if kind == "case":
            name, valid, instructions, heap = words
            found[name] = Measured(valid == "1", int(instructions), int(heap))
    if len(found) != len(lines):
        raise QemuError(f"{len(found)} of {len(lines)} cases were answered")
    return found


if __name__ == "__main__":
    for case, it in measure().items():
        print(f"{case:16}{it.instructions:12,}{it.heap:8,} bytes{'' if it.valid else '  REFUSED'}")
