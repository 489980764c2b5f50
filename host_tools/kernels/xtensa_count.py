"""Instructions of the Xtensa kernel: each operation, and whole verifications.

All in our emulator, so every count repeats to the digit. See counts, which is the same for RV32.

    python -m host_tools.kernels.xtensa_count
"""

from __future__ import annotations

from . import counts
from .xtensa_kernel import Kernel, functions


def operations() -> dict[str, float]:
    """The mean over random operands of each operation, its fetching included."""
    return counts.operations(Kernel)


def verifications(teeth: tuple[int, ...] = (6, 8)) -> dict[str, int]:
    """The kernel's calls in whole verifications, first seen and with combs of so many teeth.

    Each is replayed call by call and must leave the slots that the portable kernel left.
    """
    return counts.verifications(teeth, Kernel)


def size() -> dict[str, int]:
    """Bytes of machine code."""
    return {name: len(code) for name, code in functions().items()}


def main() -> None:
    """Print everything."""
    for title, rows in (
        ("operation (mean)", operations()),
        ("kernel calls of a verification", verifications()),
        ("bytes of code", size()),
    ):
        print(title)
        for name, count in rows.items():
            print(f"  {name:24}{count:12,.0f}")


if __name__ == "__main__":
    main()
