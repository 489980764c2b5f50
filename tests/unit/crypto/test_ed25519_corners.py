"""Ed25519 keys and R with a small-order part, and encodings that are not canonical.

RFC 8032 5.1.7 without the cofactor: valid exactly if [S]B = R + [k]A with k reduced modulo L and
both points decoded as 5.1.3 says. OpenSSL agrees wherever the encodings are canonical.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from functools import cache

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import make_table
from host_tools.kernels.curves import ED25519

from .batch import EDDSA, Case, check

L, P = ED25519.n, ED25519.p
Point = tuple[int, int]


@cache
def torsion() -> list[Point]:
    """Give the eight points of order 1, 2, 4 and 8."""
    y = 2
    while True:
        point = ED25519.decode(y.to_bytes(32, "little"))
        if point:
            small = ED25519.multiply(L, point)
            multiples = [ED25519.multiply(k, small) for k in range(8)]
            if len(set(multiples)) == 8:
                return multiples
        y += 1


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    """Give k of RFC 8032 5.1.7."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    """Say what OpenSSL says."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@cache
def all_small_parts() -> list[Case]:
    """Give the cases, made once."""
    return list(small_parts(random.Random(1)))


@cache
def all_not_canonical() -> list[Case]:
    """Give the cases, made once."""
    return list(not_canonical(random.Random(2)))


def small_parts(rng: random.Random) -> Iterator[Case]:
    """Signatures with every small part in A and in R, by a secret a that may be 0."""
    points = torsion()
    for secret in (0, rng.randrange(L)):
        for small_a in points:
            key = ED25519.encode(ED25519.add(ED25519.multiply(secret, ED25519.g), small_a))
            nonce = rng.randrange(L)
            base = ED25519.multiply(nonce, ED25519.g)
            for small_r in points:
                r = ED25519.encode(ED25519.add(base, small_r))
                for count in range(6):
                    message = bytes((count, *rng.randbytes(3)))
                    k = challenge(r, key, message)
                    signature = r + ((nonce + k * secret) % L).to_bytes(32, "little")
                    # S B - k A = nonce B - k small_a, to be R = nonce B + small_r
                    valid = ED25519.multiply(-k % 8, small_a) == small_r
                    assert openssl(key, message, signature) == valid
                    yield Case(EDDSA, key, message, signature, valid, "small parts")


def other_encodings() -> Iterator[tuple[bytes, bytes]]:
    """Give canonical and refused encodings of points that have both."""
    for y, sign in ((0, 0), (0, 1), (1, 0)):
        right = (y | sign << 255).to_bytes(32, "little")
        assert ED25519.decode(right) is not None
        yield right, (y + P | sign << 255).to_bytes(32, "little")
    for y in (1, P - 1):  # x = 0 has no sign
        yield y.to_bytes(32, "little"), (y | 1 << 255).to_bytes(32, "little")
    yield (1).to_bytes(32, "little"), (1 + P | 1 << 255).to_bytes(32, "little")


def not_canonical(rng: random.Random) -> Iterator[Case]:
    """Signatures that hold for a point, with A or R written in another way."""
    for right, wrong in other_encodings():
        point = ED25519.decode(right)
        assert point is not None
        for _ in range(4):
            s = rng.randrange(L)
            base = ED25519.multiply(s, ED25519.g)
            rs = [(small, ED25519.encode(ED25519.add(base, small))) for small in torsion()]
            for count in range(4):
                message = bytes((count, *rng.randbytes(3)))
                for key, valid in ((right, True), (wrong, False)):
                    for small, r in rs:
                        k = challenge(r, key, message)
                        if ED25519.multiply(-k % 8, point) == small:
                            signature = r + s.to_bytes(32, "little")
                            yield Case(EDDSA, key, message, signature, valid, "A's encoding")
        # R = point: S = k a - 0 needs R of small order, so S = k a for the key a B.
        secret = rng.randrange(L)
        key = ED25519.encode(ED25519.multiply(secret, ED25519.g))
        for r in (right, wrong):
            for message in (b"", b"message"):
                s = challenge(r, key, message) * secret % L
                signature = r + s.to_bytes(32, "little")
                valid = r == right and right == (1).to_bytes(32, "little")
                yield Case(EDDSA, key, message, signature, valid, "R's encoding")


def test_small_order_parts(any_micropython: Interpreter) -> None:
    cases = all_small_parts()
    assert sum(case.valid for case in cases) > 50
    check(cases, any_micropython)


def test_encodings_that_are_not_canonical(any_micropython: Interpreter) -> None:
    cases = all_not_canonical()
    assert {case.valid for case in cases if case.why == "A's encoding"} == {True, False}
    check(cases, any_micropython)


def test_s_not_below_the_order(any_micropython: Interpreter) -> None:
    rng = random.Random(3)
    cases = []
    for _ in range(20):
        secret, nonce, message = rng.randrange(L), rng.randrange(L), rng.randbytes(9)
        key = ED25519.encode(ED25519.multiply(secret, ED25519.g))
        r = ED25519.encode(ED25519.multiply(nonce, ED25519.g))
        s = (nonce + challenge(r, key, message) * secret) % L
        table = make_table(EDDSA, key, 3)
        for more in range(0, 16 * L, L):
            if s + more < 1 << 256:
                signature = r + (s + more).to_bytes(32, "little")
                for used in (b"", table):
                    cases.append(
                        Case(EDDSA, key, message, signature, more == 0, "S + a multiple of L", used)
                    )
    check(cases, any_micropython)


def test_no_table_for_a_key_with_a_small_part() -> None:
    for point in torsion():
        keys = [point, ED25519.add(point, ED25519.g)]
        for key in keys:
            if key == ED25519.g:
                continue
            with pytest.raises(ValueError, match="prime order"):
                make_table(EDDSA, ED25519.encode(key))
