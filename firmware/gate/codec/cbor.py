"""CBOR (RFC 8949), read strictly from a buffer. Nothing here writes CBOR.

Two manners: *canonical* takes only the core deterministic encoding (4.2.1) of integers, strings,
arrays, maps, false, true and null. The other one also takes what issuers of `HC1:` use: indefinite
lengths, longer heads, tags (dropped), undefined and floats. Both refuse duplicate keys, text
that is no UTF-8, nesting over MAX_DEPTH, more than MAX_ITEMS items, and anything after the item.
Lengths are held against what is left before anything is allocated.
"""

from ..refusal import Refusal

MAX_DEPTH = 12  # nested arrays, maps and tags
MAX_ITEMS = 2048  # items that one `value` may hold

_BREAK = 0xFF


class Real:
    """A float that is no whole number. Times use only its whole part, and nothing else takes it."""

    def __init__(self, whole):
        self.whole = whole  # int, rounded down


def decode(data, canonical=True):
    """Decode exactly one item. data: bytes-like.

    Raises Refusal: cbor_invalid, cbor_not_canonical, cbor_too_complex.
    """
    reader = Reader(data, canonical)
    value = reader.value()
    reader.finish()
    return value


class Reader:
    """Reads items one after the other; `position` is where the next one begins.

    wrong: the reason with which the typed methods refuse an item of another type or size.
    """

    def __init__(self, data, canonical=True, wrong="cbor_invalid"):
        self.data = data
        self.end = len(data)
        self.position = 0
        self.canonical = canonical
        self.wrong = wrong
        self._items = 0

    def finish(self):
        """Refuse anything that comes after what has been read."""
        if self.position != self.end:
            raise Refusal("cbor_invalid")

    def at_end(self):
        """Whether everything has been read."""
        return self.position == self.end

    # typed reading: what must come next

    def uint(self, limit):
        """An unsigned integer up to and including limit."""
        major, _, argument = self._head()
        if major != 0 or argument > limit:
            raise Refusal(self.wrong)
        return argument

    def int(self):
        """An integer of either sign."""
        major, _, argument = self._head()
        if major > 1:
            raise Refusal(self.wrong)
        return argument if major == 0 else -1 - argument

    def array(self, low, high):
        """The head of an array; gives its length, from low to high items."""
        return self._counted(4, low, high)

    def map(self, low, high):
        """The head of a map; gives its number of pairs, from low to high. Order is not checked."""
        return self._counted(5, low, high)

    def bytes(self, low, high):
        """A byte string of low to high bytes, as `bytes`."""
        return bytes(self.view(low, high))

    def view(self, low, high):
        """A byte string of low to high bytes, as a slice of the data (no copy of a memoryview)."""
        start, end = self._string(2, low, high)
        return self.data[start:end]

    def text(self, low, high):
        """A text of low to high bytes, as `str`."""
        start, end = self._string(3, low, high)
        return _utf8(self.data[start:end])

    def tag(self, number):
        """Take the tag if it comes next, and say whether it did."""
        before = self.position
        major, _, argument = self._head()
        if major == 6 and argument == number:
            return True
        self.position = before
        return False

    def skip(self):
        """Pass over one item, checking it, and give its bytes as a slice of the data."""
        start = self.position
        self.value()
        return self.data[start : self.position]

    def value(self):
        """Any item: int, bytes, str, list, dict, bool, None or Real."""
        self._items = 0
        return self._value(0)

    # inside

    def _counted(self, kind, low, high):
        major, _, argument = self._head()
        if major != kind or argument is None or not low <= argument <= high:
            raise Refusal(self.wrong)
        return argument

    def _string(self, kind, low, high):
        major, _, argument = self._head()
        if major != kind or argument is None or not low <= argument <= high:
            raise Refusal(self.wrong)
        start = self.position
        if argument > self.end - start:
            raise Refusal("cbor_invalid")
        self.position = start + argument
        return start, self.position

    def _head(self):
        """Read one head: major type, additional information, argument (None: indefinite)."""
        position = self.position
        if position >= self.end:
            raise Refusal("cbor_invalid")
        first = self.data[position]
        position += 1
        major = first >> 5
        info = first & 31
        argument = info
        if info >= 24:
            if info < 28:
                size = 1 << (info - 24)
                if size > self.end - position:
                    raise Refusal("cbor_invalid")
                argument = int.from_bytes(self.data[position : position + size], "big")
                position += size
                if self.canonical and major != 7:
                    if argument < 24 or (size > 1 and argument >> (4 * size) == 0):
                        raise Refusal("cbor_not_canonical")
            elif info == 31 and 2 <= major <= 5:
                if self.canonical:
                    raise Refusal("cbor_not_canonical")
                argument = None
            else:
                raise Refusal("cbor_invalid")
        self.position = position
        return major, info, argument

    def _value(self, depth):
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise Refusal("cbor_too_complex")
        major, info, argument = self._head()
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major <= 3:
            data = self._chunk(argument) if argument is not None else self._chunks(major)
            return _utf8(data) if major == 3 else bytes(data)
        if major == 4:
            return self._array(argument, depth)
        if major == 5:
            return self._map(argument, depth)
        if major == 6:
            if self.canonical:
                raise Refusal("cbor_not_canonical")
            return self._value(depth + 1)
        return self._simple(info, argument)

    def _chunk(self, size):
        start = self.position
        if size > self.end - start:
            raise Refusal("cbor_invalid")
        self.position = start + size
        return self.data[start : self.position]

    def _chunks(self, kind):
        """The pieces of a string of indefinite length, put together."""
        whole = bytearray()
        while not self._break():
            major, _, argument = self._head()
            if major != kind or argument is None:
                raise Refusal("cbor_invalid")
            piece = self._chunk(argument)
            if kind == 3:
                _utf8(piece)  # 3.2.3: no character may span two chunks
            whole.extend(piece)
        return whole

    def _break(self):
        if self.position >= self.end:
            raise Refusal("cbor_invalid")
        if self.data[self.position] != _BREAK:
            return False
        self.position += 1
        return True

    def _array(self, count, depth):
        items = []
        if count is None:
            while not self._break():
                items.append(self._value(depth + 1))
            return items
        if count > self.end - self.position:  # an item takes a byte at least
            raise Refusal("cbor_invalid")
        for _ in range(count):
            items.append(self._value(depth + 1))
        return items

    def _map(self, count, depth):
        if count is not None and 2 * count > self.end - self.position:
            raise Refusal("cbor_invalid")
        pairs = {}
        previous = b""
        while not self._break() if count is None else len(pairs) < count:
            start = self.position
            key = self._value(depth + 1)
            if self.canonical:
                encoded = bytes(self.data[start : self.position])
                if encoded <= previous:  # 4.2.1: bytewise order of the encoded keys
                    raise Refusal("cbor_invalid" if encoded == previous else "cbor_not_canonical")
                previous = encoded
            if isinstance(key, bool) or not isinstance(key, (int, str)) or key in pairs:
                raise Refusal("cbor_invalid")
            pairs[key] = self._value(depth + 1)
        return pairs

    def _simple(self, info, argument):
        if info == 20:
            return False
        if info == 21:
            return True
        if info == 22:
            return None
        if self.canonical:
            raise Refusal("cbor_not_canonical")
        if info == 23:  # undefined
            return None
        if info == 25:
            return _real(argument, 5, 10)
        if info == 26:
            return _real(argument, 8, 23)
        if info == 27:
            return _real(argument, 11, 52)
        raise Refusal("cbor_invalid")


def _real(bits, exponent_bits, fraction_bits):
    """An IEEE 754 number: int when whole, else Real. No float is made: boards have small ones."""
    bias = (1 << (exponent_bits - 1)) - 1
    exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1)
    fraction = bits & ((1 << fraction_bits) - 1)
    negative = bits >> (exponent_bits + fraction_bits)
    if exponent == (1 << exponent_bits) - 1 or exponent - bias > 63:
        raise Refusal("cbor_invalid")  # infinite, no number, or beyond any time or count
    if exponent:
        fraction |= 1 << fraction_bits
    else:
        exponent = 1
    shift = exponent - bias - fraction_bits
    whole = fraction << shift if shift >= 0 else fraction >> -shift
    exact = shift >= 0 or whole << -shift == fraction
    if negative:
        whole = -whole if exact else -whole - 1
    return whole if exact else Real(whole)


def _utf8(data):
    """Text from its bytes. RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF."""
    try:
        text = str(data, "utf-8")
    except UnicodeError:
        raise Refusal("cbor_invalid")
    if len(text) == len(data):  # as many characters as bytes: ASCII, and the common case
        return text
    i = 0
    size = len(data)
    while i < size:
        first = data[i]
        i += 1
        if first < 0x80:
            continue
        if 0xC2 <= first <= 0xDF:
            more, low, high = 1, 0x80, 0xBF
        elif 0xE0 <= first <= 0xEF:
            more = 2
            low = 0xA0 if first == 0xE0 else 0x80
            high = 0x9F if first == 0xED else 0xBF
        elif 0xF0 <= first <= 0xF4:
            more = 3
            low = 0x90 if first == 0xF0 else 0x80
            high = 0x8F if first == 0xF4 else 0xBF
        else:
            raise Refusal("cbor_invalid")
        if i + more > size or not low <= data[i] <= high:
            raise Refusal("cbor_invalid")
        for k in range(i + 1, i + more):
            if data[k] & 0xC0 != 0x80:
                raise Refusal("cbor_invalid")
        i += more
    return text
