"""CBOR (RFC 8949), read strictly from a buffer. Nothing here writes CBOR.

Two manners: *canonical* takes only the core deterministic encoding (4.2.1) of integers, strings,
arrays, maps, false, true and null. The other one also takes what issuers of `HC1:` use: indefinite
lengths, longer heads, tags (dropped), undefined and floats. Both refuse map keys that are neither
integers nor texts, duplicate keys, text that is no UTF-8, more than MAX_DEPTH open arrays and maps,
more than MAX_ITEMS items, and anything after the item. Lengths are held against what is left before
anything is allocated. Nothing recurses.
"""

from ..refusal import Refusal
from .real import real
from .utf8 import check, text_of

MAX_DEPTH = 12  # arrays and maps that are open at once
MAX_ITEMS = 2048  # items in all arrays and maps of one `value`

_BREAK = 0xFF


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
        self._number = 0  # argument of the last head; None: indefinite length

    def finish(self):
        """Refuse anything that comes after what has been read."""
        if self.position != self.end:
            raise Refusal("cbor_invalid")

    # typed reading: what must come next

    def uint(self, limit):
        """An unsigned integer up to and including limit."""
        if self._head() >= 0x20 or self._number > limit:
            raise Refusal(self.wrong)
        return self._number

    def int(self):
        """An integer of either sign."""
        first = self._head()
        if first >= 0x40:
            raise Refusal(self.wrong)
        return self._number if first < 0x20 else -1 - self._number

    def key(self, number):
        """The next key of a map whose keys are fixed and sorted: this one."""
        if self.int() != number:
            raise Refusal(self.wrong)

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
        return self._chunk(self._counted(2, low, high))

    def text(self, low, high):
        """A text of low to high bytes, as `str`."""
        return text_of(self._chunk(self._counted(3, low, high)))

    def tag(self, number):
        """Take the tag if it comes next, and say whether it did."""
        before = self.position
        if self._head() >> 5 == 6 and self._number == number:
            return True
        self.position = before
        return False

    def skip(self):
        """Pass over an item with all that is in it; gives how many items that were.

        Only heads and lengths are looked at, and no length may be indefinite.
        """
        count = 0
        left = 1
        while left:
            kind = self._head() >> 5
            size = self._number
            if size is None:
                raise Refusal(self.wrong)
            if kind == 2 or kind == 3:
                if size > self.end - self.position:
                    raise Refusal("cbor_invalid")
                self.position += size
            elif kind == 4:
                left += size
            elif kind == 5:
                left += 2 * size
            elif kind == 6:
                left += 1
            left -= 1
            count += 1
        return count

    def value(self):
        """Any item: int, bytes, str, list, dict, bool, None or Real."""
        try:
            value, self.position = _read(self.data, self.position, self.end, self.canonical)
        except UnicodeError:
            raise Refusal("cbor_invalid")
        return value

    def _head(self):
        """Read one head; gives its first byte, and leaves its argument in `_number`."""
        position = self.position
        if position >= self.end:
            raise Refusal("cbor_invalid")
        first = self.data[position]
        self.position = position + 1
        self._number = first & 31
        if self._number >= 24:
            self._number, self.position = _argument(
                self.data, position + 1, self.end, first, self.canonical
            )
        return first

    def _counted(self, kind, low, high):
        if self._head() >> 5 != kind or self._number is None or not low <= self._number <= high:
            raise Refusal(self.wrong)
        return self._number

    def _chunk(self, size):
        start = self.position
        if size > self.end - start:
            raise Refusal("cbor_invalid")
        self.position = start + size
        return self.data[start : self.position]


def _argument(data, position, end, first, canonical):
    """The argument of a head that does not fit its first byte, and where the head ends."""
    info = first & 31
    if info >= 28:
        if info < 31 or not 0x40 <= first < 0xC0:
            raise Refusal("cbor_invalid")
        if canonical:
            raise Refusal("cbor_not_canonical")
        return None, position
    size = 1 << (info - 24)
    if size > end - position:
        raise Refusal("cbor_invalid")
    if size == 1:
        number = data[position]
        short = number < 24
    else:
        number = int.from_bytes(data[position : position + size], "big")
        short = number >> (4 * size) == 0
    if short and canonical and first < 0xE0:
        raise Refusal("cbor_not_canonical")
    return number, position + size


def _read(data, position, end, canonical):
    """Read any item from data[position:end]; gives it and where it ends.

    One loop, and all that it knows in local variables: in MicroPython each call, attribute and
    global name costs more than what is done with it. Raises UnicodeError for text that is no UTF-8.
    """
    to_text = str
    length = len
    room = MAX_ITEMS
    around = []  # the arrays and maps around this one, each with `left`, `key` and `before`
    inside = None  # the array or map that is being filled
    append = None  # its method, of an array; None: it is a map
    left = 0  # items that it still takes, keys and values alike; below zero: until the break
    key = None  # of a map: what the next value belongs to; None: a key comes next
    before = b""  # of a map in canonical encoding: the last key, encoded
    value: object = None  # the item that has just been read
    while True:
        if position >= end:
            raise Refusal("cbor_invalid")
        start = position
        first = data[position]
        position += 1
        if 0x60 <= first < 0x78:  # a short text: most of what certificates hold
            position += first - 0x60
            if position > end:
                raise Refusal("cbor_invalid")
            value = to_text(data[start + 1 : position], "utf-8")
            if length(value) != first - 0x60:  # fewer characters than bytes
                check(data[start + 1 : position])
        elif first < 0x18:
            value = first
        elif first == _BREAK:
            if left >= 0 or key is not None:
                raise Refusal("cbor_invalid")
            value = inside
            inside, append, left, key, before = around.pop()
        else:
            number = first & 31
            if number >= 24:
                number, position = _argument(data, position, end, first, canonical)
            kind = first >> 5
            if kind == 4 or kind == 5:
                if length(around) == MAX_DEPTH:
                    raise Refusal("cbor_too_complex")
                if inside is not None and append is None and key is None:
                    raise Refusal("cbor_invalid")  # an array or a map as a key
                around.append((inside, append, left, key, before))
                left = -1
                if number is not None:
                    left = number if kind == 4 else 2 * number
                    if left > end - position:  # an item takes a byte at least
                        raise Refusal("cbor_invalid")
                    room -= left
                    if room < 0:
                        raise Refusal("cbor_too_complex")
                if kind == 4:
                    inside = []
                    append = inside.append
                else:
                    inside = {}
                    append = None
                key = None
                before = b""
                if left:
                    continue
                value = inside
                inside, append, left, key, before = around.pop()
            elif kind == 6:
                if canonical:
                    raise Refusal("cbor_not_canonical")
                if position < end and data[position] == _BREAK:
                    raise Refusal("cbor_invalid")
                continue
            elif kind == 0:
                value = number
            elif kind == 1:
                value = -1 - number
            elif kind == 7:
                value = _simple(number, first & 31, canonical)
            elif number is None:
                value, position = _pieces(data, position, end, kind)
            else:
                if number > end - position:
                    raise Refusal("cbor_invalid")
                piece = data[position : position + number]
                value = bytes(piece) if kind == 2 else text_of(piece)
                position += number
        while inside is not None:  # where the value belongs; what it completes is a value too
            if left < 0:
                room -= 1
                if room < 0:
                    raise Refusal("cbor_too_complex")
            if append is not None:
                append(value)
            elif key is not None:
                inside[key] = value
                key = None
            else:
                if first >= 0x80 or 0x40 <= first < 0x60 or value in inside:
                    raise Refusal("cbor_invalid")  # no integer and no text, or there before
                if canonical:
                    encoded = bytes(data[start:position])
                    if encoded <= before:  # 4.2.1: bytewise order of the encoded keys
                        raise Refusal("cbor_not_canonical")
                    before = encoded
                key = value
            left -= 1
            if left:
                break
            value = inside
            inside, append, left, key, before = around.pop()
        else:
            return value, position


def _pieces(data, position, end, kind):
    """The rest of a string of indefinite length, put together, and where it ends."""
    whole = bytearray()
    reader = Reader(data, canonical=False)
    reader.position = position
    while reader.position < end and data[reader.position] != _BREAK:
        piece = reader._chunk(reader._counted(kind, 0, end))
        if kind == 3:
            text_of(piece)  # 3.2.3: no character may span two chunks
        whole.extend(piece)
    if reader.position == end:
        raise Refusal("cbor_invalid")
    return (text_of(whole) if kind == 3 else bytes(whole)), reader.position + 1


def _simple(number, info, canonical):
    if info == 20:
        return False
    if info == 21:
        return True
    if info == 22:
        return None
    if canonical:
        raise Refusal("cbor_not_canonical")
    if info == 23:  # undefined
        return None
    if info == 25:
        return real(number, 5, 10)
    if info == 26:
        return real(number, 8, 23)
    if info == 27:
        return real(number, 11, 52)
    raise Refusal("cbor_invalid")
