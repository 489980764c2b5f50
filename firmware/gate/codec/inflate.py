"""Deflate (RFC 1951), and zlib's wrapping of it (RFC 1950) that `HC1:` codes have.

Not MicroPython's own: that one takes a window and tables of 2.8 KiB from the heap in pieces beside
what it gives, and twice the time. Here what has been written is the window, and no more is written
than MAX_INFLATED bytes: a stream that would grow to gigabytes costs what a real code costs. All
published certificates inflate to less than 900 bytes, so there is first room for _USUAL.

The loops are viper, right with words of 32 bits (boards) and of 64 (x64). Viper keeps its first
three variables in registers, so parameters that hold no more than a beginning come first.
"""

from micropython import const

from ..refusal import Refusal

MAX_INFLATED = const(6144)  # bytes; a payload of 4 KiB, a 512-byte signature, and room

_USUAL = const(1024)
_DAMAGED = const(-1)
_FULL = const(-2)

# What lies where in the memory that a stream needs, in halfwords. A code of symbols (RFC 1951,
# 3.2.2) is 16 numbers, how many symbols have so many bits, and the symbols in the codes' order.
_FAST = const(512)  # entries from 0 on: for the next 9 bits, symbol << 4 | bits of its code, or 0
_LITERALS = const(512)  # the code of literals and lengths, 288 symbols
_DISTANCES = const(816)  # the code of distances, 32 symbols
_NEXT = const(864)  # where the next symbol of so many bits belongs; 16
_LENGTHS = const(880)  # bits of each symbol's code, bytes; 288 + 32
_END = const(1040)  # here: how many bytes of the stream were used
_WORK = const(2082)  # bytes
_work = bytearray(_WORK)  # kept: on a full heap there may be no room for it in one piece

_ORDER = b"\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"  # 3.2.7


def inflate(data):
    """Give what a zlib stream holds, as a memoryview. data: bytes-like, the whole stream.

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
    out, end = stream(data, 2)
    if bytes(data[end:]) != _adler32(1, 0, 0, out, len(out)).to_bytes(
        4, "big"
    ):  # and nothing after it
        raise Refusal("inflate_failed")
    return out


def inflate_raw(data):
    """The same for a bare deflate stream, without header and checksum."""
    out, end = stream(data, 0)
    if end != len(data):
        raise Refusal("inflate_failed")
    return out


def stream(data, start, rooms=(_USUAL, MAX_INFLATED)):
    """(what the deflate stream at data[start:] holds, where it ends).

    rooms: bytes that there is room for, tried one after the other.
    """
    for room in rooms:
        out = bytearray(room)
        size = _inflate(start, 0, 0, data, len(data), out, room, _work)
        if size >= 0:
            return memoryview(out)[:size], _work[2 * _END] | _work[2 * _END + 1] << 8
        if size == _DAMAGED:
            raise Refusal("inflate_failed")
        del out  # its memory is free for the larger one
    raise Refusal("inflate_too_large")


@micropython.viper
def _code(i: int, entry: int, n: int, work, code: int, first: int, count: int, bits: int) -> bool:
    """Make a code of symbols 0 to count - 1, whose bits are in _LENGTHS from `first` on.

    i, entry, n: 0. code: _LITERALS or _DISTANCES. bits: of the entries to be made at 0; none for 0.
    False for what is no code: too many codewords, or too few, unless it is a single one of one bit.
    """
    w = ptr16(work)
    lengths = ptr8(int(ptr8(work)) + 2 * _LENGTHS + first)
    i = 0
    while i < 16:
        w[code + i] = 0
        i += 1
    i = 0
    while i < count:
        w[code + int(lengths[i])] += 1
        i += 1
    unused = int(w[code])
    w[code] = 0
    left = 1
    at = 0
    i = 1
    while i < 16:
        w[_NEXT + i] = at
        n = int(w[code + i])
        at += n
        left = (left << 1) - n
        if left < 0:
            return False
        i += 1
    if left and count - unused != int(w[code + 1]):
        return False
    i = 0
    while i < count:
        n = int(lengths[i])
        if n:
            at = int(w[_NEXT + n])
            w[_NEXT + n] = at + 1
            w[code + 16 + at] = i
        i += 1
    if bits:
        size = 1 << bits
        i = 0
        while i < size:
            w[i] = 0
            i += 1
        symbols = code + 16
        at = 0  # the codeword, its bits in the order in which they are read
        n = 1
        while n <= bits:
            step = 1 << n
            left = int(w[code + n])
            while left:
                left -= 1
                entry = int(w[symbols]) << 4 | n
                symbols += 1
                i = at
                while i < size:
                    w[i] = entry
                    i += step
                i = step >> 1  # the next codeword: one more, from the last bit on
                while at & i:
                    at ^= i
                    i >>= 1
                at |= i
            n += 1
    return True


@micropython.viper
def _inflate(at: int, hold: int, bits: int, data, size: int, out, room: int, work) -> int:
    """Inflate data[at:size] into out; gives the size, _DAMAGED, or _FULL when `room` is short.

    hold: `bits` bits that were read ahead, both 0. Bytes that were not needed are given back.
    """
    source = ptr8(data)
    target = ptr8(out)
    w = ptr16(work)
    lengths = ptr8(int(ptr8(work)) + 2 * _LENGTHS)
    order = ptr8(_ORDER)
    to = 0
    last = 0
    while not last:
        while bits < 3:
            if at >= size:
                return _DAMAGED
            hold |= int(source[at]) << bits
            at += 1
            bits += 8
        last = hold & 1
        kind = (hold >> 1) & 3
        hold >>= 3
        bits -= 3
        if kind == 0:  # stored
            at -= bits >> 3
            hold = 0
            bits = 0
            if size - at < 4:
                return _DAMAGED
            n = int(source[at]) | int(source[at + 1]) << 8
            if n ^ 0xFFFF != int(source[at + 2]) | int(source[at + 3]) << 8:
                return _DAMAGED
            at += 4
            if n > size - at:
                return _DAMAGED
            if n > room - to:
                return _FULL
            while n:
                target[to] = source[at]
                to += 1
                at += 1
                n -= 1
            continue
        if kind == 1:  # the fixed codes (3.2.6)
            i = 0
            while i < 320:
                lengths[i] = 8 if i < 144 or i > 279 else 9 if i < 256 else 7
                if i > 287:
                    lengths[i] = 5
                i += 1
            literals = 288
            distances = 32
        elif kind == 2:  # codes that come first (3.2.7)
            while bits < 14:
                if at >= size:
                    return _DAMAGED
                hold |= int(source[at]) << bits
                at += 1
                bits += 8
            literals = (hold & 31) + 257
            distances = ((hold >> 5) & 31) + 1
            count = ((hold >> 10) & 15) + 4
            hold >>= 14
            bits -= 14
            if literals > 286 or distances > 30:
                return _DAMAGED
            i = 0
            while i < 19:
                n = 0
                if i < count:
                    while bits < 3:
                        if at >= size:
                            return _DAMAGED
                        hold |= int(source[at]) << bits
                        at += 1
                        bits += 8
                    n = hold & 7
                    hold >>= 3
                    bits -= 3
                lengths[int(order[i])] = n
                i += 1
            if not _code(0, 0, 0, work, _DISTANCES, 0, 19, 7):
                return _DAMAGED
            i = 0
            count = literals + distances
            while i < count:
                while bits < 14:  # a codeword of 7 and 7 more
                    if at >= size:
                        return _DAMAGED
                    hold |= int(source[at]) << bits
                    at += 1
                    bits += 8
                n = int(w[hold & 127])
                if n == 0:
                    return _DAMAGED
                hold >>= n & 15
                bits -= n & 15
                n >>= 4
                if n < 16:
                    lengths[i] = n
                    i += 1
                else:
                    value = 0
                    if n == 16:
                        if i == 0:
                            return _DAMAGED
                        value = int(lengths[i - 1])
                        n = 3 + (hold & 3)
                        hold >>= 2
                        bits -= 2
                    elif n == 17:
                        n = 3 + (hold & 7)
                        hold >>= 3
                        bits -= 3
                    else:
                        n = 11 + (hold & 127)
                        hold >>= 7
                        bits -= 7
                    if n > count - i:
                        return _DAMAGED
                    while n:
                        lengths[i] = value
                        i += 1
                        n -= 1
            if lengths[256] == 0:  # without it no block ends
                return _DAMAGED
        else:
            return _DAMAGED
        if not _code(0, 0, 0, work, _LITERALS, 0, literals, 9):
            return _DAMAGED
        if not _code(0, 0, 0, work, _DISTANCES, literals, distances, 0):
            return _DAMAGED
        n = 0  # bytes to be copied, once their distance is known
        while True:
            while bits < 20:  # a codeword, and five bits of a length
                if at < size:
                    hold |= int(source[at]) << bits
                elif at > size + 2:  # three bytes more than there are may be looked at, not used
                    return _DAMAGED
                at += 1
                bits += 8
            symbol = 0
            if n == 0:
                symbol = int(w[hold & (_FAST - 1)])
                if symbol < 256 << 4 and symbol:  # most of all: a byte as it is
                    if to == room:
                        return _FULL
                    target[to] = symbol >> 4
                    to += 1
                    hold >>= symbol & 15
                    bits -= symbol & 15
                    continue
            if symbol:
                i = symbol & 15
                symbol >>= 4
            else:  # bit by bit
                code = _DISTANCES if n else _LITERALS
                symbols = code + 16
                value = 0
                count = 0
                i = 0
                while True:
                    value = value << 1 | ((hold >> i) & 1)
                    i += 1
                    if i > 15:
                        return _DAMAGED
                    count = int(w[code + i])
                    if value < count:
                        break
                    symbols += count
                    value -= count
                symbol = int(w[symbols + value])
            hold >>= i
            bits -= i
            if n:
                if symbol > 29:
                    return _DAMAGED
                i = 0
                if symbol > 3:
                    i = (symbol >> 1) - 1
                    symbol = 2 + (symbol & 1)
                while bits < i:
                    if at >= size:
                        return _DAMAGED
                    hold |= int(source[at]) << bits
                    at += 1
                    bits += 8
                value = to - (symbol << i) - (hold & ((1 << i) - 1)) - 1
                hold >>= i
                bits -= i
                if value < 0:
                    return _DAMAGED
                if n > room - to:
                    return _FULL
                while n:
                    target[to] = target[value]
                    to += 1
                    value += 1
                    n -= 1
            elif symbol < 256:
                if to == room:
                    return _FULL
                target[to] = symbol
                to += 1
            elif symbol == 256:
                break
            elif symbol < 265:
                n = symbol - 254
            elif symbol < 285:
                i = (symbol - 261) >> 2
                n = ((4 + ((symbol - 257) & 3)) << i) + 3 + (hold & ((1 << i) - 1))
                hold >>= i
                bits -= i
            elif symbol == 285:
                n = 258
            else:
                return _DAMAGED
    at -= bits >> 3
    if at > size:
        return _DAMAGED
    w[_END] = at
    return to


@micropython.viper
def _adler32(low: int, high: int, i: int, data, size: int) -> uint:
    """Adler-32 (RFC 1950, 8.2), its halves reduced often enough to stay within 31 bits.

    low: 1; high, i: 0.
    """
    source = ptr8(data)
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
