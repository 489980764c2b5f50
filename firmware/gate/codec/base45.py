"""Base45 (RFC 9285), strict: three characters for two bytes, a last two for one.

The loop is viper: it touches each character once and allocates only the result. It is right with
words of 32 bits (boards) and of 64 (x64).
"""

import micropython

from ..refusal import Refusal

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_INVALID = 0xFF


def _values():
    values = bytearray(b"\xff" * 256)
    for value, character in enumerate(_ALPHABET):
        values[character] = value
    return bytes(values)


_VALUES = _values()  # character -> 0..44, or _INVALID


def decode(text, start=0):
    """Decode text[start:] to a bytearray. text: bytes-like.

    Raises Refusal('base45_invalid'): a character outside the alphabet, a group over 65535 (over
    255 for the last two), or one character left over.
    """
    count = len(text) - start
    left = count % 3
    if count < 0 or left == 1:
        raise Refusal("base45_invalid")
    out = bytearray(count // 3 * 2 + left // 2)
    if not _decode(text, start, count, out, _VALUES):
        raise Refusal("base45_invalid")
    return out


@micropython.viper
def _decode(text, start: int, count: int, out, values) -> bool:
    source = ptr8(text)
    table = ptr8(values)
    target = ptr8(out)
    i = start
    end = start + count
    k = 0
    while i + 2 < end:
        a = table[source[i]]
        b = table[source[i + 1]]
        c = table[source[i + 2]]
        if (a | b | c) & 0x80:  # _INVALID
            return False
        n = a + 45 * (b + 45 * c)
        if n > 0xFFFF:
            return False
        target[k] = n >> 8
        target[k + 1] = n & 0xFF
        i += 3
        k += 2
    if i < end:
        a = table[source[i]]
        b = table[source[i + 1]]
        if (a | b) & 0x80:
            return False
        n = a + 45 * b
        if n > 0xFF:
            return False
        target[k] = n
    return True
