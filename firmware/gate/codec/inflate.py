"""zlib streams (RFC 1950) of `HC1:` codes, with MicroPython's own inflater and our bounds.

Only MAX_INFLATED bytes are ever asked for, and the window is no larger than that: a stream that
would grow to gigabytes costs what a real code costs. The inflater takes its window from the heap in
one piece, which a small heap may not have; all published certificates inflate to less than 900
bytes, so a small window is tried first, and the large one only for a stream that reaches back
farther.
"""

import deflate
import io
import micropython

from ..refusal import Refusal

MAX_INFLATED = 6144  # bytes; a payload of 4 KiB, a certificate's 512-byte signature, and room

_WINDOWS = (10, 13)  # bits: 1 KiB, then 8 KiB: no back-reference reaches beyond MAX_INFLATED
_PIECE = 512


def inflate(data):
    """Give what a zlib stream holds, as a bytearray. data: bytes-like, the whole stream.

    Raises Refusal: not_compressed (no zlib header), inflate_failed (damaged, cut short, wrong
    Adler-32, bytes after the end), inflate_too_large.
    """
    if len(data) < 8:
        raise Refusal("not_compressed" if len(data) < 2 else "inflate_failed")
    method, flags = data[0], data[1]
    if method & 0x0F != 8 or method >> 4 > 7 or (method << 8 | flags) % 31:
        raise Refusal("not_compressed")
    if flags & 0x20:  # a preset dictionary, which nobody could know
        raise Refusal("inflate_failed")
    for bits in _WINDOWS:
        out = _inflated(data, bits)
        if out is not None:
            return out
    raise Refusal("inflate_failed")


def _inflated(data, bits):
    """All of it, with a window of 1 << bits; None if it is damaged or reaches back farther."""
    source = io.BytesIO(data)
    source.seek(2)
    out = bytearray()
    try:
        stream = deflate.DeflateIO(source, deflate.RAW, bits)
        while True:
            piece = stream.read(_PIECE)
            if not piece:
                break
            out.extend(piece)
            if len(out) > MAX_INFLATED:
                raise Refusal("inflate_too_large")
    except (OSError, EOFError, ValueError):
        return None
    if source.read() != _adler32(out, len(out)):  # and nothing after it
        return None
    return out


@micropython.viper
def _sums(data, size: int) -> uint:
    """Adler-32 (RFC 1950, 8.2), its halves reduced often enough to stay within 31 bits."""
    source = ptr8(data)
    low = 1
    high = 0
    i = 0
    while i < size:
        stop = i + 2048
        if stop > size:
            stop = size
        while i < stop:
            low += source[i]
            high += low
            i += 1
        low %= 65521
        high %= 65521
    return uint(high << 16 | low)


def _adler32(data, size):
    return _sums(data, size).to_bytes(4, "big")
