"""Writes the known answers of the machine's self-test, `firmware/gate/crypto/selftest.py`.

python -m host_tools.kernels.selftest > firmware/gate/crypto/selftest.py
"""

from __future__ import annotations

import hashlib
import struct
import sys

from .model import PRIMES, Machine
from .programs import literal

# Two programs over registers 0-9 with every operation, aliased operands included.
PROGRAMS = (
    (
        b"\x05\x04\x00\x01"  # r4 = io[index]
        b"\x05\x05\x01\x00"  # r5 = io[1]
        b"\x01\x06\x04\x05\x03\x07\x06\x04\x04\x08\x05\x07\x01\x08\x08\x00"
        b"\x02\x09\x08\x05\x04\x09\x01\x09\x03\x06\x06\x06\x01\x06\x06\x06\x04\x04\x04\x04"
        b"\x04\x04\x04\x09\x02\x04\x04\x01\x03\x04\x04\x02\x01\x04\x06\x04"
        b"\x06\x08\x04\x02\x06\x09\x06\x02"  # io[8 + 2 index] = r4, io[9 + 2 index] = r6
    ),
    b"\x01\x04\x04\x03\x03\x04\x04\x09\x02\x04\x04\x02\x04\x09\x03\x04\x06\x04\x09\x00",
)
CODE = struct.pack("<4B16H", 3, 4, 0, 0, 9, 9 + len(PROGRAMS[0]) // 4 + 1, *[0] * 14) + b"".join(
    program + bytes(4) for program in PROGRAMS
)
# 15 elements whose limbs are all extreme somewhere; they serve as io and as both tables.
VALUES = (
    bytes(32)
    + b"\x01"
    + bytes(31)
    + (b"\xff" * 31 + b"\x7f")
    + bytes(range(1, 33))
    + b"\xff\x0f" * 15
    + b"\xff\x0f"
    + hashlib.sha512(b"gate").digest()[:31]
    + b"\x5a"
)
VALUES += bytes(31) + b"\x40" + VALUES[64:96]
STEPS = bytes.fromhex("100020011001500001006101000211000003600100041000000500062101ff")
SLOTS = 24


def answer(field: int) -> bytes:
    """Give the digest of io after the steps, by the model."""
    io = bytearray(VALUES) + bytearray(32 * SLOTS - len(VALUES))
    Machine(field, io).run(CODE, STEPS, VALUES, VALUES)
    return hashlib.sha256(io).digest()


def module() -> str:
    """Give the text of the firmware's module."""
    answers = b"".join(answer(field) for field in sorted(PRIMES))
    return "\n".join(
        [
            '"""Known answers for a kernel: made by host_tools.kernels.selftest.',
            "",
            "Do not edit: change the generator. docs/crypto.md has the contract.",
            '"""',
            "",
            "from hashlib import sha256",
            "",
            literal("_CODE", CODE, "Every operation, aliased operands included."),
            literal("_VALUES", VALUES, "Eight elements: io's first slots, and both tables."),
            literal("_STEPS", STEPS, "Loads of both widths from both tables."),
            literal("_ANSWERS", answers, "SHA-256 of io at the end, for fields 0, 1, 2."),
            "",
            "def check(kernel) -> str:",
            '    """Give "" when the kernel is right, else what is wrong."""',
            "    regs = bytearray(10 * kernel.SIZE)",
            f"    io = bytearray({32 * SLOTS})",
            "    for field in range(3):",
            f"        io[:] = _VALUES + bytes({32 * SLOTS} - len(_VALUES))",
            "        kernel.run(field, _CODE, _STEPS, regs, io, _VALUES, _VALUES)",
            "        if sha256(io).digest() != _ANSWERS[32 * field : 32 * field + 32]:",
            '            return "wrong answer in field %d" % field',
            '    return ""',
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(module())
