"""ECDSA on P-256 with SHA-256 (FIPS 186-5 6.4.2, RFC 9053 2.1): ES256."""

from binascii import unhexlify
from hashlib import sha256

from .inverse import invert
from .machine import put_reversed, routine
from .programs_w import P256_CONSTANTS, P256_LIFT
from .weierstrass import Curve

# SP 800-186 3.2.1.3.
_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = unhexlify(
    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
)

_NUMBERS = _N.to_bytes(32, "little") + ((1 << 512) % _N).to_bytes(32, "little")

_chosen = []  # _scalars or the kernel's, once chosen
_out = bytearray(96)
_w = bytearray(32)  # 1/s
_u = memoryview(_out)[:32]
_v = memoryview(_out)[32:64]
_r = memoryview(_out)[64:]
_curve = Curve("p256", 0, _P, _N, _G, P256_CONSTANTS, P256_LIFT)
lift = _curve.lift  # for gate.crypto.decompress


def _scalars(out, signature, digest, numbers) -> bool:
    """Set out to e/s, r/s and r modulo n, 32 bytes each, little-endian; False if out of range.

    signature, digest: r || s and e, big-endian.  numbers: n, then 2^512 modulo n, little-endian.
    """
    n = int.from_bytes(numbers[:32], "little")
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < n and 0 < s < n):
        return False
    put_reversed(_w, 0, signature, 32)
    invert(_w, numbers)
    w = int.from_bytes(_w, "little")
    e = int.from_bytes(digest, "big")
    out[:32] = (e * w % n).to_bytes(32, "little")
    out[32:64] = (r * w % n).to_bytes(32, "little")
    out[64:96] = r.to_bytes(32, "little")
    return True


def _right(ecdsa):
    """Say whether a native `ecdsa` does what _scalars does with three signatures."""
    for signature in (bytes(range(64)), b"\xff" * 32 + bytes(range(32)), bytes(range(32)) * 2):
        results = []
        for one in (_scalars, ecdsa):
            out = bytearray(96)
            results.append((bool(one(out, signature, b"\xfe" * 32, _NUMBERS)), out))
        if results[0][0] != results[1][0] or (results[0][0] and results[0][1] != results[1][1]):
            return False
    return True


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify."""
    if len(key) != 64 or len(signature) != 64:
        return False
    if not _chosen:
        _chosen.append(routine("ecdsa", _scalars, _right))
    if not _chosen[0](_out, signature, sha256(message).digest(), _NUMBERS):
        return False
    return _curve.x_is(_u, _v, key, _r, table)
