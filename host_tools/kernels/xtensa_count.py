"""Instructions of the Xtensa kernel: each operation, each routine, and whole verifications.

All in our emulator, so every count repeats to the digit. See counts, which is the same for RV32.

    python -m host_tools.kernels.xtensa_count
"""

from __future__ import annotations

from hashlib import sha512

from . import counts
from .xtensa_kernel import Kernel, Routine, functions


def operations() -> dict[str, float]:
    """The mean over random operands of each operation, its fetching included."""
    return counts.operations(Kernel)


def routines() -> dict[str, int]:
    """One call of each routine."""
    return counts.routines(Routine)


def verifications(teeth: tuple[int, ...] = (6, 7)) -> dict[str, int]:
    """The kernel's calls in whole verifications, first seen and with combs of so many teeth.

    Each is replayed call by call and must leave the slots that the portable kernel left.
    """
    return counts.verifications(teeth, Kernel)


def taken() -> dict[str, float]:
    """Of 100 instructions of a multiplication in each field, how many are taken jumps and branches.

    A taken one costs a chip more than a cycle, and how much is the chip's affair.
    """
    found = {}
    for field, name in enumerate(counts.FIELDS):
        kernel, all_of_them, of_them = Kernel(), 0, 0
        for i in range(counts.SAMPLES):
            regs = bytearray(sha512(bytes([i])).digest())
            code = counts.program((1, 0, 0, 1), times=20)
            kernel.run(field, code, b"\0\0\xff", regs, bytearray(32), b"", b"")
            all_of_them += kernel.emulator.instructions
            of_them += kernel.emulator.taken
        found[name] = 100 * of_them / all_of_them
    return found


def size() -> dict[str, int]:
    """Bytes of machine code."""
    return {name: len(code) for name, code in functions().items()}


def main() -> None:
    """Print everything."""
    for title, rows in (
        ("operation (mean)", operations()),
        ("routine", routines()),
        ("kernel calls of a verification", verifications()),
        ("taken jumps and branches, % of a multiplication", taken()),
        ("bytes of code", size()),
    ):
        print(title)
        for name, count in rows.items():
            print(f"  {name:24}{count:12,.0f}")


if __name__ == "__main__":
    main()
