"""Whole verifications on the RV32 kernel: the same slots as the portable kernel leaves, call by
call, and instruction counts within what issue 4 asks (the kernel's part of them)."""

from __future__ import annotations

from host_tools.kernels import counts

LIMITS = {
    "ES256 first seen": 2_150_000,
    "ES256 6 teeth": 810_000,
    "ES256 7 teeth": 735_000,
    "SM2 first seen": 2_250_000,
    "SM2 6 teeth": 840_000,
    "SM2 7 teeth": 765_000,
    "Ed25519 first seen": 1_600_000,
    "Ed25519 6 teeth": 565_000,
    "Ed25519 7 teeth": 512_000,
}


def test_verifications() -> None:
    found = counts.verifications()
    assert found.keys() == LIMITS.keys()
    assert {name: n for name, n in found.items() if n > LIMITS[name]} == {}
