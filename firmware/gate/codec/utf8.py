"""UTF-8 (RFC 3629), checked in full: MicroPython itself takes overlong forms and surrogates."""

from ..refusal import Refusal


def text_of(data):
    """The text in bytes-like data, as `str`. Raises Refusal('cbor_invalid')."""
    try:
        text = str(data, "utf-8")
    except UnicodeError:
        raise Refusal("cbor_invalid")
    if len(text) != len(data):
        check(data)
    return text


def check(data):
    """Refuse overlong forms, surrogates, what is past U+10FFFF, and whatever else is no UTF-8."""
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
