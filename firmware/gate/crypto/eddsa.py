"""Ed25519 (RFC 8032 5.1.7), cofactorless, with canonical encodings only.

S must be below L; A must decode as RFC 8032 5.1.3 says (y below p, no "minus
zero"); R is compared as bytes with the encoding of [S]B - [k]A, so only its
canonical encoding can match.  Small-order A and R are not refused as such.
"""

from .sha512 import sha512

P = (1 << 255) - 19
L = (1 << 252) + 27742317777372353535851937790883648493
D = 0x52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3
_I = 0x2B8324804FC1DF0B2B4D00993DFBD7A72F431806AD2FE478C4EE1B274A0EA0B0  # sqrt(-1)
_BX = 0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A
_BY = 0x6666666666666666666666666666666666666666666666666666666666666658


def _decode(raw):
    """Give (x, y) of an encoded point or None."""
    y = int.from_bytes(raw, "little")
    odd = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    u = (y * y - 1) % P
    v = (D * y * y + 1) % P
    x = u * v * v * v * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    w = v * x * x % P
    if w != u:
        if w != P - u:
            return None
        x = x * _I % P
    if x == 0 and odd:
        return None
    return (P - x if x & 1 != odd else x), y


def _add(A, B):
    x1, y1, z1, t1 = A
    x2, y2, z2, t2 = B
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * D * t1 * t2 % P
    d = 2 * z1 * z2 % P
    e = b - a
    f = d - c
    g = d + c
    h = b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify."""
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    A = _decode(key)
    if A is None:
        return False
    k = int.from_bytes(sha512(signature[:32], key, message), "little") % L
    x = P - A[0]
    A = (x, A[1], 1, x * A[1] % P)
    B = (_BX, _BY, 1, _BX * _BY % P)
    both = _add(A, B)
    R = (0, 1, 1, 0)
    for i in range(252, -1, -1):
        R = _add(R, R)
        if s >> i & 1:
            R = _add(R, both if k >> i & 1 else B)
        elif k >> i & 1:
            R = _add(R, A)
    z = pow(R[2], P - 2, P)
    encoded = R[1] * z % P | (R[0] * z % P & 1) << 255
    return encoded.to_bytes(32, "little") == signature[:32]
