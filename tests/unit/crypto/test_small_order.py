"""Ed25519 with points of small and of mixed order, and with encodings that are not canonical.

No signer makes these; "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko 2020) shows how
verifiers differ over them. Ours: S below L, canonical encodings only, no cofactor, and points of
small order are points like others.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

from host_tools.interpreter import Interpreter
from host_tools.kernels.curves import ED25519

from .batch import EDDSA, Case, check

B, L, P = ED25519.g, ED25519.n, ED25519.p
SIGN = 1 << 255


def torsion() -> list[tuple[int, int]]:
    """The 8 points whose order divides 8."""
    y = 2
    while True:
        point = ED25519.decode(y.to_bytes(32, "little"))
        small = ED25519.multiply(L, point) if point else (0, 1)
        if ED25519.multiply(4, small) != (0, 1):
            return [ED25519.multiply(i, small) for i in range(8)]
        y += 1


def raw(number: int) -> bytes:
    return number.to_bytes(32, "little")


def hashed(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def verdict(key: bytes, message: bytes, signature: bytes) -> bool:
    """Exactly RFC 8032 5.1.7 without the cofactor, R compared as bytes."""
    a, s = ED25519.decode(key), int.from_bytes(signature[32:], "little")
    if a is None or s >= L:
        return False
    k = hashed(signature[:32], key, message)
    r = ED25519.add(ED25519.multiply(s, B), ED25519.multiply(-k, a))
    return ED25519.encode(r) == signature[:32]


def message_for(r: bytes, key: bytes, want: int, rng: random.Random) -> bytes:
    """A message that makes k `want` modulo 8."""
    while True:
        message = rng.randbytes(8)
        if hashed(r, key, message) % 8 == want:
            return message


def points_of_any_order(rng: random.Random) -> Iterator[Case]:
    """A = aB + T, R = rB + U, S = r + ka: right but for the torsion, which k decides."""
    small = torsion()
    for i, t in enumerate(small):
        for j, u in enumerate(small):
            for a in (0, rng.randrange(1, L)):
                r = rng.choice((0, rng.randrange(1, L)))
                key = ED25519.encode(ED25519.add(ED25519.multiply(a, B), t))
                start = ED25519.encode(ED25519.add(ED25519.multiply(r, B), u))
                message = message_for(start, key, rng.randrange(8), rng)
                if rng.random() < 0.5:  # one that is right, if there is one
                    fitting = [k for k in range(8) if (k * i + j) % 8 == 0]
                    message = message_for(start, key, rng.choice(fitting or [0]), rng)
                s = (r + hashed(start, key, message) * a) % L
                signature = start + raw(s)
                valid = verdict(key, message, signature)
                yield Case(EDDSA, key, message, signature, valid, f"torsion {i}, {j}")
                over = start + raw(s + L)
                yield Case(EDDSA, key, message, over, False, f"torsion {i}, {j}, S + L")


def encodings_that_are_not_canonical(rng: random.Random) -> Iterator[Case]:
    """They would be right for whoever reduces y modulo p or takes a sign of 0."""
    identity, minus = 1, P - 1  # y of the points of order 1 and 2; x is 0
    for y in (identity + P, identity + SIGN, identity + P + SIGN, minus + SIGN):
        r = rng.randrange(1, L)
        start = ED25519.encode(ED25519.multiply(r, B))
        message = message_for(start, raw(y), 0, rng)
        signature = start + raw(r)
        yield Case(EDDSA, raw(y), message, signature, False, f"key {y:#x}")
        good = raw(y % SIGN % P)
        same = message_for(start, good, 0, rng)
        assert verdict(good, same, signature)
        yield Case(EDDSA, good, same, signature, True, f"canonical form of {y:#x}")
    a = rng.randrange(1, L)
    key = ED25519.encode(ED25519.multiply(a, B))
    for y in (identity, identity + P, identity + SIGN, identity + P + SIGN):
        message = rng.randbytes(8)
        signature = raw(y) + raw(hashed(raw(y), key, message) * a % L)
        yield Case(EDDSA, key, message, signature, y == identity, f"R {y:#x}")
    for y in range(P, SIGN):  # every other number that is too large
        for odd in (0, SIGN):
            yield Case(EDDSA, raw(y | odd), b"", raw(1) + bytes(32), False, "y is p or more")


def test_torsion(any_micropython: Interpreter) -> None:
    cases = list(points_of_any_order(random.Random(8)))
    assert sum(case.valid for case in cases) > 40
    check(cases, any_micropython)


def test_encodings(any_micropython: Interpreter) -> None:
    check(encodings_that_are_not_canonical(random.Random(9)), any_micropython)
