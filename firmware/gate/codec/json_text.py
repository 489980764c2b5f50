"""JSON (RFC 8259) read in place: what is wanted is kept, everything else only checked.

`read(data, wanted)` gives a tree of dicts, lists, texts and numbers. `wanted` says which:

    TEXT, NUMBER, BOOL            a value of that type; one of another type is left out
    {"name": wanted, ...}         an object: these members, others are passed over
    [wanted]                      an array, each of whose items is wanted
    [wanted, function]            the same; what the function makes of an item is kept instead,
                                  and nothing if that is None

Every limit is a constant here. Nothing recurses, and there are no floats: a number is an
int when it is whole, else a Real. Refused: a wanted name that stands twice in its object, bad
escapes, control characters in texts, anything after the value. Texts that are passed over are not
held against UTF-8; those that are kept are.
"""

import micropython
from micropython import const

from ..refusal import Refusal
from .real import Real
from .utf8 import text_of

TEXT = 1
NUMBER = 2
BOOL = 3

MAX_DEPTH = const(24)  # arrays and objects that are open at once
MAX_KEPT = const(640)  # values kept of one document
MAX_TEXT = const(512)  # bytes of one text that is kept
MAX_NAME = const(128)  # bytes of a member's name
_MAX_DIGITS = const(24)  # of a number that is kept

_WORDS = ((b"true", True), (b"false", False), (b"null", None))
_ESCAPES = {0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9}


def read(data, wanted):
    """Give the value that data holds, and nothing after it. data: bytes-like.

    Raises Refusal: json_invalid, json_too_complex.
    """
    return _Reader(data).document(wanted)


@micropython.viper
def _plain(data, start: int, end: int) -> int:
    """Where the first byte of a text that is not plain is: a quote, a backslash, a control."""
    source = ptr8(data)
    while start < end:
        byte = source[start]
        if byte == 0x22 or byte == 0x5C or byte < 0x20:
            return start
        start += 1
    return start


class _Reader:
    def __init__(self, data):
        self._data = data
        self._end = len(data)
        self._at = 0
        self._kept = 0

    def _peek(self):
        """The next byte, or None at the end."""
        return self._data[self._at] if self._at < self._end else None

    def _token(self):
        """The next byte that is no white space, taken."""
        data = self._data
        at = self._at
        while at < self._end:
            byte = data[at]
            at += 1
            if byte > 0x20 or byte not in b" \n\r\t":
                self._at = at
                return byte
        raise Refusal("json_invalid")

    def _take(self, count):
        """As many bytes."""
        start = self._at
        self._at = start + count
        if self._at > self._end:
            raise Refusal("json_invalid")
        return self._data[start : self._at]

    # values

    def document(self, wanted):
        value = self._value(wanted)
        for byte in self._data[self._at :]:
            if byte not in b" \n\r\t":
                raise Refusal("json_invalid")
        return value

    def _value(self, wanted):
        """Any value. One loop; what is around the value at hand is on a stack of its own."""
        # What surrounds the value at hand: what is kept of it (a dict, a list, or None when it is
        # passed over), what is wanted of it, its member at hand, whether it is an array.
        around: list = [(None, None, None, False)]
        inside, members, name, array = around.pop()
        byte = self._token()
        while True:
            value = None
            if byte == 0x7B or byte == 0x5B:  # { or [
                if len(around) == MAX_DEPTH:
                    raise Refusal("json_too_complex")
                around.append((inside, members, name, array))
                array = byte == 0x5B
                if array:
                    members = wanted if isinstance(wanted, list) else None
                    inside = None if members is None else []
                else:
                    members = wanted if isinstance(wanted, dict) else None
                    inside = None if members is None else {}
                byte = self._token()
                if byte != (0x5D if array else 0x7D):
                    if array:
                        wanted = None if members is None else members[0]
                    else:
                        name, wanted = self._member(byte, inside, members)
                        byte = self._token()
                    continue
                value = inside
                inside, members, name, array = around.pop()
            else:
                value = self._scalar(byte, wanted)
            while True:  # where the value belongs, and what comes next
                if inside is not None and value is not None:
                    self._kept += 1
                    if self._kept > MAX_KEPT:
                        raise Refusal("json_too_complex")
                    if array:
                        if len(members) > 1:
                            value = members[1](value)
                        if value is not None:
                            inside.append(value)
                    elif name is not None:
                        inside[name] = value
                if not around:
                    return value
                byte = self._token()
                if byte == 0x2C:  # ,
                    break
                if byte != (0x5D if array else 0x7D):
                    raise Refusal("json_invalid")
                value = inside
                inside, members, name, array = around.pop()
            byte = self._token()
            if array:
                wanted = None if members is None else members[0]
            else:
                name, wanted = self._member(byte, inside, members)
                byte = self._token()

    def _member(self, byte, inside, members):
        """A member's name and the colon after it; gives (name or None, what is wanted of it)."""
        if byte != 0x22:
            raise Refusal("json_invalid")
        name = self._text(MAX_NAME, members is not None)
        if self._token() != 0x3A:
            raise Refusal("json_invalid")
        if members is None or name not in members:
            return None, None
        if name in inside:
            raise Refusal("json_invalid")
        inside[name] = None  # taken, even if its value is of another type
        return name, members[name]

    def _scalar(self, byte, wanted):
        if byte == 0x22:
            text = self._text(MAX_TEXT, wanted == TEXT)
            return text if wanted == TEXT else None
        if byte == 0x2D or 0x30 <= byte <= 0x39:
            return self._number(byte, wanted == NUMBER)
        self._at -= 1
        for word, value in _WORDS:
            if byte == word[0] and bytes(self._take(len(word))) == word:
                return value if wanted == BOOL else None
        raise Refusal("json_invalid")

    def _text(self, most, keep):
        """A text whose first quote is taken; None if it is not kept, or longer than that."""
        kept = bytearray() if keep else None
        data = self._data
        while True:
            start = self._at
            stop = _plain(data, start, self._end)
            if kept is not None:
                if len(kept) + stop - start > most:
                    kept = None
                else:
                    kept.extend(data[start:stop])
            if stop == self._end:
                raise Refusal("json_invalid")
            self._at = stop + 1
            if data[stop] == 0x22:
                return None if kept is None else _utf8(kept)
            if data[stop] != 0x5C:
                raise Refusal("json_invalid")
            escaped = self._escape()
            if kept is not None:
                kept.extend(escaped)

    def _escape(self):
        """What stands for an escape whose backslash is taken, in UTF-8."""
        byte = self._take(1)[0]
        if byte in _ESCAPES:
            return bytes([_ESCAPES[byte]])
        if byte != 0x75:
            raise Refusal("json_invalid")
        code = self._hex()
        if 0xD800 <= code < 0xDC00:  # the first half of a pair
            if bytes(self._take(2)) != b"\\u":
                raise Refusal("json_invalid")
            low = self._hex()
            if not 0xDC00 <= low < 0xE000:
                raise Refusal("json_invalid")
            code = 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00
        elif 0xDC00 <= code < 0xE000:
            raise Refusal("json_invalid")
        return chr(code).encode()

    def _hex(self):
        code = 0
        for byte in self._take(4):
            if 0x30 <= byte <= 0x39:
                digit = byte - 0x30
            elif 0x41 <= (byte & 0xDF) <= 0x46:
                digit = (byte & 0xDF) - 0x37
            else:
                raise Refusal("json_invalid")
            code = code << 4 | digit
        return code

    def _digits(self, keep):
        """As many digits as there are, at least one; as bytes, as far as they are kept."""
        kept = bytearray()
        count = 0
        while True:
            byte = self._peek()
            if byte is None or not 0x30 <= byte <= 0x39:
                break
            self._at += 1
            count += 1
            if keep and count <= _MAX_DIGITS:
                kept.append(byte)
        if not count:
            raise Refusal("json_invalid")
        return kept if count <= _MAX_DIGITS else None

    def _number(self, byte, keep):
        """A number whose first byte is taken; None if it is not kept, or too long to be."""
        negative = byte == 0x2D
        if not negative:
            self._at -= 1
        whole = self._digits(True)
        if whole is None:
            keep = False
        elif len(whole) > 1 and whole[0] == 0x30:
            raise Refusal("json_invalid")
        fraction = b""
        if self._peek() == 0x2E:
            self._at += 1
            fraction = self._digits(keep)
        exponent = 0
        if self._peek() in (0x45, 0x65):
            self._at += 1
            sign = self._peek()
            if sign in (0x2B, 0x2D):
                self._at += 1
            power = self._digits(True)
            if power is None or int(power) > _MAX_DIGITS:
                keep = False
            else:
                exponent = -int(power) if sign == 0x2D else int(power)
        if not keep or fraction is None:
            return None
        return _decimal(int(whole + fraction), exponent - len(fraction), negative)


def _decimal(digits, power, negative):
    """digits x 10^power: an int when it is whole, else a Real, rounded down."""
    exact = True
    if power >= 0:
        digits *= 10**power
    else:
        exact = digits % 10**-power == 0
        digits //= 10**-power
    if negative:
        digits = -digits if exact else -digits - 1
    return digits if exact else Real(digits)


def _utf8(data):
    try:
        return text_of(data)
    except Refusal:
        raise Refusal("json_invalid")
