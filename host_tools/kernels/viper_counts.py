"""Instructions of the portable kernel's operations as RV32 runs them, counted under Unicorn.

python -m host_tools.kernels.viper_counts
"""

from __future__ import annotations

import hashlib
import struct

from host_tools.bench.viper_rv32 import ViperRv32

FIELDS = ("P-256", "SM2", "25519")
# op d a b of docs/crypto.md; registers 0 and 1 hold the operands.
OPERATIONS = {
    "multiply": (1, 2, 0, 1),
    "square": (2, 2, 0, 1),
    "add": (3, 2, 0, 1),
    "subtract": (4, 2, 0, 1),
    "IN": (5, 2, 0, 0),
    "OUT": (6, 2, 0, 0),
}


def _count(field: int, io: bytes, instructions: list[tuple[int, int, int, int]]) -> int:
    kernel = ViperRv32()
    body = b"".join(bytes(one) for one in [(5, 0, 0, 0), (5, 1, 1, 0), *instructions])
    code = struct.pack("<4B16H", 2, 2, 0, 0, 9, *[0] * 15) + body + bytes(4)
    registers = bytes(32 * kernel.size)
    kernel.call("run", [field, code, b"\0\0\xff", registers, io, b"\0", b"\0"])
    return kernel.instructions


def operations(samples: int = 5) -> dict[str, int]:
    """The mean over random operands of each operation, its fetching included."""
    found = {}
    for field, name in enumerate(FIELDS):
        for operation, instruction in OPERATIONS.items():
            total = 0
            for i in range(samples):
                io = b"".join(hashlib.sha256(bytes((i, j))).digest()[:31] + b"\0" for j in range(4))
                total += _count(field, io, [instruction] * 2) - _count(field, io, [instruction])
            found[f"{name} {operation}"] = total // samples
    return found


if __name__ == "__main__":
    for label, count in operations().items():
        print(f"{label:20} {count:7,}")
