"""Operands that find the mistakes of field arithmetic: edges, sparse and dense words, chance."""

from __future__ import annotations

import random

WORDS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def edges(p: int, limit: int = 1 << 256) -> list[int]:
    """Values around 0, around multiples of p, and around powers of two; all below limit."""
    near = [0, p, 2 * p, limit - 1, 1 << 255, 1 << 224, 1 << 96, 1 << 64, (1 << 256) - p]
    values = {base + offset for base in near for offset in (-39, -38, -19, -2, -1, 0, 1, 2, 19, 38)}
    return sorted(v for v in values if 0 <= v < limit)


def operand(rng: random.Random, p: int, limit: int = 1 << 256) -> int:
    """One value below limit: an edge, words that carry or borrow, or chance."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(edges(p, limit))
    if kind == 1:
        return sum(rng.choice(WORDS) << (32 * i) for i in range(8)) % limit
    if kind == 2:
        return (rng.getrandbits(32) << (32 * rng.randrange(8))) % limit
    return rng.randrange(limit)
