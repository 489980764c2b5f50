"""Jurisdictions: countries (ISO 3166-1) and regions within them, and which covers which.

"CN" is a country, "CN-31", "CN-3101" and "CN-310101" are China's GB/T 2260 codes, "US-NY" is an
ISO 3166-2 code. GB/T 2260 codes nest by two digits a level; others do not nest by their spelling
("ES-A" is Alicante, "ES-AB" is Albacete): a region covers another only when both are such digits.
"""

from ..refusal import Refusal

MIN_LENGTH = 2
MAX_LENGTH = 12


def valid(text) -> bool:
    """Say whether a text is a jurisdiction: two capital letters, perhaps "-" and a region."""
    data = text.encode()
    if not MIN_LENGTH <= len(data) <= MAX_LENGTH:
        return False
    if not (_letter(data[0]) and _letter(data[1])):
        return False
    if len(data) == 2:
        return True
    if data[2] != 0x2D or len(data) == 3:
        return False
    for byte in data[3:]:
        if not (_letter(byte) or 0x30 <= byte <= 0x39):
            return False
    return True


def of_number(number):
    """Give the place that a number in a claim stands for: 0 is China, 31 is CN-31; None if none."""
    if number == 0:
        return "CN"
    text = str(number)
    return "CN-" + text if number > 0 and _nests(text) else None


def has_number(text) -> bool:
    """Say whether claims must write a place as a number."""
    if text == "CN":
        return True
    return text.startswith("CN-") and _nests(text[3:]) and text[3] != "0"


def covers(prefix, text) -> bool:
    """Say whether who speaks for `prefix` speaks for `text`: the same, or a part of it."""
    if prefix == text:
        return True
    if len(prefix) == 2:
        return text.startswith(prefix + "-")
    if not text.startswith(prefix):
        return False
    return _nests(prefix[3:]) and _nests(text[3:])


def covered(prefixes, text) -> bool:
    """Say whether one of the prefixes covers `text`; no prefixes at all cover everything."""
    if not prefixes:
        return True
    for prefix in prefixes:
        if covers(prefix, text):
            return True
    return False


def read(reader, low, high):
    """Read an array of low to high jurisdictions from a cbor.Reader, as a tuple."""
    places = []
    for _ in range(reader.array(low, high)):
        place = reader.text(MIN_LENGTH, MAX_LENGTH)
        if not valid(place):
            raise Refusal(reader.wrong)
        places.append(place)
    return tuple(places)


def _letter(byte) -> bool:
    return 0x41 <= byte <= 0x5A


def _nests(region) -> bool:
    return len(region) in (2, 4, 6) and region.isdigit()
