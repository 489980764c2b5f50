"""RSASSA-PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes (RFC 8017 8.1.2).

Keys: modulus of 2048 to 4096 bits, a whole number of bytes, exponent 65537.
"""

from hashlib import sha256

_HASH = 32
_SALT = 32


def _mask(seed, size):
    out = b""
    for i in range((size + _HASH - 1) // _HASH):
        out += sha256(seed + i.to_bytes(4, "big")).digest()
    return out[:size]


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify.  `table` must be None."""
    size = len(key)
    if table is not None or not 256 <= size <= 512 or len(signature) != size:
        return False
    if key[0] < 128 or not key[-1] & 1:  # size exact, modulus odd
        return False
    n = int.from_bytes(key, "big")
    s = int.from_bytes(signature, "big")
    if s >= n:
        return False
    encoded = pow(s, 65537, n).to_bytes(size, "big")
    return _pss(encoded, message)


def _pss(encoded, message):
    """EMSA-PSS-VERIFY (RFC 8017 9.1.2) with emBits = 8 len(encoded) - 1."""
    split = len(encoded) - _HASH - 1
    if encoded[-1] != 0xBC or encoded[0] & 0x80:
        return False
    seed = encoded[split:-1]
    mask = _mask(seed, split)
    db = bytearray(encoded[i] ^ mask[i] for i in range(split))
    db[0] &= 0x7F
    start = split - _SALT - 1
    for i in range(start):
        if db[i]:
            return False
    if db[start] != 1:
        return False
    inner = sha256(b"\0" * 8)
    inner.update(sha256(message).digest())
    inner.update(db[start + 1 :])
    return inner.digest() == seed
