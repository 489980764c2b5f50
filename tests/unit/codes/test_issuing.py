"""Statements for a phone: made from its public key alone, composed by the phone, verified."""

from __future__ import annotations

import cbor2
import pytest

from host_tools import yaml_file
from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.codes import oc1
from host_tools.codes.issuing import enrol, issue, statements
from host_tools.codes.person import Person, read_person
from host_tools.keys.private import PrivateKey, generate
from host_tools.keys.public import KeyFormError
from host_tools.names import EDDSA, ES256
from host_tools.problems import Failure
from host_tools.verifying.service import Service

NOW = 1_790_000_000
SUBJECT = bytes(range(8))
ISSUERS = {"national": generate(ES256), "shanghai": generate(EDDSA)}
FILE = """
issuer: national
valid: 1 day
health: {issuer: shanghai, jurisdiction: CN-31, colour: green}
travel: {issuer: national, jurisdiction: CN, window: 14 days, regions: {CN-31: today}}
tests: {jurisdiction: CN-31, kind: naat, result: negative, sampled: 1 hour ago}
"""


def person(text: str = FILE) -> Person:
    return read_person(yaml_file.parse(text.encode(), "p.yaml"), NOW)


def find(name: str) -> PrivateKey:
    return ISSUERS[name]


def test_a_phone_composes_a_code_of_what_it_was_given() -> None:
    phone = generate(ES256)
    raw = phone.public.raw
    given = enrol(person(), raw[:32], raw[32:], SUBJECT, find)
    assert [one.issuer for one in given.statements] == ["shanghai", "national"]
    said = [cbor2.loads(one.data) for one in given.statements]
    shown = oc1.proof(oc1.Proof(phone, NOW, "A-1"), given.holder, said)
    text = oc1.to_text([given.holder, said, shown])
    entries = [
        TrustEntry(key.public.kid, key.alg, key.public.raw, name, 0, 2**32 - 1, 31)
        for name, key in ISSUERS.items()
    ]
    with Service(trust=compile_trust(entries)) as gate:
        answer = gate.verify(text.encode(), NOW)
    assert answer["ok"], answer
    speakers = {kind: claims[0]["issuer"] for kind, claims in answer["claims"].items()}
    assert speakers == {"health": "shanghai", "travel": "national", "test": "national"}


def test_a_key_that_is_no_point_is_refused() -> None:
    raw = generate(ES256).public.raw
    for x, y in ((raw[:32], raw[:32]), (raw[:31], raw[32:]), (b"", b"")):
        with pytest.raises(KeyFormError):
            enrol(person(), x, y, SUBJECT, find)


def test_each_issuer_signs_alone() -> None:
    holder = oc1.holder_block(SUBJECT, generate(ES256).public)
    asked = []

    def alone(name: str) -> PrivateKey:
        asked.append(name)
        return ISSUERS[name]

    (made,) = statements(person(), holder, alone, only="shanghai")
    assert (made.issuer, asked) == ("shanghai", ["shanghai"])
    with pytest.raises(Failure, match="speak national, shanghai"):
        statements(person(), holder, alone, only="hospital")


def test_an_issuer_that_is_named_and_is_the_default_makes_one_statement() -> None:
    text = FILE.replace("issuer: national\nvalid", "valid")
    (city, national) = statements(person(text), oc1.holder_block(SUBJECT), find, "national")
    assert (city.issuer, national.issuer) == ("shanghai", "national")
    claims = cbor2.loads(cbor2.loads(national.data)[2])[-65537]
    assert set(claims) == {2, 4}
    test = "{%sjurisdiction: CN, kind: naat, result: negative, sampled: now}"
    many = ", ".join([test % ""] * 3 + [test % "issuer: national, "] * 2)
    with pytest.raises(Failure, match="at most 4 claims"):
        statements(person(f"tests: [{many}]"), bytes(12), find, "national")


def test_a_code_needs_a_subject_and_an_issuer() -> None:
    with pytest.raises(Failure, match="'subject' is missing"):
        issue(person(), find, lambda name: find(name).public)
    with pytest.raises(Failure, match="no issuer is named"):
        statements(person(FILE.replace("issuer: national\nvalid", "valid")), bytes(12), find)
