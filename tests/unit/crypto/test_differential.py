"""Random and edge inputs against `cryptography` (OpenSSL) and gmssl: the same yes and no."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from gmssl.sm2 import CryptSM2

from host_tools.interpreter import Interpreter
from host_tools.kernels.combs import make_table
from host_tools.keys.private import PrivateKey, generate

from .batch import EDDSA, ES256, PS256, SM2, Case, check

N = {
    ES256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    SM2: 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    EDDSA: 2**252 + 27742317777372353535851937790883648493,
}
P = {
    ES256: 2**256 - 2**224 + 2**192 + 2**96 - 1,
    SM2: 2**256 - 2**224 - 2**96 + 2**64 - 1,
    EDDSA: 2**255 - 19,
}
ORDER = {ES256: "big", SM2: "big", EDDSA: "little"}


def flips(data: bytes, rng: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        bit = rng.randrange(8 * len(data))
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def numbers(alg: int) -> list[bytes]:
    """Numbers at the edges of the group, the field and the encoding, 32 bytes each."""
    n, p = N[alg], P[alg]
    edges = [0, 1, 2, n - 1, n, n + 1, p - 1, p, p + 1, 2**255, 2**256 - 1]
    return [edge.to_bytes(32, ORDER[alg]) for edge in edges]  # type: ignore[arg-type]


def around(base: Case, rng: random.Random, count: int) -> Iterator[Case]:
    """Cases that differ from a valid one in one thing, whose validity the oracle must say."""
    for key in flips(base.key, rng, count):
        yield Case(base.alg, key, base.message, base.signature, False, "a bit of the key")
    for signature in flips(base.signature, rng, 2 * count):
        yield Case(base.alg, base.key, base.message, signature, False, "a bit of the signature")
    for message in flips(base.message + b"\0", rng, count):
        yield Case(base.alg, base.key, message, base.signature, False, "a bit of the message")
    for size in (0, 1, 31, 32, len(base.signature) - 1):
        yield Case(base.alg, base.key, base.message, base.signature[:size], False, "cut short")
        yield Case(base.alg, base.key[:size], base.message, base.signature, False, "key cut short")
    longer = base.signature + b"\0", b"\0" + base.signature
    for signature in longer:
        yield Case(base.alg, base.key, base.message, signature, False, "a byte too many")
    for key in (base.key + b"\0", b"\0" + base.key, b"\x04" + base.key):
        yield Case(base.alg, key, base.message, base.signature, False, "a byte too many in the key")


def edges(base: Case) -> Iterator[Case]:
    """Every pair of edge numbers as signature, and each in place of a coordinate."""
    for first in numbers(base.alg):
        for second in numbers(base.alg):
            yield Case(base.alg, base.key, base.message, first + second, False, "edge numbers")
        for at in range(0, len(base.key), 32):
            key = base.key[:at] + first + base.key[at + 32 :]
            yield Case(base.alg, key, base.message, base.signature, False, "edge coordinate")
        half = base.signature[:32] + first, first + base.signature[32:]
        for signature in half:
            yield Case(base.alg, base.key, base.message, signature, False, "half an edge")


def judged(case: Case) -> Case:
    """The case with the validity that OpenSSL gives it."""
    return Case(
        case.alg, case.key, case.message, case.signature, openssl(case), case.why, case.table
    )


def openssl(case: Case) -> bool:
    try:
        if case.alg == ES256:
            if len(case.signature) != 64 or len(case.key) != 64:
                return False
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + case.key)
            halves = (int.from_bytes(case.signature[at : at + 32], "big") for at in (0, 32))
            key.verify(encode_dss_signature(*halves), case.message, ec.ECDSA(hashes.SHA256()))
        elif case.alg == EDDSA:
            ed25519.Ed25519PublicKey.from_public_bytes(case.key).verify(
                case.signature, case.message
            )
        else:
            if case.key[:1] == b"\0":
                return False  # a modulus has one form
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            rsa.RSAPublicNumbers(65537, int.from_bytes(case.key, "big")).public_key().verify(
                case.signature, case.message, pss, hashes.SHA256()
            )
    except (InvalidSignature, ValueError):
        return False
    return True


def valid(alg: int, rng: random.Random, key: PrivateKey | None = None) -> Case:
    key = key or generate(alg)
    message = rng.randbytes(rng.choice((0, 1, 55, 56, 64, 119, 300)))
    return Case(alg, key.public.raw, message, key.sign(message), True, "valid")


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_curves_against_openssl(alg: int, any_micropython: Interpreter) -> None:
    rng = random.Random(alg)
    rounds = 60 if any_micropython.word_bits == 32 else 20
    cases = []
    for i in range(rounds):
        base = valid(alg, rng)
        cases.append(base)
        cases += [judged(case) for case in around(base, rng, 20)]
        if i < 6:
            cases += [judged(case) for case in edges(base)]
    assert check(cases, any_micropython) > 80 * rounds


def test_comb_tables_change_no_answer(any_micropython: Interpreter) -> None:
    rng = random.Random(5)
    for alg in (ES256, EDDSA):
        base = valid(alg, rng)
        table = make_table(alg, base.key)
        cases = [base, *(c for c in around(base, rng, 60) if c.key == base.key), *edges(base)]
        with_table = [
            Case(c.alg, c.key, c.message, c.signature, openssl(c), c.why, table)
            for c in cases
            if c.key == base.key
        ]
        check(with_table, any_micropython)
        other = valid(alg, rng)
        wrong = Case(
            alg, other.key, other.message, other.signature, False, "another's table", table
        )
        check([wrong], any_micropython)


def test_ecdsa_allows_both_values_of_s(any_micropython: Interpreter) -> None:
    """FIPS 186-5: r, n - s verifies too; nothing here takes a signature as an identity."""
    base = valid(ES256, random.Random(3))
    s = N[ES256] - int.from_bytes(base.signature[32:], "big")
    twin = base.signature[:32] + s.to_bytes(32, "big")
    check([Case(ES256, base.key, base.message, twin, True, "n - s")], any_micropython)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_pss_against_openssl(bits: int, any_micropython: Interpreter) -> None:
    rng = random.Random(bits)
    key = PrivateKey(rsa.generate_private_key(65537, bits))
    cases = []
    for _ in range(3):
        base = valid(PS256, rng, key)
        cases += [base, *(judged(case) for case in around(base, rng, 8))]
    modulus = int.from_bytes(base.key, "big")
    for value in (0, 1, modulus - 1, modulus, modulus + 1, 2**bits - 1):
        signature = value.to_bytes(bits // 8, "big")
        cases.append(Case(PS256, base.key, base.message, signature, False, "edge of the modulus"))
    over = int.from_bytes(base.signature, "big") + modulus
    if over < 2**bits:
        signature = over.to_bytes(bits // 8, "big")
        cases.append(Case(PS256, base.key, base.message, signature, False, "s + n"))
    check(cases, any_micropython)


def test_pss_salts_of_other_lengths_and_hashes(any_micropython: Interpreter) -> None:
    key = rsa.generate_private_key(65537, 2048)
    public = PrivateKey(key).public.raw
    cases = []
    for salt in (0, 16, 31, 33, 64):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
        made = key.sign(b"m", pss, hashes.SHA256())
        cases.append(Case(PS256, public, b"m", made, False, f"salt of {salt}"))
    mixed = key.sign(b"m", padding.PSS(padding.MGF1(hashes.SHA1()), 32), hashes.SHA256())  # noqa: S303
    cases.append(Case(PS256, public, b"m", mixed, False, "MGF1 with SHA-1"))
    old = key.sign(b"m", padding.PKCS1v15(), hashes.SHA256())
    cases.append(Case(PS256, public, b"m", old, False, "PKCS #1 v1.5"))
    check(cases, any_micropython)


def test_sm2_against_gmssl(any_micropython: Interpreter) -> None:
    rng = random.Random(6)
    cases = []
    for i in range(8):
        secret = rng.randrange(1, N[SM2] - 1)
        signer = CryptSM2(private_key=f"{secret:064x}", public_key="")
        public = signer._kg(secret, signer.ecc_table["g"])
        signer.public_key = public
        message = rng.randbytes(60)
        made = signer.sign_with_sm3(message, f"{rng.randrange(1, N[SM2]):064x}")
        base = Case(SM2, bytes.fromhex(public), message, bytes.fromhex(made), True, "valid")
        cases += [base, *around(base, rng, 20)]
        if i < 3:
            cases += edges(base)
        zero_t = N[SM2] - int.from_bytes(base.signature[:32], "big")
        signature = base.signature[:32] + zero_t.to_bytes(32, "big")
        cases.append(Case(SM2, base.key, message, signature, False, "r + s = n"))
    check(cases, any_micropython)
