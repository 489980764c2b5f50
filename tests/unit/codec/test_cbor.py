"""CBOR against RFC 8949's examples and against cbor2, in both manners."""

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.interpreter import Interpreter, find

from .batch import Refused, run

# RFC 8949 appendix A: what both manners read
SHARED = {
    "00": 0, "17": 23, "1818": 24, "1864": 100, "1903e8": 1000, "1a000f4240": 1000000,
    "1b000000e8d4a51000": 1000000000000, "1bffffffffffffffff": 18446744073709551615,
    "3bffffffffffffffff": -18446744073709551616, "20": -1, "29": -10, "3863": -100,
    "3903e7": -1000, "f4": False, "f5": True, "f6": None, "40": b"", "4401020304": b"\1\2\3\4",
    "60": "", "6161": "a", "6449455446": "IETF", "62225c": '"\\', "62c3bc": "ü", "63e6b0b4": "水",
    "64f0908591": "\U00010151", "80": [], "83010203": [1, 2, 3], "8301820203820405":
    [1, [2, 3], [4, 5]], "98190102030405060708090a0b0c0d0e0f101112131415161718181819":
    list(range(1, 26)), "a0": {}, "a201020304": {1: 2, 3: 4}, "a26161016162820203":
    {"a": 1, "b": [2, 3]}, "826161a161626163": ["a", {"b": "c"}],
    "a56161614161626142616361436164614461656145":
    {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"},
}  # fmt: skip
# ... and what only the lenient one reads; floats that are not whole are told from ints only
LENIENT = {
    "f90000": 0, "f98000": 0, "f93c00": 1, "f97bff": 65504, "fa47c35000": 100000,
    "f9c400": -4, "fb3ff199999999999a": 1.5, "f93e00": 1.5, "fbc010666666666666": -4.5,
    "f90001": 0.5, "f7": None, "c11a514b67b0": 1363896240, "c1fb41d452d9ec200000": 1363896240.5,
    "c074323031332d30332d32315432303a30343a30305a": "2013-03-21T20:04:00Z",
    "d74401020304": b"\1\2\3\4", "d818456449455446": b"dIETF",
    "5f42010243030405ff": b"\1\2\3\4\5", "7f657374726561646d696e67ff": "streaming", "9fff": [],
    "9f018202039f0405ffff": [1, [2, 3], [4, 5]], "83018202039f0405ff": [1, [2, 3], [4, 5]],
    "bf61610161629f0203ffff": {"a": 1, "b": [2, 3]}, "bf6346756ef563416d7421ff":
    {"Fun": True, "Amt": -2}, "1800": 0, "190017": 23, "5800": b"", "a203040102": {3: 4, 1: 2},
}  # fmt: skip
MALFORMED = [
    "", "18", "1a0000", "1c", "1f", "3f", "41", "62ff", "61ff", "62c0af", "63eda080", "64f4908080",
    "81", "82ff", "a1", "a101", "a1010201", "a201020103", "a2616101616102", "ff", "9f", "9f01",
    "5f4101", "5f6161ff", "5f5f4101ffff", "7f61c361bcff", "bf01ff", "fc", "f8ff", "f818", "f97c00",
    "f97e00", "fa7f800000", "c0", "0000", "a1410102", "a1800102", "a1f60102", "a1f50102",
    "5bffffffffffffffff", "9bffffffffffffffff", "bbffffffffffffffff", "bb8000000000000000",
]  # fmt: skip
NOT_CANONICAL = [
    "1800", "1817", "190018", "1a0000ffff", "1b00000000ffffffff", "5800", "7801", "9800", "b800",
    "3800", "a203040102", "a2616201616102", "a220010002", "9fff", "bfff", "5fff",
    "c000", "f90000", "f7",
]  # fmt: skip


def test_examples_of_the_rfc(any_micropython: Interpreter) -> None:
    cases = [(op, bytes.fromhex(h)) for h in SHARED for op in ("cbor", "cbor-view", "cbor-lenient")]
    answers = run(cases, any_micropython)
    assert answers == [value for value in SHARED.values() for _ in range(3)]


def test_what_only_the_lenient_manner_reads(any_micropython: Interpreter) -> None:
    answers = run([("cbor-lenient", bytes.fromhex(h)) for h in LENIENT], any_micropython)
    assert dict(zip(LENIENT, answers, strict=True)) == LENIENT


def test_malformed_items_are_refused_in_both(any_micropython: Interpreter) -> None:
    for manner in ("cbor", "cbor-lenient"):
        answers = run([(manner, bytes.fromhex(h)) for h in MALFORMED], any_micropython)
        wrong = {h: a for h, a in zip(MALFORMED, answers, strict=True) if type(a) is not Refused}
        assert not wrong


def test_other_encodings_are_not_canonical(any_micropython: Interpreter) -> None:
    answers = run([("cbor", bytes.fromhex(h)) for h in NOT_CANONICAL], any_micropython)
    wrong = {h: a for h, a in zip(NOT_CANONICAL, answers, strict=True) if a != "cbor_not_canonical"}
    assert not wrong


@pytest.mark.parametrize("manner", ["cbor", "cbor-lenient"])
def test_depth_and_number_of_items_are_bounded(any_micropython: Interpreter, manner: str) -> None:
    cases = [
        b"\x81" * 12 + b"\x00",
        b"\x81" * 13 + b"\x00",
        b"\x81" * 1000 + b"\x00",
        b"\x99\x08\x00" + bytes(0x800),
        b"\x99\x08\x01" + bytes(0x801),
    ]
    answers = run([(manner, case) for case in cases], any_micropython, heap="500k")
    fine = [not isinstance(answer, Refused) for answer in answers]
    assert fine == [True, False, False, True, False]
    assert {answers[1], answers[2], answers[4]} == {"cbor_too_complex"}


keys = st.one_of(st.integers(-(2**64), 2**64 - 1), st.text(max_size=8))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**64), 2**64 - 1),
        st.binary(max_size=40),
        st.text(max_size=20),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=20,
)


@settings(max_examples=15)
@given(st.lists(values, min_size=20, max_size=40))
def test_it_reads_what_cbor2_writes(items: list[object]) -> None:
    canonical = [("cbor", _deterministic(item)) for item in items]
    usual = [("cbor-lenient", cbor2.dumps(item)) for item in items]
    assert run(canonical + usual, find()) == items + items


@settings(max_examples=15)
@given(st.lists(st.binary(max_size=24), min_size=100, max_size=200))
def test_what_it_takes_cbor2_takes_too(samples: list[bytes]) -> None:
    for sample, answer in zip(samples, run([("cbor", s) for s in samples], find()), strict=True):
        if not isinstance(answer, Refused):
            assert _deterministic(cbor2.loads(sample)) == sample


def _deterministic(item: object) -> bytes:
    """RFC 8949 4.2.1: keys sorted bytewise; cbor2's canonical mode sorts by length first."""
    if isinstance(item, list):
        return _head(4, len(item)) + b"".join(_deterministic(part) for part in item)
    if isinstance(item, dict):
        pairs = sorted((_deterministic(key), _deterministic(value)) for key, value in item.items())
        return _head(5, len(pairs)) + b"".join(key + value for key, value in pairs)
    return cbor2.dumps(item)


def _head(major: int, count: int) -> bytes:
    return bytes([major << 5 | count])  # the samples are short
