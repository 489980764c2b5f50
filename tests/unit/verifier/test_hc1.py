"""`HC1:` certificates: accepted in every form that the specification allows, or refused for their
own reason. The EU's published cases are in tests/vectors/test_dcc.py."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import base45
import cbor2
import pytest

from host_tools.bundles.entry import compile_trust
from host_tools.codes import hc1
from host_tools.verifying.service import Service

from .people import DAY, FOREIGN, NOW, Issuer, issuer, trust_part

HCERT = -260
ED25519 = issuer("Ed25519", -8, formats=2)
ONLY_TESTS = issuer("Laboratories", formats=2, claims=8)
RSA = issuer("RSA", -37, formats=2)


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    part = trust_part(ED25519, ONLY_TESTS, RSA)
    with Service(trust=part) as service:
        yield service


def text(data: bytes) -> bytes:
    return b"HC1:" + base45.b45encode(zlib.compress(data))


def sign(
    payload: bytes,
    signer: Issuer = FOREIGN,
    protected: dict[int, Any] | None = None,
    unprotected: dict[int, Any] | None = None,
) -> list[Any]:
    """A COSE_Sign1, untagged."""
    header = {1: signer.entry.alg, 4: signer.entry.kid} if protected is None else protected
    encoded = cbor2.dumps(header) if header else b""
    structure = cbor2.dumps(["Signature1", encoded, b"", payload])
    return [encoded, unprotected or {}, payload, signer.key.sign(structure)]


def cwt(document: object, **claims: object) -> bytes:
    named = {"iss": 1, "exp": 4, "nbf": 5, "iat": 6}
    usual: dict[int, object] = {1: "AT", 4: NOW + DAY, 6: NOW - DAY, HCERT: {1: document}}
    changed = usual | {named[name]: value for name, value in claims.items()}
    return cbor2.dumps({key: value for key, value in changed.items() if value is not ...})


def code(document: object, **claims: object) -> bytes:
    return text(cbor2.dumps(cbor2.CBORTag(18, sign(cwt(document, **claims)))))


def document(kind: str = "v", entries: int = 1, **changes: object) -> dict[str, Any]:
    """A valid document, with fields of it or of its entry changed (... takes them out)."""
    common = {"tg": "840539006", "co": "AT", "is": "Ministry", "ci": "URN:UVCI:01:AT:ABC#1"}
    entry: dict[str, Any] = {
        "v": hc1.vaccination("AT", 2, 2, "2026-01-15")["v"][0],  # type: ignore[index]
        "t": common | {"tt": "LP6464-4", "sc": "2026-09-21T08:00:00Z", "tr": "260415000",
                       "tc": "Centre"},
        "r": common | {"fr": "2026-05-01", "df": "2026-05-12", "du": "2026-11-01"},
    }[kind]  # fmt: skip
    name = {"fn": "Musterfrau", "fnt": "MUSTERFRAU", "gn": "Erika", "gnt": "ERIKA"}
    made: dict[str, Any] = {"ver": "1.3.0", "nam": name, "dob": "1964-08-12", kind: None}
    for field, value in changes.items():
        target = made if field in (*made, *"vtr") else name if field in name else entry
        target[field] = value
        if value is ...:
            del target[field]
    made[kind] = made[kind] or [entry] * entries
    return made


def test_what_each_kind_says(gate: Service) -> None:
    said = {"issuer": "AT", "jurisdiction": "AT"}
    found = [gate.verify(code(document(kind)), NOW)["claims"] for kind in "vtr"]
    for claims, kind in zip(found, "vtr", strict=True):
        assert claims.pop("hcert") == document(kind)
    assert found == [
        {"vaccination": [said | {"product": "EU/1/20/1528", "dose": 2, "of": 2, "day": 20468}]},
        {"test": [said | {"kind": "naat", "result": "negative", "at": 1789977600}]},
        {"recovery": [said | {"first": 20574, "from": 20585, "until": 20758}]},
    ]


def test_every_form_of_the_envelope(gate: Service) -> None:
    payload = cwt(document())
    alg, kid = FOREIGN.entry.alg, FOREIGN.entry.kid
    bare = sign(payload)
    forms = {
        "untagged": bare,
        "tag 18": cbor2.CBORTag(18, bare),
        "tags 61 and 18": cbor2.CBORTag(61, cbor2.CBORTag(18, bare)),
        "key id unprotected": sign(payload, protected={1: alg}, unprotected={4: kid}),
        "all unprotected": sign(payload, protected={}, unprotected={1: alg, 4: kid}),
        "the protected key id counts": sign(payload, unprotected={4: b"12345678"}),
        "headers that say nothing here": sign(payload, protected={1: alg, 3: 61, 4: kid}),
        "RSA": sign(payload, RSA),
    }
    refused = {
        why: answer["reason"]
        for why, form in forms.items()
        if not (answer := gate.verify(text(cbor2.dumps(form)), NOW))["ok"]
    }
    assert not refused


# Fields with which a document, or its CWT, is still fine.
FINE: dict[str, bytes] = {
    "no issuer": code(document(), iss=...),
    "no issue time": code(document(), iat=...),
    "times with fractions": code(document(), exp=NOW + 0.25, iat=NOW - 0.75),
    "tagged times": code(document(), exp=cbor2.CBORTag(1, NOW + 5)),
    "expires this second": code(document(), exp=NOW),
    "a clock a minute slow": code(document(), iat=NOW + 60),
    "an early version of the schema": code(document(ver="1.0.0")),
    "two entries before schema 1.3": code(document(entries=2, ver="1.2.1")),
    "no date of birth known": code(document(dob="")),
    "a year of birth": code(document(dob="1964")),
    "a month of birth": code(document(dob="1964-08")),
    "parts of the date of birth unknown": code(document(dob="1964-00-00")),
    "a time after the date of birth": code(document(dob="1964-08-12T00:00:00")),
    "born today, where it is tomorrow": code(document(dob="2026-09-21")),
    "a time after the date": code(document(dt="2026-01-15T10:00:00+02:00")),
    "a first name alone": code(document(fn=..., fnt=...)),
    "a name of another script": code(document(fn="王", fnt="WANG", gn="小明", gnt="XIAOMING")),
    "more doses than the series": code(document(dn=3, sd=2)),
    "many doses": code(document(dn=12, sd=12)),
    "whole numbers written as floats": code(document(dn=2.0)),
    "an unknown product": code(document(mp="Unknown")),
    "a sample time with an offset": code(document("t", sc="2026-09-21T10:00:00.5+02:00")),
    "an unknown kind of test": code(document("t", tt="LP0")),
    "fields of later versions": code(document("t", dr="2026-09-21T09:00:00Z", zz=[1, {}])),
    "empty groups of other kinds": code(document("t", v=[], r=None)),
}


def test_what_the_specification_leaves_open(gate: Service) -> None:
    refused = {
        why: answer["reason"]
        for why, shown in FINE.items()
        if not (answer := gate.verify(shown, NOW))["ok"]
    }
    assert not refused


REFUSED: dict[str, tuple[bytes, str]] = {
    "expired": (code(document(), exp=NOW - 1), "code_expired"),
    "issued tomorrow": (code(document(), iat=NOW + DAY), "code_not_yet_valid"),
    "valid from tomorrow": (code(document(), nbf=NOW + DAY), "code_not_yet_valid"),
    "no expiry": (code(document(), exp=...), "claims_invalid"),
    "an expiry that is text": (code(document(), exp="2030-01-01"), "claims_invalid"),
    "an expiry that is true": (code(document(), exp=True), "claims_invalid"),
    "an expiry before 1970": (code(document(), exp=-1), "claims_invalid"),
    "an issuer that is a number": (code(document(), iss=43), "claims_invalid"),
    "no certificate": (text(cbor2.dumps(sign(cbor2.dumps({4: NOW})))), "cbor_invalid"),
    "a certificate in bytes": (code(cbor2.dumps(document())), "cbor_invalid"),
    "no version": (code(document(ver=...)), "claims_invalid"),
    "a version that is none": (code(document(ver="1.3")), "claims_invalid"),
    "a version with a gap": (code(document(ver="1..3.")), "claims_invalid"),
    "a version in letters": (code(document(ver="1.3.0a")), "claims_invalid"),
    "two entries in schema 1.3": (code(document(entries=2)), "claims_several"),
    "five entries": (code(document(entries=5, ver="1.0.0")), "claims_several"),
    "two kinds": (code(document(t=document("t")["t"])), "claims_several"),
    "no kind": (code({k: v for k, v in document().items() if k != "v"}), "claims_several"),
    "entries that are no list": (code(document(v={"0": 1})), "claims_invalid"),
    "an entry that is no map": (code(document(v=["x"])), "claims_invalid"),
    "no name": (code(document(nam=...)), "claims_invalid"),
    "an empty name": (code(document(nam={})), "claims_invalid"),
    "small letters in a standard name": (code(document(fnt="Musterfrau")), "claims_invalid"),
    "a name without its standard form": (code(document(fnt="")), "claims_invalid"),
    "no date of birth": (code(document(dob=...)), "claims_invalid"),
    "a date of birth of 1899": (code(document(dob="1899-12-31")), "claims_invalid"),
    "a date of birth with dots": (code(document(dob="12.08.1964")), "claims_invalid"),
    "born after it was issued": (code(document(dob="2026-09-23")), "claims_invalid"),
    "another disease": (code(document(tg="6142004")), "claims_invalid"),
    "no dose": (code(document(dn=...)), "claims_invalid"),
    "dose 0": (code(document(dn=0)), "claims_invalid"),
    "a dose that is text": (code(document(dn="2")), "claims_invalid"),
    "half a dose": (code(document(dn=1.5)), "claims_invalid"),
    "a day that does not exist": (code(document(dt="2026-02-30")), "claims_invalid"),
    "a date in another order": (code(document(dt="15-01-2026")), "claims_invalid"),
    "no product": (code(document(mp=...)), "claims_invalid"),
    "no country": (code(document(co=...)), "claims_invalid"),
    "no identifier": (code(document(ci=...)), "claims_invalid"),
    "no result": (code(document("t", tr=...)), "claims_invalid"),
    "a sample on a day, at no time": (code(document("t", sc="2026-09-21")), "claims_invalid"),
    "no end": (code(document("r", du=...)), "claims_invalid"),
    "a kind that the certificate's key may not sign": (
        text(cbor2.dumps(sign(cwt(document()), ONLY_TESTS))), "claim_not_permitted"),
    "an algorithm of the other kind": (
        text(cbor2.dumps(sign(cwt(document()), protected={1: -37, 4: FOREIGN.entry.kid}))),
        "alg_mismatch"),
    "an algorithm that does not exist": (
        text(cbor2.dumps(sign(cwt(document()), protected={1: -1, 4: FOREIGN.entry.kid}))),
        "alg_unknown"),
    "an algorithm that only combined codes may have": (
        text(cbor2.dumps(sign(cwt(document()), ED25519))), "alg_unknown"),
    "no key id": (text(cbor2.dumps(sign(cwt(document()), protected={1: -7}))), "kid_missing"),
    "a header that must be understood": (
        text(cbor2.dumps(sign(cwt(document()), unprotected={2: [99], 99: 0}))), "cose_invalid"),
    "not compressed": (
        b"HC1:" + base45.b45encode(cbor2.dumps(sign(cwt(document())))), "not_compressed"),
    "something after it": (text(cbor2.dumps(sign(cwt(document()))) + b"\0"), "cbor_invalid"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_refused_for_its_own_reason(gate: Service, why: str) -> None:
    shown, reason = REFUSED[why]
    answer = gate.verify(shown, NOW)
    assert (answer["ok"], answer["reason"]) == (False, reason)


def test_a_wrong_clock_is_no_forgery_and_a_forgery_no_wrong_clock(gate: Service) -> None:
    shown = sign(cwt(document()))
    assert gate.verify(text(cbor2.dumps(shown)), 0)["reason"] == "code_not_yet_valid"
    forged = [*shown[:3], bytes(64)]
    assert gate.verify(text(cbor2.dumps(forged)), 0)["reason"] == "signature_invalid"


def test_the_issuer_is_the_country_or_else_the_keys_name(gate: Service) -> None:
    assert gate.verify(code(document()), NOW)["issuer"] == "AT"
    assert gate.verify(code(document(), iss=...), NOW)["issuer"] == "Foreign"


def test_every_key_under_a_key_id_is_tried() -> None:
    twin = issuer("Twin", formats=2, kid=FOREIGN.entry.kid)
    signed = text(cbor2.dumps(sign(cwt(document(), iss=...), twin)))
    with Service(trust=compile_trust([FOREIGN.entry, twin.entry])) as both:
        assert both.verify(signed, NOW)["issuer"] == "Twin"
