"""Words that people write in files, and the integers that stand for them in formats.md."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from host_tools import firmware

assert firmware.FIRMWARE.is_dir()
from gate.codec import formats  # noqa: E402 - the firmware is on the path only now

ES256 = -7
EDDSA = -8
PS256 = -37
SM2 = -65600

ALGORITHMS: Mapping[str, int] = {"ES256": ES256, "EdDSA": EDDSA, "PS256": PS256, "SM2": SM2}
KINDS: Mapping[str, int] = {"health": 1, "travel": 2, "vaccination": 3, "test": 4, "recovery": 5}
COLOURS: Mapping[str, int] = {"green": 1, "yellow": 2, "orange": 3, "red": 4}
TEST_KINDS: Mapping[str, int] = {"naat": 1, "rat": 2}
TEST_RESULTS: Mapping[str, int] = {"negative": 0, "positive": 1}
FORMATS: Mapping[str, int] = {row[0]: 1 << place for place, row in enumerate(formats.FORMATS)}
ALL_FORMATS = formats.ALL

ALL_CLAIMS = 31
DCC_CLAIMS = 4 | 8 | 16  # vaccination, test, recovery
CARD_CLAIMS = 4 | 8  # vaccination, test
LATEST = 0xFFFFFFFF  # the last time the formats can hold

_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,9})?")

_GBT_2260 = re.compile(r"CN-([1-9][0-9](?:[0-9]{2}){0,2})")


def word(table: Mapping[str, int], number: int) -> str:
    """The word for a number of one of the tables above."""
    for name, value in table.items():
        if value == number:
            return name
    return str(number)


def claims_mask(kinds: Iterable[str]) -> int:
    """The bits of an issuer entry's field 7 for kinds of claims."""
    mask = 0
    for kind in kinds:
        mask |= 1 << (KINDS[kind] - 1)
    return mask


def claims_words(mask: int) -> list[str]:
    """The kinds of claims for the bits of an issuer entry's field 7."""
    return [kind for kind, number in KINDS.items() if mask >> (number - 1) & 1]


def formats_mask(formats: Iterable[str]) -> int:
    """The bits of an issuer entry's field 9."""
    mask = 0
    for name in formats:
        mask |= FORMATS[name]
    return mask


def formats_words(mask: int) -> list[str]:
    """The formats for the bits of an issuer entry's field 9."""
    return [name for name, bit in FORMATS.items() if mask & bit]


def is_jurisdiction(text: str) -> bool:
    """Whether a text is a country or a region of one: "CN", "CN-31", "CN-3101", "US-NY"."""
    return _JURISDICTION.fullmatch(text) is not None


def place_number(place: str) -> int | str:
    """A place as claims write it: 0 for CN, 31 for CN-31 (GB/T 2260), others as they are."""
    if place == "CN":
        return 0
    match = _GBT_2260.fullmatch(place)
    return int(match[1]) if match else place


def suggest(given: str, allowed: Iterable[str]) -> str:
    """ "; did you mean X?", or nothing if no allowed word is near."""
    known = {name.lower(): name for name in allowed}
    near = difflib.get_close_matches(given.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {known[near[0]]}?" if near else ""
