"""UTF-8 (RFC 3629), checked in full: MicroPython itself takes overlong forms and surrogates."""

from ..refusal import Refusal


def text_of(data):
    """The text in bytes-like data, as `str`. Raises Refusal('cbor_invalid')."""
    if not well_formed(data, 0, len(data)):
        raise Refusal("cbor_invalid")
    return str(data, "utf-8")


@micropython.viper
def well_formed(data, start: int, end: int) -> bool:
    """Whether data[start:end] is UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF."""
    source = ptr8(data)
    i = start
    while i < end:
        first = source[i]
        i += 1
        if first >= 0x80:
            low = 0x80
            high = 0xBF
            if first < 0xC2 or first > 0xF4:
                return False
            more = 1
            if first >= 0xE0:
                more = 2
                if first == 0xE0:
                    low = 0xA0
                elif first == 0xED:
                    high = 0x9F
                elif first >= 0xF0:
                    more = 3
                    if first == 0xF0:
                        low = 0x90
                    elif first == 0xF4:
                        high = 0x8F
            if more > end - i or source[i] < low or source[i] > high:
                return False
            i += 1
            while more > 1:
                if source[i] & 0xC0 != 0x80:
                    return False
                i += 1
                more -= 1
    return True
