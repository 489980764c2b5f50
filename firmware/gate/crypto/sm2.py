"""SM2 signatures with SM3 (GB/T 32918.2-2016 7.1, curve of GB/T 32918.5)."""

from . import plain
from .sm3 import sm3

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

# ENTL || ID || a || b || xG || yG, GB/T 32918.2 5.5; the ID is the standard's default.
_PREFIX = (
    b"\x00\x80"
    + b"1234567812345678"
    + (P - 3).to_bytes(32, "big")
    + B.to_bytes(32, "big")
    + G[0].to_bytes(32, "big")
    + G[1].to_bytes(32, "big")
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
    t = (r + s) % N
    if t == 0:
        return False
    e = int.from_bytes(sm3(sm3(_PREFIX, key), message), "big")
    return plain.x_is(P, N, plain.joint(P, s, G, t, (x, y)), (r - e) % N)


def lift(x, odd):
    """Give X || Y for a compressed point; see gate.crypto.decompress."""
    y = plain.lift(P, B, int.from_bytes(x, "big"), odd)
    return None if y is None else bytes(x) + y.to_bytes(32, "big")
