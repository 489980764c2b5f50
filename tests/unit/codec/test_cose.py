"""COSE_Sign1 against pycose: what it writes is read, and both sign over the same bytes."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycose.headers import KID, Algorithm, ContentType
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

from host_tools.interpreter import Interpreter, find

from .batch import Refused, run

KEY = EC2Key.generate_key(crv="P_256")
byte_strings = st.binary(max_size=300)


def message(kid: bytes, payload: bytes, protected: bool = True) -> Sign1Message:
    headers = {KID: kid} if protected else {}
    made = Sign1Message(
        phdr={Algorithm: "ES256", **headers},
        uhdr={} if protected else {KID: kid},
        payload=payload,
    )
    made.key = KEY
    return made


@settings(max_examples=15)
@given(st.lists(st.tuples(st.binary(max_size=20), byte_strings, st.booleans()), min_size=10))
def test_it_reads_what_pycose_writes(samples: list[tuple[bytes, bytes, bool]]) -> None:
    made = [message(*sample) for sample in samples]
    tagged = [("sign1", one.encode()) for one in made]
    bare = [("sign1", one.encode(tag=False)) for one in made]
    cwt = [("sign1", b"\xd8\x3d" + one.encode()) for one in made]
    expected = [
        [-7, kid, one._create_sig_structure()]  # what pycose signs over
        for one, (kid, _, _) in zip(made, samples, strict=True)
    ]
    assert run(tagged + bare + cwt, find()) == expected * 3


@settings(max_examples=15)
@given(st.lists(st.tuples(byte_strings, byte_strings, byte_strings), min_size=10))
def test_external_data_is_signed_as_pycose_signs_it(
    samples: list[tuple[bytes, bytes, bytes]],
) -> None:
    expected = [
        cbor2.dumps(["Signature1", protected, aad, payload]) for protected, aad, payload in samples
    ]
    cases = [("structure", cbor2.dumps(list(sample))) for sample in samples]
    assert run(cases, find()) == expected
    made = message(b"1", b"payload")
    made.external_aad = b"OC1S holder"
    ours = ("structure", cbor2.dumps([made.phdr_encoded, b"OC1S holder", b"payload"]))
    assert run([ours], find()) == [made._create_sig_structure()]


def test_what_is_no_sign1_is_refused(any_micropython: Interpreter) -> None:
    good = [cbor2.dumps({1: -7, 4: b"kid"}), {}, b"payload", b"signature"]
    wrong = {
        "three parts": good[:3],
        "five parts": [*good, b""],
        "a map": {1: 2},
        "protected is a map": [{1: -7}, *good[1:]],
        "protected holds a number": [b"\x01", *good[1:]],
        "protected holds two items": [good[0] + b"\x00", *good[1:]],  # type: ignore[operator]
        "unprotected is no map": [good[0], [], *good[2:]],
        "no payload": [*good[:2], None, good[3]],
        "no signature": [*good[:3], None],
        "a header that must be understood": [cbor2.dumps({1: -7, 2: [99], 99: 1}), *good[1:]],
        "a kid that is text": [cbor2.dumps({1: -7, 4: "kid"}), *good[1:]],
        "no algorithm": [cbor2.dumps({4: b"kid"}), *good[1:]],
        "an algorithm by name": [cbor2.dumps({1: "ES256"}), *good[1:]],
    }
    cases = [("sign1", cbor2.dumps(case)) for case in wrong.values()]
    answers = dict(zip(wrong, run(cases, any_micropython), strict=True))
    assert {why: type(answer) for why, answer in answers.items()} == dict.fromkeys(wrong, Refused)
    assert answers["no algorithm"] == answers["an algorithm by name"] == "alg_unknown"
    assert answers["a header that must be understood"] == "cose_invalid"


@pytest.mark.parametrize("header", [ContentType])
def test_other_headers_are_passed_over(header: object, any_micropython: Interpreter) -> None:
    made = Sign1Message(phdr={Algorithm: "ES256", KID: b"k", header: 60}, payload=b"p")
    made.key = KEY
    (answer,) = run([("sign1", made.encode())], any_micropython)
    assert answer[:2] == [-7, b"k"]
