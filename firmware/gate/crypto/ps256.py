"""RSASSA-PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes (RFC 8017 8.1.2).

Keys: modulus of 2048 to 4096 bits, a whole number of bytes, exponent 65537.
"""

from binascii import unhexlify
from hashlib import sha256

from .machine import routine
from .mgf1 import unmask

_chosen = []  # a power modulo a key, and a function that says how many bytes it works in
_work = []  # one buffer of as many bytes as the largest key so far needs
_inner = bytearray(72)  # 8 zeros, the message's hash, the salt


def _right(rsa):
    """Say whether a native `rsa` is right about one power of 2048 bits."""
    n = b"\xff" * 253 + b"\xe2\x5c\xcf"  # 2^2048 - 1942321
    work = bytearray(_native_size(256))
    rsa(n, bytes(range(256)), 256, work)
    return sha256(memoryview(work)[:256]).digest() == unhexlify(
        "2575da8d57cda5583ee6d2bfa035dcd7f6fda031b081daaa7aded5c6ec76870a"
    )


def _native_size(size):
    """Bytes of memory for a native `rsa` (docs/crypto.md)."""
    return 6 * size + 320


def _choose():
    native = routine("rsa", None, _right)
    if native:
        _chosen.extend((native, _native_size))
    else:
        from . import rsa

        _chosen.extend((rsa.rsa, rsa.work_size))


@micropython.viper
def _below(a: ptr8, b: ptr8, size: int) -> bool:
    """Say whether a is less than b, big-endian numbers of `size` bytes."""
    i = 0
    while i < size - 1 and a[i] == b[i]:
        i += 1
    return int(a[i]) < int(b[i])


def check(key, message, signature, table) -> bool:
    """Verify; see gate.crypto.verify.  `table` must be None."""
    size = len(key)
    if table is not None or not 256 <= size <= 512 or len(signature) != size:
        return False
    if key[0] < 128 or not key[size - 1] & 1:  # size exact, modulus odd
        return False
    if not _below(signature, key, size):
        return False
    if not _chosen:
        _choose()
    need = _chosen[1](size)
    if not _work or len(_work[0]) < need:
        _work.clear()  # what it held is free for the larger one
        _work.append(bytearray(need))
    work = _work[0]
    _chosen[0](key, signature, size, work)
    return _pss(work, size, message)


def _pss(encoded, size, message):
    """EMSA-PSS-VERIFY (RFC 8017 9.1.2) of encoded[:size], emBits = 8 size - 1; overwrites it."""
    split = size - 33  # DB, H of 32 bytes, 0xBC
    if encoded[size - 1] != 0xBC or encoded[0] & 0x80:
        return False
    unmask(encoded, split)
    encoded[0] &= 0x7F
    start = split - 33  # zeros, 1, salt of 32 bytes
    for i in range(start):
        if encoded[i]:
            return False
    if encoded[start] != 1:
        return False
    view = memoryview(encoded)
    _inner[8:40] = sha256(message).digest()
    _inner[40:72] = view[start + 1 : split]
    return sha256(_inner).digest() == view[split : size - 1]
