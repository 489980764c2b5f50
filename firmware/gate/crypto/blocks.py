"""What Merkle-Damgard hashes share: bytes to blocks, bytes to words and back.

For sm3, sha512 and mgf1; no hash by itself.
"""

from array import array
from binascii import unhexlify


def absorb(parts, block, size, length_size, compress) -> None:
    """Run `compress(buffer, offset)` over every block of the padded message.

    parts: tuple of bytes-like, hashed one after the other.
    block: bytearray of `size` bytes, used as scratch.
    length_size: bytes of the big-endian bit count at the end (8 or 16).
    """
    used = 0
    total = 0
    for part in parts:
        n = len(part)
        total += n
        i = 0
        if used:
            take = min(size - used, n)
            _copy(block, used, part, 0, take)
            used += take
            i = take
            if used == size:
                compress(block, 0)
                used = 0
        while n - i >= size:
            compress(part, i)
            i += size
        if i < n:
            _copy(block, used, part, i, n - i)
            used += n - i
    _pad(block, used, size)
    if used >= size - length_size:
        compress(block, 0)
        _pad(block, -1, size)
    bits = total * 8
    for i in range(4):
        block[size - 1 - i] = bits >> (8 * i) & 255
    compress(block, 0)


@micropython.viper
def _copy(to: ptr8, at: int, source: ptr8, start: int, n: int):
    i = 0
    while i < n:
        to[at + i] = source[start + i]
        i += 1


@micropython.viper
def _pad(block: ptr8, used: int, size: int):
    i = used
    if i >= 0:
        block[i] = 0x80
    i += 1
    while i < size:
        block[i] = 0
        i += 1


def words(text):
    """Turn big-endian hexadecimal into an array of native 32-bit words."""
    raw = unhexlify(text)
    out = array("I", bytes(len(raw)))
    load_words(out, raw, 0, len(raw) // 4)
    return out


@micropython.viper
def load_words(to: ptr32, source: ptr8, start: int, n: int):
    """Set n words to the big-endian ones at source[start]."""
    i = 0
    while i < n:
        p = start + 4 * i
        to[i] = (source[p] << 24) | (source[p + 1] << 16) | (source[p + 2] << 8) | source[p + 3]
        i += 1


@micropython.viper
def store_words(to: ptr8, source: ptr32, n: int):
    """Write n words big-endian."""
    i = 0
    while i < n:
        w = source[i]
        to[4 * i] = w >> 24
        to[4 * i + 1] = w >> 16
        to[4 * i + 2] = w >> 8
        to[4 * i + 3] = w
        i += 1
