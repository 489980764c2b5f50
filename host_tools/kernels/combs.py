"""Makes comb tables: of the base points for the firmware, of keys for the bundle.

A table lets the firmware multiply a fixed point with few doublings (Lim and Lee
1994, with signed digits as Hamburg 2012): scalar bits are +1 or -1, bit i + e*m
belongs to tooth m of column i, and entry j is the sum over the teeth of
+-2^(e*m) times the point, the highest tooth positive, tooth m positive where bit m
of j is set. Format: `pack_table`; docs/crypto.md has it too.

    python -m host_tools.kernels.combs firmware/gate/crypto
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from .curves import ED25519, P256, SM2, Edwards, Weierstrass, pack

MAGIC = b"GCT1"
TEETH = 7  # of the base points' tables: 4 KiB each, 6 KiB for Ed25519
KEY_TEETH = 7  # of a key's table, if nothing else is said
BITS = 256

CURVES: dict[int, Weierstrass | Edwards] = {c.alg: c for c in (P256, SM2, ED25519)}


def columns(teeth: int) -> int:
    """Give the columns that `teeth` teeth need."""
    return -(-BITS // teeth)


def _entry(curve: Weierstrass | Edwards, point: tuple[int, int]) -> bytes:
    x, y = point
    if isinstance(curve, Edwards):
        values = [y - x, y + x, 2 * curve.d * x * y]
    else:
        values = [x, y]
    return b"".join(pack(curve, value) for value in values)


def _points(
    curve: Weierstrass | Edwards, point: tuple[int, int], teeth: int
) -> list[tuple[int, int]]:
    e = columns(teeth)
    powers = [point]
    for _ in range(teeth - 1):
        last = powers[-1]
        for _ in range(e):
            last = curve.add(last, last)  # type: ignore[assignment]
        powers.append(last)

    def sum_of(j: int) -> tuple[int, int]:
        total = powers[-1]
        for m in range(teeth - 1):
            one = powers[m]
            if not j >> m & 1:
                one = curve.multiply(-1, one)  # type: ignore[assignment]
            total = curve.add(total, one)  # type: ignore[assignment]
        return total

    return [sum_of(j) for j in range(1 << (teeth - 1))]


def pack_table(
    curve: Weierstrass | Edwards, key: bytes, point: tuple[int, int], teeth: int
) -> bytes:
    """Give the table: magic, field, teeth, columns, 0, key, entries."""
    head = MAGIC + bytes([curve.field, teeth, columns(teeth), 0]) + key
    return head + b"".join(_entry(curve, p) for p in _points(curve, point, teeth))


def table_size(alg: int, teeth: int) -> int:
    """Bytes of a key's table."""
    key, entry = (32, 96) if alg == ED25519.alg else (64, 64)
    return 8 + key + (entry << (teeth - 1))


def teeth_within(algs: Iterable[int], budget: int) -> int | None:
    """The most teeth with which the tables of all these keys fit into so many bytes; None: none."""
    with_tables = [alg for alg in algs if alg in CURVES]
    for teeth in range(KEY_TEETH, 2, -1):
        if sum(table_size(alg, teeth) for alg in with_tables) <= budget:
            return teeth
    return None


@lru_cache(maxsize=32)
def make_table(alg: int, key: bytes, teeth: int = KEY_TEETH) -> bytes:
    """Make the comb table of an issuer's key, for `gate.crypto.verify(..., table=)`.

    alg: -7, -65600 (key X || Y, 64 bytes) or -8 (32 bytes). teeth: 3 to 8; the
    table has 2^(teeth - 1) entries of 64 bytes (96 for Ed25519).
    Raises ValueError for a key that is no point of the curve or, for Ed25519,
    is not in the subgroup of prime order, and for an alg without tables.
    """
    if not 3 <= teeth <= 8:
        raise ValueError(f"a comb has 3 to 8 teeth, not {teeth}")
    curve = CURVES.get(alg)
    if curve is None:
        raise ValueError(f"no comb tables for algorithm {alg}")
    if isinstance(curve, Edwards):
        decoded = curve.decode(key) if len(key) == 32 else None
        if decoded is None or decoded == (0, 1) or curve.multiply(curve.n, decoded) != (0, 1):
            raise ValueError("the key is no point of prime order of edwards25519")
        return pack_table(curve, key, decoded, teeth)
    if len(key) != 64:
        raise ValueError(f"the key has {len(key)} bytes, not 64")
    x, y = int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big")
    if x >= curve.p or y >= curve.p or not curve.on_curve(x, y):
        raise ValueError(f"the key is no point of {curve.name}")
    return pack_table(curve, key, (x, y), teeth)


def base_table(curve: Weierstrass | Edwards, teeth: int = TEETH) -> bytes:
    """Give the table of the base point, which the firmware carries."""
    if isinstance(curve, Edwards):
        key = curve.encode(curve.g)
    else:
        key = curve.g[0].to_bytes(32, "big") + curve.g[1].to_bytes(32, "big")
    return pack_table(curve, key, curve.g, teeth)


if __name__ == "__main__":
    for one in CURVES.values():
        (Path(sys.argv[1]) / f"{one.name}.bin").write_bytes(base_table(one))
