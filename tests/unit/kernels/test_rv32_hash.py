"""SHA-512 and SM3 in RV32 code, under Unicorn, against hashlib and gmssl."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Callable
from math import isqrt

from gmssl import sm3

from host_tools.kernels.rv32_kernel import Routine

PRIMES = [n for n in range(2, 410) if all(n % d for d in range(2, n))]
MASK = (1 << 64) - 1


def cube_root(n: int) -> int:
    """The whole part of a cube root."""
    low, high = 0, 1 << 80
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle)
    return low


# FIPS 180-4 4.2.3 and 5.3.5: fractions of the roots of the first primes, here computed.
K = [cube_root(p << 192) & MASK for p in PRIMES]
START = [isqrt(p << 128) & MASK for p in PRIMES[:8]]
SM3_START = bytes.fromhex("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e")
SM3_CONSTANTS = struct.pack("<2I", 0x79CC4519, 0x7A879D8A)


def pairs(numbers: list[int]) -> bytes:
    """64-bit numbers as the firmware keeps them: the high word, then the low one."""
    return b"".join(struct.pack("<II", n >> 32, n & 0xFFFFFFFF) for n in numbers)


def swapped(data: bytes) -> bytes:
    """Big-endian words of 32 bits as little-endian ones, and back."""
    return b"".join(data[i : i + 4][::-1] for i in range(0, len(data), 4))


def sha512(rounds: Routine, message: bytes) -> bytes:
    state = pairs(START)
    size = struct.pack(">QQ", 0, 8 * len(message))
    padded = message + b"\x80" + bytes(-(len(message) + 17) % 128) + size
    for i in range(0, len(padded), 128):
        work = bytes(64) + swapped(padded[i : i + 128]) + bytes(4 * 128)
        state = rounds(state, work, pairs(K))[0]
    return swapped(state)


def sm3_hash(rounds: Routine, message: bytes) -> bytes:
    state = swapped(SM3_START)
    padded = (
        message + b"\x80" + bytes(-(len(message) + 9) % 64) + struct.pack(">Q", 8 * len(message))
    )
    for i in range(0, len(padded), 64):
        work = swapped(padded[i : i + 64]) + bytes(4 * 52)
        state = rounds(state, work, SM3_CONSTANTS)[0]
    return swapped(state)


def messages(seed: int) -> list[bytes]:
    rng = random.Random(seed)
    lengths = [0, 1, 55, 56, 63, 64, 111, 112, 119, 120, 127, 128, 129, 300, 1000]
    edges = [b"\xff" * 200, b"\0" * 200, b"\x80\0\0\0" * 50]
    return edges + [rng.randbytes(n) for n in lengths]


def test_sha512() -> None:
    rounds = Routine("sha512_rounds")
    for message in messages(1):
        assert sha512(rounds, message) == hashlib.sha512(message).digest(), len(message)
    assert rounds.emulator.instructions <= 14_000


def test_sm3() -> None:
    rounds = Routine("sm3_rounds")
    reference: Callable[[list[int]], str] = sm3.sm3_hash
    for message in messages(2):
        assert sm3_hash(rounds, message).hex() == reference(list(message)), len(message)
    assert rounds.emulator.instructions <= 6_000
