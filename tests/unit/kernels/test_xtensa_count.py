"""Whole verifications on the Xtensa kernel: signatures made by `cryptography`, the slots that the
portable kernel leaves, call by call; and the instruction counts that docs/crypto.md states."""

from __future__ import annotations

from host_tools.kernels import xtensa_count

LIMITS = {
    "ES256 first seen": 1_930_000,
    "ES256 6 teeth": 785_000,
    "ES256 7 teeth": 712_000,
    "SM2 first seen": 2_015_000,
    "SM2 6 teeth": 800_000,
    "SM2 7 teeth": 725_000,
    "Ed25519 first seen": 1_500_000,
    "Ed25519 6 teeth": 546_000,
    "Ed25519 7 teeth": 494_000,
}
OPERATIONS = {"multiply": 660, "square": 460, "add": 70, "subtract": 71}


def test_verifications() -> None:
    found = xtensa_count.verifications()
    assert found.keys() == LIMITS.keys()
    assert {name: n for name, n in found.items() if n > LIMITS[name]} == {}


def test_operations() -> None:
    found = xtensa_count.operations()
    assert {name: n for name, n in found.items() if n > OPERATIONS[name.split()[1]]} == {}


def test_routines() -> None:
    limits = {"ecdsa": 39_000, "rsa": 1_560_000, "sha512_rounds": 17_000, "sm3_rounds": 5_100}
    found = xtensa_count.routines()
    assert found.keys() == limits.keys()
    assert {name: n for name, n in found.items() if n > limits[name]} == {}
