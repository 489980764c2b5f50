"""RSASSA-PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes (RFC 8017 8.1.2).

Keys: modulus of 2048 to 4096 bits, a whole number of bytes, exponent 65537.
"""

from binascii import unhexlify
from hashlib import sha256

from .machine import routine

_HASH = 32
_SALT = 32

_chosen = []  # the kernel's `rsa` or None, once chosen
_work = bytearray()  # its scratch memory, as large as the largest key so far needs


def _right(rsa):
    """Say whether a native `rsa` is right about one power of 2048 bits."""
    n = b"\xff" * 253 + b"\xe2\x5c\xcf"  # 2^2048 - 1942321
    rsa(n, bytes(range(256)), 256, _scratch(256))
    return sha256(_work[:256]).digest() == unhexlify(
        "2575da8d57cda5583ee6d2bfa035dcd7f6fda031b081daaa7aded5c6ec76870a"
    )


def _scratch(size):
    """Give the scratch memory for a key of `size` bytes."""
    need = 6 * size + 320
    if len(_work) < need:
        _work.extend(bytes(need - len(_work)))
    return _work


def _power(key, signature):
    """Give signature^65537 modulo the key, as long as the key, or None if it is not below it."""
    size = len(key)
    n = int.from_bytes(key, "big")
    s = int.from_bytes(signature, "big")
    if s >= n:
        return None
    if not _chosen:
        _chosen.append(routine("rsa", None, _right))
    if _chosen[0]:
        _chosen[0](key, signature, size, _scratch(size))
        return bytes(_work[:size])
    return pow(s, 65537, n).to_bytes(size, "big")


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
    encoded = _power(key, signature)
    return encoded is not None and _pss(encoded, message)


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
