"""What the figures are held to, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host_tools.bench.measure import Result, Row
from host_tools.boards.build import CRYPTO_LIMIT

RV32, VIPER = "asm_rv32", "viper_rv32"
REAL = "whole RV32"  # the count of a whole MicroPython for RV32, where there is one
HEAP = 2048  # bytes that a verification may allocate once warm
SM2_FACTOR = 1.3  # of ES256

# row (its beginning), kernel, at most this many instructions
LIMITS = (
    ("ES256 cached", RV32, 2_000_000),
    ("ES256 cached", VIPER, 14_000_000),
    ("ES256 first seen", RV32, 4_000_000),
    ("SM3", RV32, 300_000),
    ("Ed25519 cached", RV32, 3_000_000),
    ("PS256 2048", RV32, 3_000_000),
    ("base45, inflate", "", 1_000_000),
    ("base45, inflate", REAL, 1_000_000),
    ("base45, CBOR", "", 1_000_000),
    ("base45, CBOR", REAL, 1_000_000),
    ("decision", RV32, 4_000_000),
    ("decision", VIPER, 18_000_000),
)
AIMS = (("ES256 cached", RV32, 980_000), ("ES256 first seen", RV32, 2_500_000))


@dataclass(frozen=True)
class Judged:
    """A figure beside its target. aim: the target is one to strive for."""

    what: str
    measured: int
    target: int
    unit: str = "instructions"
    aim: bool = False

    @property
    def met(self) -> bool:
        return self.measured <= self.target


def row_of(result: Result, beginning: str) -> Row | None:
    """The row whose name begins so."""
    return next((row for row in result.rows if row.name.startswith(beginning)), None)


def count(row: Row, kernel: str) -> int | None:
    """A row's instructions with a kernel; "" is this computer's interpreter."""
    if not kernel:
        return row.portable
    if kernel == REAL:
        return row.real_rv32
    composed = row.composed.get(kernel)
    return None if composed is None else composed.total


def judge(result: Result) -> list[Judged]:
    """Every target for which there is a figure."""
    found = [*_limits(result), *_sm2(result, RV32), *_sm2(result, REAL)]
    heaps = [row.heap for row in result.rows if row.alg and row.heap is not None]
    if heaps:
        found.append(Judged("heap of any verification, portable", max(heaps), HEAP, "bytes"))
    heaps = [row.real_heap for row in result.rows if row.alg and row.real_heap is not None]
    if heaps:
        found.append(Judged(f"heap of any verification, {REAL}", max(heaps), HEAP, "bytes"))
    for arch in ("rv32imc", "xtensawin"):
        if arch in result.builds:
            used = result.builds[arch]["executable RAM"]
            what = f"executable RAM for cryptography, {arch}"
            found.append(Judged(what, used, CRYPTO_LIMIT, "bytes"))
    return found


def _limits(result: Result) -> Iterator[Judged]:
    for limits, aim in ((LIMITS, False), (AIMS, True)):
        for beginning, kernel, target in limits:
            row = row_of(result, beginning)
            for one in (kernel, REAL) if kernel == RV32 else (kernel,):
                measured = None if row is None else count(row, one)
                if row is not None and measured is not None:
                    what = f"{row.name}, {one}" if one else row.name
                    yield Judged(what, measured, target, aim=aim)


def _sm2(result: Result, kernel: str) -> Iterator[Judged]:
    for kind in ("cached", "first seen"):
        mine, other = (row_of(result, f"{name} {kind}") for name in ("SM2", "ES256"))
        if mine is None or other is None:
            continue
        measured, base = count(mine, kernel), count(other, kernel)
        if measured is not None and base is not None:
            what = f"{mine.name}, {kernel}: {SM2_FACTOR} x ES256"
            yield Judged(what, measured, int(base * SM2_FACTOR))
