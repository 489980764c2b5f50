"""Whole verifications on a real MicroPython for RV32, within what issue 4 asks."""

from __future__ import annotations

import pytest

from host_tools.kernels import rv32_qemu

LIMITS = {
    "ES256/0": 2_500_000,
    "ES256/6": 1_020_000,
    "ES256/7": 950_000,
    "SM2/0": 2_500_000,
    "SM2/6": 1_150_000,
    "SM2/7": 1_090_000,
    "Ed25519/0": 2_000_000,
    "Ed25519/6": 850_000,
    "Ed25519/7": 800_000,
}
HEAP = 2048


@pytest.mark.skipif(bool(rv32_qemu.missing()), reason=rv32_qemu.missing())
def test_on_a_real_micropython() -> None:
    found = rv32_qemu.measure()
    assert all(it.valid for it in found.values())
    assert {name: n for name, n in LIMITS.items() if found[name].instructions > n} == {}
    assert max(it.heap for it in found.values()) <= HEAP
