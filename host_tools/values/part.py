"""Value sets -> the values part of a bundle (docs/formats.md), as gate.trust.values reads it."""

from __future__ import annotations

from host_tools.cbor import encode
from host_tools.problems import Failure
from host_tools.values.sets import AGENTS, RESULTS, TESTS, Sets

FORMAT = 1
MAX_SYSTEMS = 16
MAX_PRODUCTS = 128
MAX_PART = 32768  # bytes

_PRODUCT, _TEST, _RESULT, _AGENT = 1, 2, 3, 4


def compile_values(sets: Sets) -> bytes:
    """The values part."""
    words = sorted({*sets.products.values()})
    rows = [
        *((coded, _PRODUCT, words.index(word)) for coded, word in sets.products.items()),
        *((coded, _TEST, TESTS[word]) for coded, word in sets.tests.items()),
        *((coded, _RESULT, RESULTS[word]) for coded, word in sets.results.items()),
        *((coded, _AGENT, AGENTS[word]) for coded, word in sets.agents.items()),
    ]
    systems = sorted({coded[0] for coded, _, _ in rows})
    _limit(len(systems), MAX_SYSTEMS, "coding systems")
    _limit(len(words), MAX_PRODUCTS, "products")
    records = b""
    index = b""
    for (system, code), kind, number in sorted(
        rows, key=lambda row: (systems.index(row[0][0]), row[0][1].encode(), row[1])
    ):
        index += len(records).to_bytes(2, "big")
        records += encode([systems.index(system), code, kind, number])
        _limit(len(records), 0xFFFF, "bytes of records")
    products = [[word, sets.doses.get(word, 0)] for word in words]
    part = encode({1: FORMAT, 2: systems or [""], 3: products, 4: index, 5: records})
    _limit(len(part), MAX_PART, "bytes")
    return part


def _limit(size: int, most: int, what: str) -> None:
    if size > most:
        raise Failure(f"value sets with {size} {what}; {most} are possible: name fewer files")
