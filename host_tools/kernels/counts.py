"""Instructions of the RV32 kernel: each operation, each routine, and whole verifications.

All under Unicorn, so every count repeats to the digit. A verification's count is its kernel calls
only (host_tools.kernels.replay); the glue around them is for `make bench` to add.

    python -m host_tools.kernels.counts
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519
from gmssl import sm3

from .combs import make_table
from .curves import ED25519, P256, SM2
from .replay import verification
from .rv32_kernel import Kernel, Routine, functions
from .rv32_rsa import work_size

MESSAGE = bytes(range(256)) + bytes(44)
FIELDS = ("P-256", "SM2", "25519")
OPERATIONS = {"multiply": (1, 0, 1, 2), "square": (2, 0, 1, 1), "add": (3, 0, 1, 2)}
OPERATIONS |= {"subtract": (4, 0, 1, 2)}
SAMPLES = 100


@dataclass(frozen=True)
class Signed:
    """A signature to verify."""

    name: str
    alg: int
    key: bytes
    signature: bytes


def program(instruction: tuple[int, ...], times: int) -> bytes:
    return struct.pack("<4B16H", 2, 2, 0, 0, 9, *[0] * 15) + bytes(instruction) * times + bytes(4)


def operations(kind: type[Kernel] = Kernel) -> dict[str, float]:
    """The mean over random operands of each operation, its fetching included."""
    found: dict[str, float] = {}
    for field, name in enumerate(FIELDS):
        for operation, instruction in OPERATIONS.items():
            kernel = kind()
            for i in range(SAMPLES):
                regs = bytearray(b"".join(hashlib.sha256(bytes((i, j))).digest() for j in range(3)))
                for times, sign in ((0, -1), (1, 1)):
                    before = kernel.instructions
                    code = program(instruction, times)
                    kernel.run(field, code, b"\0\0\xff", regs, bytearray(32), b"", b"")
                    spent = kernel.instructions - before
                    found[f"{name} {operation}"] = (
                        found.get(f"{name} {operation}", 0.0) + sign * spent / SAMPLES
                    )
    return found


def routines(kind: type[Routine] = Routine) -> dict[str, int]:
    """One call of each routine."""
    size = 256
    numbers = P256.n.to_bytes(32, "little") + pow(2, 512, P256.n).to_bytes(32, "little")
    n, s = b"\xff" * size, bytes(size - 1) + b"\3"
    calls: dict[str, tuple[bytes | int, ...]] = {
        "ecdsa": (bytes(96), bytes([1]) * 64, bytes([2]) * 32, numbers),
        "rsa": (n, s, size, bytes(work_size(size))),
        "sha512_rounds": (bytes(64), bytes(704), bytes(640)),
        "sm3_rounds": (bytes(32), bytes(272), bytes(8)),
    }
    found = {}
    for name, arguments in calls.items():
        routine = kind(name)
        routine(*arguments)
        found[name] = routine.emulator.instructions
    return found


def _scalar(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> 8


def _bytes(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def _es256() -> Signed:
    curve, d, k = P256, _scalar("key"), _scalar("nonce")
    public, point = curve.multiply(d, curve.g), curve.multiply(k, curve.g)
    assert public and point
    e = int.from_bytes(hashlib.sha256(MESSAGE).digest(), "big")
    s = pow(k, -1, curve.n) * (e + point[0] * d) % curve.n
    return Signed("ES256", curve.alg, _bytes(*public), _bytes(point[0] % curve.n, s))


def _sm2() -> Signed:
    """GB/T 32918.2 with the default user ID."""
    curve, d, k = SM2, _scalar("key"), _scalar("nonce")
    public, point = curve.multiply(d, curve.g), curve.multiply(k, curve.g)
    assert public and point
    user = b"1234567812345678"
    z = (8 * len(user)).to_bytes(2, "big") + user
    z += _bytes(curve.p - 3, curve.b, *curve.g, *public)
    e = int(sm3.sm3_hash(list(bytes.fromhex(sm3.sm3_hash(list(z))) + MESSAGE)), 16)
    r = (e + point[0]) % curve.n
    s = pow(1 + d, -1, curve.n) * (k - r * d) % curve.n
    return Signed("SM2", curve.alg, _bytes(*public), _bytes(r, s))


def _ed25519() -> Signed:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = private.public_key().public_bytes_raw()
    return Signed("Ed25519", ED25519.alg, key, private.sign(MESSAGE))


def signatures() -> tuple[Signed, ...]:
    """One of each algorithm on a curve, over MESSAGE."""
    return _es256(), _sm2(), _ed25519()


def verifications(teeth: tuple[int, ...] = (6, 7), kind: type[Kernel] = Kernel) -> dict[str, int]:
    """The kernel's calls in whole verifications, first seen and with combs of so many teeth."""
    found = {}
    for signed in signatures():
        for t in (0, *teeth):
            table = make_table(signed.alg, signed.key, t) if t else b""
            done = verification(signed.alg, signed.key, MESSAGE, signed.signature, table, kind)
            assert done.valid
            found[f"{signed.name} {f'{t} teeth' if t else 'first seen'}"] = done.instructions
    return found


def main() -> None:
    """Print everything."""
    for title, rows in (
        ("operation (mean)", operations()),
        ("routine", routines()),
        ("kernel calls of a verification", verifications()),
        ("bytes of code", {name: len(code) for name, code in functions().items()}),
    ):
        print(title)
        for name, count in rows.items():
            print(f"  {name:24}{count:12,.0f}")


if __name__ == "__main__":
    main()
