"""zlib streams (RFC 1950) of `HC1:` codes, with MicroPython's own inflater and our bounds.

Only MAX_INFLATED bytes are ever asked for, and the window is no larger than that: a stream that
would grow to gigabytes costs what a real code costs. Real certificates inflate to under 2 KiB.
"""

import deflate
import io
import micropython

from ..refusal import Refusal

MAX_INFLATED = 6144  # bytes; a payload of 4 KiB, a certificate's 512-byte signature, and room

_WINDOW_BITS = 13  # 8 KiB: no back-reference reaches beyond MAX_INFLATED
_PIECE = 1024


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
    source = io.BytesIO(data)
    source.seek(2)
    out = bytearray()
    try:
        stream = deflate.DeflateIO(source, deflate.RAW, _WINDOW_BITS)
        while True:
            piece = stream.read(_PIECE)
            if not piece:
                break
            out.extend(piece)
            if len(out) > MAX_INFLATED:
                raise Refusal("inflate_too_large")
    except (OSError, EOFError, ValueError):
        raise Refusal("inflate_failed")
    if source.read() != _adler32(out, len(out)):  # and nothing after it
        raise Refusal("inflate_failed")
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
