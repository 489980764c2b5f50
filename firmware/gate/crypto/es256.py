"""ECDSA on P-256 with SHA-256 (FIPS 186-5 6.4.2, RFC 9053 2.1): ES256."""

from binascii import unhexlify
from hashlib import sha256

from .inverse import inverse
from .programs_w import P256_CONSTANTS, P256_LIFT
from .weierstrass import Curve

# SP 800-186 3.2.1.3.
_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = unhexlify(
    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
)

_curve = Curve("p256", 0, _P, _N, _G, P256_CONSTANTS, P256_LIFT)
lift = _curve.lift  # for gate.crypto.decompress


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify."""
    if len(key) != 64 or len(signature) != 64:
        return False
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < _N and 0 < s < _N):
        return False
    w = inverse(s.to_bytes(32, "little"), _N)
    u = int.from_bytes(sha256(message).digest(), "big") * w % _N
    return _curve.x_is(u, r * w % _N, key, r, table)
