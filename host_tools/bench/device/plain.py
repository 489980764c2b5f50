"""The plain way to verify on MicroPython: integers of any size and nothing else.

What a competent program without native code does: Shamir's trick over Jacobian coordinates (curves
with a = -3), over extended coordinates (Ed25519), `pow` for inversions. The measure for ratios.
"""

from hashlib import sha256

_P256 = (
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_SM2 = (
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_Q = (1 << 255) - 19
_L = (1 << 252) + 27742317777372353535851937790883648493
_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
_I = 19681161376707505956807079304988542015446066515923890162744021073123829784752  # sqrt(-1)
_BY = 46316835694926478169428394003475163141307993866256225615783033603165251855960
_BX = 15112221349535400772501151409588531511454012693041857206046113283949847762202


def _number(data):
    return int.from_bytes(data, "big")


def _double(p, x, y, z):
    delta = z * z % p
    gamma = y * y % p
    beta = x * gamma % p
    alpha = 3 * (x - delta) * (x + delta) % p
    x3 = (alpha * alpha - 8 * beta) % p
    z3 = ((y + z) * (y + z) - gamma - delta) % p
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % p, z3


def _add(p, x1, y1, z1, x2, y2):
    """Jacobian plus affine."""
    if z1 == 0:
        return x2, y2, 1
    zz = z1 * z1 % p
    u = x2 * zz % p
    s = y2 * z1 * zz % p
    h = (u - x1) % p
    r = (s - y1) % p
    if h == 0:
        return _double(p, x1, y1, z1) if r == 0 else (1, 1, 0)
    hh = h * h % p
    hhh = h * hh % p
    v = x1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p


def _x_of_sum(curve, k, m, qx, qy):
    """x of kG + mQ, or None at infinity."""
    p, _, gx, gy = curve
    sx, sy, sz = _add(p, gx, gy, 1, qx, qy)
    inverse = pow(sz, p - 2, p)
    square = inverse * inverse % p
    points = (None, (gx, gy), (qx, qy), (sx * square % p, sy * square * inverse % p))
    x, y, z = 1, 1, 0
    for i in range(255, -1, -1):
        if z:
            x, y, z = _double(p, x, y, z)
        which = (k >> i & 1) | (m >> i & 1) << 1
        if which:
            x, y, z = _add(p, x, y, z, *points[which])
    if z == 0:
        return None
    inverse = pow(z, p - 2, p)
    return x * inverse * inverse % p


def es256(key, message, signature):
    n = _P256[1]
    r, s = _number(signature[:32]), _number(signature[32:])
    w = pow(s, n - 2, n)
    u = _number(sha256(message).digest()) * w % n
    x = _x_of_sum(_P256, u, r * w % n, _number(key[:32]), _number(key[32:]))
    return x is not None and x % n == r


def sm2(key, message, signature):
    from gate.crypto import sm2 as product
    from gate.crypto.sm3 import sm3

    n = _SM2[1]
    r, s = _number(signature[:32]), _number(signature[32:])
    e = _number(sm3(sm3(product._PREFIX, key), message))
    x = _x_of_sum(_SM2, s, (r + s) % n, _number(key[:32]), _number(key[32:]))
    return x is not None and (e + x) % n == r


def _edwards(a, b):
    """Extended coordinates, complete (RFC 8032 5.1.4)."""
    q = _Q
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % q
    f = (y1 + x1) * (y2 + x2) % q
    c = 2 * _D * t1 * t2 % q
    d = 2 * z1 * z2 % q
    g, h, i, j = f - e, d - c, d + c, f + e
    return g * h % q, i * j % q, h * i % q, g * j % q


def _decode(data):
    q = _Q
    y = int.from_bytes(data, "little")
    odd = y >> 255
    y &= (1 << 255) - 1
    xx = (y * y - 1) * pow(_D * y * y + 1, q - 2, q) % q
    x = pow(xx, (q + 3) // 8, q)
    if x * x % q != xx:
        x = x * _I % q
    if x & 1 != odd:
        x = q - x
    return x, y, 1, x * y % q


def ed25519(key, message, signature):
    from gate.crypto.sha512 import sha512

    q = _Q
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32], key, message), "little") % _L
    x, y, z, t = _decode(key)
    minus = (q - x, y, z, q - t)
    base = (_BX, _BY, 1, _BX * _BY % q)
    points = (None, base, minus, _edwards(base, minus))
    at = (0, 1, 1, 0)
    for i in range(254, -1, -1):
        at = _edwards(at, at)
        which = (s >> i & 1) | (k >> i & 1) << 1
        if which:
            at = _edwards(at, points[which])
    inverse = pow(at[2], q - 2, q)
    encoded = at[1] * inverse % q | (at[0] * inverse % q & 1) << 255
    return encoded.to_bytes(32, "little") == signature[:32]


def ps256(key, message, signature):
    """One pow; the encoding is checked as the product does."""
    from gate.crypto import ps256 as product

    power = pow(_number(signature), 65537, _number(key)).to_bytes(len(key), "big")
    return product._pss(bytearray(power), len(key), message)


ALGORITHMS = {-7: es256, -8: ed25519, -37: ps256, -65600: sm2}
