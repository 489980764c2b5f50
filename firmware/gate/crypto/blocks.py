"""Feed bytes to a Merkle-Damgard hash block by block, without joining them.

Shared by sm3 and sha512; no hash by itself.
"""


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
