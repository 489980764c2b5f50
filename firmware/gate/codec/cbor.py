"""CBOR (RFC 8949), read strictly from a buffer. Nothing here writes CBOR.

Two manners: *canonical* takes only the core deterministic encoding (4.2.1) of integers, strings,
arrays, maps, false, true and null. The other one also takes what issuers of `HC1:` use: indefinite
lengths, longer heads, tags (dropped), undefined and floats. Both refuse map keys that are neither
integers nor texts, duplicate keys, text that is no UTF-8, more than MAX_DEPTH open arrays and maps,
more than MAX_ITEMS items, and anything after the item. Lengths are held against what is left before
anything is allocated. Nothing recurses.
"""

from array import array
from micropython import const

from ..refusal import Refusal
from .real import real
from .utf8 import text_of, well_formed

MAX_DEPTH = const(12)  # arrays and maps that are open at once
MAX_ITEMS = const(2048)  # items in all arrays and maps of one `value`

_BREAK = const(0xFF)
_OPEN = const(0x10000)  # more items than there can be: how many will come is not known

# Keys of certificates: for these no new text is made, which would be looked for among all names
# that the interpreter knows. As a number: the length, then the characters from the last on.
_TEXTS = tuple(
    "v t r ver nam dob fn gn fnt gnt tg vp mp ma dn sd dt co is ci tt nm sc tr tc fr df du".split()
)
_KEYS = array("I", [int.from_bytes(text.encode(), "little") | len(text) << 24 for text in _TEXTS])
_levels = array("I", bytes(4 * 4 * MAX_DEPTH))  # what _read knows of the containers around


def decode(data, canonical=True):
    """Decode exactly one item. data: bytes-like.

    Raises Refusal: cbor_invalid, cbor_not_canonical, cbor_too_complex.
    """
    size = len(data)
    value, end = _read(data, 0, size, canonical, False)
    if end != size:
        raise Refusal("cbor_invalid")
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

    def value(self, views=False):
        """Any item: int, bytes, str, list, dict, bool, None or Real.

        views: byte strings are slices of the data, as `view` gives them.
        """
        value, self.position = _read(self.data, self.position, self.end, self.canonical, views)
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


@micropython.viper
def _read(data, start: int, end: int, canonical: bool, views: bool):
    """Read any item from data[start:end]; gives it and where it ends.

    One loop in machine code: in MicroPython each step of bytecode, each call and each attribute
    costs more than what is done with it. A container that is being filled has an entry of four
    numbers in _levels, and around has what it is in.
    """
    source = ptr8(data)
    levels = ptr32(_levels)
    keys = ptr32(_KEYS)
    count_of_keys = int(len(_KEYS))  # noqa: RUF046 - an object to a number
    room = MAX_ITEMS
    around = []  # for each open container: the one around it, and the key it is for
    inside = data  # the array or map that is being filled; data stands for none
    key = data  # of a map: what the next value belongs to
    value = data  # the item that has just been read
    depth = 0
    left = 1  # items that `inside` still takes, keys and values alike; from _OPEN on: no end known
    pairs = 0  # 1: it is a map, which takes a key when `left` is even
    before = 0  # of a map in canonical encoding: where its last key begins ...
    before_end = 0  # ... and ends; nothing for none
    position = start
    while True:
        if position >= end:
            raise Refusal("cbor_invalid")
        at = position
        first = int(source[position])
        position += 1
        number = first & 31
        kind = first >> 5
        if first == _BREAK:
            if left < _OPEN or (pairs and left & 1):
                raise Refusal("cbor_invalid")
            left = 0
        else:
            size = 0
            if number >= 24:
                if number < 28:
                    size = 1 << (number - 24)
                    if size > end - position:
                        raise Refusal("cbor_invalid")
                    number = 0
                    i = 0
                    while i < size:
                        if number >= 1 << 22:
                            number = 0x3FFFFFFF  # more than there can be of anything
                        else:
                            number = number << 8 | int(source[position + i])
                        i += 1
                    position += size
                    if canonical and first < 0xE0:
                        # RFC 8949 4.2.1: in half as many bytes it would not have fitted
                        if number < 24 or (size == 2 and number < 0x100):
                            raise Refusal("cbor_not_canonical")
                        if size == 4 and number < 0x10000:
                            raise Refusal("cbor_not_canonical")
                        if size == 8 and not _long(data, at):
                            raise Refusal("cbor_not_canonical")
                elif number < 31 or kind < 2 or kind > 5:
                    raise Refusal("cbor_invalid")
                elif canonical:
                    raise Refusal("cbor_not_canonical")
                else:
                    number = -1
            if kind == 4 or kind == 5:
                if depth == MAX_DEPTH:
                    raise Refusal("cbor_too_complex")
                if pairs and not left & 1:
                    raise Refusal("cbor_invalid")  # an array or a map as a key
                i = depth << 2
                levels[i] = left
                levels[i + 1] = pairs
                levels[i + 2] = before
                levels[i + 3] = before_end
                depth += 1
                around.append(inside)
                around.append(key)
                pairs = kind - 4
                before_end = 0
                if number < 0:
                    left = _OPEN << 1
                else:
                    if number > (end - position) >> pairs:  # an item takes a byte at least
                        raise Refusal("cbor_invalid")
                    left = number << pairs
                    room -= left
                    if room < 0:
                        raise Refusal("cbor_too_complex")
                if pairs:
                    inside = {}
                else:
                    inside = []
                if left:
                    continue
            elif kind == 6:
                if canonical:
                    raise Refusal("cbor_not_canonical")
                if position < end and source[position] == _BREAK:
                    raise Refusal("cbor_invalid")
                continue
            elif kind == 7:
                value = _simple(data, at, canonical)
            elif kind < 2:
                if kind or size >= 4:
                    value = _integer(data, at, size)
                else:
                    value = abs(number)  # as an object
            elif number < 0:
                pair = _pieces(data, position, end, kind)
                value = pair[0]
                position = int(pair[1])
            else:
                if number > end - position:
                    raise Refusal("cbor_invalid")
                i = position
                position += number
                if kind == 2:
                    value = _cut(data, i, position)
                    if not views:
                        value = bytes(value)
                else:
                    size = count_of_keys
                    if number < 4 and pairs and not left & 1:  # perhaps a known key
                        n = number << 24
                        size = 0
                        k = 0
                        while k < number:
                            n |= int(source[i + k]) << (k << 3)
                            k += 1
                        while size < count_of_keys and int(keys[size]) != n:
                            size += 1
                    if size < count_of_keys:
                        value = _TEXTS[size]
                    else:
                        n = 0
                        k = i
                        while k < position:
                            n |= int(source[k])
                            k += 1
                        if n & 0x80 and not well_formed(data, i, position):
                            raise Refusal("cbor_invalid")
                        value = _text(data, i, position)
        # Where the value belongs; what it completes is a value too.
        while True:
            if left == 0:
                value = inside
                key = around.pop()
                inside = around.pop()
                depth -= 1
                i = depth << 2
                left = int(levels[i])
                pairs = int(levels[i + 1])
                before = int(levels[i + 2])
                before_end = int(levels[i + 3])
            if depth == 0:
                return value, position
            if left >= _OPEN:
                room -= 1
                if room < 0:
                    raise Refusal("cbor_too_complex")
            if not pairs:
                inside.append(value)
            elif left & 1:
                inside[key] = value
            else:
                if kind > 3 or kind == 2:
                    raise Refusal("cbor_invalid")  # no integer and no text
                if not canonical:
                    if value in inside:
                        raise Refusal("cbor_invalid")
                else:
                    # 4.2.1: bytewise order of the encoded keys, each once
                    if before_end:
                        i = at
                        k = before
                        while i < position and k < before_end and source[i] == source[k]:
                            i += 1
                            k += 1
                        if i == position and k == before_end:
                            raise Refusal("cbor_invalid")
                        if i == position or (k < before_end and source[i] < source[k]):
                            raise Refusal("cbor_not_canonical")
                    before = at
                    before_end = position
                key = value
            left -= 1
            if left:
                break


def _cut(data, start, end):
    return data[start:end]


def _text(data, start, end):
    return str(data[start:end], "utf-8")


def _long(data, at):
    """Whether an argument of eight bytes has one in its first four."""
    for i in range(at + 1, at + 5):
        if data[i]:
            return True
    return False


def _integer(data, at, size):
    """The integer of a head with an argument of `size` bytes."""
    first = data[at]
    number = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else first & 31
    return number if first < 0x20 else -1 - number


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


def _simple(data, at, canonical):
    """What an item of major type 7 is."""
    info = data[at] & 31
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
        return real(int.from_bytes(data[at + 1 : at + 3], "big"), 5, 10)
    if info == 26:
        return real(int.from_bytes(data[at + 1 : at + 5], "big"), 8, 23)
    if info == 27:
        return real(int.from_bytes(data[at + 1 : at + 9], "big"), 11, 52)
    raise Refusal("cbor_invalid")
