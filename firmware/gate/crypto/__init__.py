"""Signature verification: one door for every algorithm the gate accepts.

`verify(alg, key, message, signature, table=None) -> bool` is all that the rest
of the firmware needs.  It handles public data only and is not constant-time;
it signs nothing.  docs/crypto.md has the formulas, the kernel contract and the
measured figures.

| alg    | name           | key                     | signature            |
|--------|----------------|-------------------------|----------------------|
| -7     | ES256          | X || Y, 64 bytes        | r || s, 64 bytes     |
| -8     | EdDSA, Ed25519 | 32 bytes                | R || S, 64 bytes     |
| -37    | PS256          | modulus, big-endian     | as long as the key   |
| -65600 | SM2 with SM3   | X || Y, 64 bytes        | r || s, 64 bytes     |

Numbers are COSE's (RFC 9053, RFC 8230); -65600 is in COSE's private range.
Modules of an algorithm are imported when it is first used.
"""

from micropython import const

ES256 = const(-7)
EDDSA = const(-8)
PS256 = const(-37)
SM2 = const(-65600)

ALGORITHMS = (-7, -8, -37, -65600)

_checks: dict = {}  # alg -> its module's check; an import each time would cost a verification dear


def _bytes_like(*values):
    """True when every value is bytes, bytearray or memoryview of bytes."""
    for value in values:  # no generator: it would allocate
        if isinstance(value, memoryview):
            if len(bytes(value[:1])) > 1:  # items wider than a byte
                return False
        elif not isinstance(value, (bytes, bytearray)):
            return False
    return True


def verify(alg, key, message, signature, table=None) -> bool:
    """Say whether `signature` over `message` is right for `key`.

    key, message, signature: bytes-like; sizes as in the table above.
    table: comb table of this very key (docs/crypto.md), bytes-like, or None;
        it is read in place.  A table of a wrong size, format or key is
        refused like a bad key.
    Returns False for every bad key, signature or table, also of a wrong type.
    Raises ValueError for an algorithm that is not in ALGORITHMS, nothing else.
    """
    if not isinstance(alg, int) or alg not in _checks:
        if alg == ES256:
            from .es256 import check
        elif alg == EDDSA:
            from .eddsa import check
        elif alg == PS256:
            from .ps256 import check
        elif alg == SM2:
            from .sm2 import check
        else:
            raise ValueError("unknown signature algorithm %r" % (alg,))
        _checks[alg] = check
    if not _bytes_like(key, message, signature):
        return False
    if table is not None and not _bytes_like(table):
        return False
    return _checks[alg](key, message, signature, table)


def decompress(alg, x, odd):
    """Give the 64-byte key X || Y of a compressed point (RFC 9053 7.1.1).

    alg: ES256 or SM2.  x: 32 bytes, big-endian.  odd: bool, Y's lowest bit.
    Returns None when x is no coordinate of a point of the curve or is
    malformed.  Raises ValueError for an alg whose keys are not points X || Y.
    """
    if alg == ES256:
        from .es256 import lift
    elif alg == SM2:
        from .sm2 import lift
    else:
        raise ValueError("no compressed points for algorithm %r" % (alg,))
    if not _bytes_like(x) or len(x) != 32 or odd not in (0, 1):
        return None
    return lift(x, odd)
