"""ECDSA on P-256 with SHA-256 (FIPS 186-5 6.4.2, RFC 9053 2.1): ES256."""

from hashlib import sha256

from . import plain

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify."""
    if len(key) != 64 or len(signature) != 64:
        return False
    x = int.from_bytes(key[:32], "big")
    y = int.from_bytes(key[32:], "big")
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N and plain.on_curve(P, B, x, y)):
        return False
    e = int.from_bytes(sha256(message).digest(), "big")
    w = pow(s, N - 2, N)
    return plain.x_is(P, N, plain.joint(P, e * w % N, G, r * w % N, (x, y)), r)


def lift(x, odd):
    """Give X || Y for a compressed point; see gate.crypto.decompress."""
    y = plain.lift(P, B, int.from_bytes(x, "big"), odd)
    return None if y is None else bytes(x) + y.to_bytes(32, "big")
