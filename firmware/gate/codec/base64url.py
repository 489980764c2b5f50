"""base64url without padding (RFC 4648 5, RFC 7515 2), strict: each value has one text."""

import micropython

from ..refusal import Refusal

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _values():
    values = bytearray(b"\xff" * 256)
    for value, character in enumerate(_ALPHABET):
        values[character] = value
    return bytes(values)


_VALUES = _values()  # character -> 0..63, or 0xFF


def decode(text):
    """Decode to a bytearray. text: bytes-like. Raises Refusal('jws_invalid'): a character outside
    the alphabet, one character left over, or bits left over that are not zero."""
    out = bytearray(_size(text))
    _into(out, text)
    return out


def decode_in_place(text):
    """The same over the text itself: gives a part of it. text: memoryview that may be written."""
    size = _size(text)
    _into(text, text)
    return text[:size]


def _size(text):
    left = len(text) & 3
    if left == 1:
        raise Refusal("jws_invalid")
    return len(text) // 4 * 3 + max(0, left - 1)


def _into(out, text):
    if not _decode(text, len(text), out, _VALUES):
        raise Refusal("jws_invalid")


@micropython.viper
def _decode(text, count: int, out, values) -> bool:
    source = ptr8(text)
    table = ptr8(values)
    target = ptr8(out)
    bits = 0
    held = 0
    i = 0
    k = 0
    while i < count:
        value = table[source[i]]
        if value > 63:
            return False
        held = (held << 6 | value) & 0xFFFF
        bits += 6
        if bits >= 8:
            bits -= 8
            target[k] = held >> bits
            k += 1
        i += 1
    return held & ((1 << bits) - 1) == 0
