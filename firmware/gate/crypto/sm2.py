"""SM2 signatures with SM3 (GB/T 32918.2-2016 7.1, curve of GB/T 32918.5)."""

from binascii import unhexlify

from .programs_w import SM2_CONSTANTS, SM2_LIFT
from .sm3 import sm3
from .weierstrass import Curve

# GB/T 32918.5-2017.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_B = "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
_G = (
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)

# ENTL || ID || a || b || xG || yG (GB/T 32918.2 5.5) with the standard's default ID.
_PREFIX = b"\x00\x801234567812345678" + (_P - 3).to_bytes(32, "big") + unhexlify(_B + _G)

_curve = Curve("sm2", 1, _P, _N, unhexlify(_G), SM2_CONSTANTS, SM2_LIFT)
lift = _curve.lift  # for gate.crypto.decompress


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify."""
    if len(key) != 64 or len(signature) != 64:
        return False
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < _N and 0 < s < _N):
        return False
    t = (r + s) % _N
    if t == 0:
        return False
    e = int.from_bytes(sm3(sm3(_PREFIX, key), message), "big")
    k, m, x = (number.to_bytes(32, "little") for number in (s, t, (r - e) % _N))
    return _curve.x_is(k, m, key, x, table)
