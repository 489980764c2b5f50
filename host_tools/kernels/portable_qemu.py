"""Counts whole verifications with the portable kernel on a real MicroPython for RV32.

As rv32_qemu, which says what has to be built first and does the work; here the board's own kernel
is left aside.

    MICROPYTHON_RV32=.../firmware.elf python -m host_tools.kernels.portable_qemu
"""

from __future__ import annotations

from host_tools.bench.cases import verifications

from .rv32_qemu import JOB, Measured, QemuError, run

_PORTABLE = "from gate.crypto import machine\nmachine.NATIVE = ()\n"


def measure() -> dict[str, Measured]:
    """Every algorithm, keys cached and first seen."""
    cases = verifications()
    lines = []
    for number, case in enumerate(cases):
        parts = ("alg", "key", "message", "signature", "table")
        lines.append(" ".join([str(number), *(str(case.body[part] or "-") for part in parts)]))
    found: dict[str, Measured] = {}
    for line in run(_PORTABLE + JOB, {"cases.txt": "\n".join(lines) + "\n"}):
        kind, *words = line.split() or [""]
        if kind == "kernel" and words != ["viper", "[]"]:
            raise QemuError(f"the kernel in use is {' '.join(words)}")
        if kind == "case":
            number, valid, instructions, heap = map(int, words)
            found[cases[number].name] = Measured(valid == 1, instructions, heap)
    if len(found) != len(lines):
        raise QemuError(f"{len(found)} of {len(lines)} cases were answered")
    return found


if __name__ == "__main__":
    for name, it in measure().items():
        print(f"{name:20}{it.instructions:12,}{it.heap:8,} bytes{'' if it.valid else '  REFUSED'}")
