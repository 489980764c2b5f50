"""WHO's certificates in the container of `HC1:`, in each shape that is issued."""

from __future__ import annotations

import copy
import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

import base45
import cbor2
import pytest

from host_tools.verifying.service import Answer, Service

from .people import DAY, NOW, VALUES, issuer, trust_part

SINGAPORE = issuer("Singapore", formats=2, claims=4 | 8, jurisdictions=("SG",))
LAB = issuer("Lab abroad", formats=2, claims=8, jurisdictions=("SG",))

SNOMED = "http://snomed.info/sct"
ICD11 = "http://id.who.int/icd11/mms"
VACCINATION: dict[str, Any] = {
    "name": "Nobody Atall",
    "birthDate": "1986-09-19",
    "hcid": "SG111222333",
    "disease": {"code": "840539006", "system": SNOMED},
    "vaccine": {"code": "XM0GQ8", "system": ICD11},
    "brand": {"code": "XM8NQ0", "system": ICD11},
    "lot": "PT123F",
    "date": "2026-03-01",
    "dose": 1,
    "total_doses": 2,
    "country": {"code": "SGP", "system": "urn:iso:std:iso:3166-1"},
    "valid_from": "2026-03-15",
    "valid_until": "2027-03-15",
}
TEST: dict[str, Any] = {
    "name": "Nobody Atall",
    "identifier": "URN:UVCI:01:SG:ABC-CDE",
    "test": {
        "pathogen": {"system": ICD11, "code": "XN109"},
        "type": {"system": "http://loinc.org", "code": "LP6464-4"},
        "date": "2026-09-20T08:00:00Z",
        "result": {"system": SNOMED, "code": "260415000"},
    },
    "meta": {"notarisedOn": "2026-09-20T10:00:00.672Z"},
}


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=trust_part(SINGAPORE, LAB), values=VALUES) as service:
        yield service


def code(payload: object, by: Any = SINGAPORE) -> bytes:
    protected = cbor2.dumps({1: -7, 4: by.entry.kid})
    body = cbor2.dumps(payload)
    structure = cbor2.dumps(["Signature1", protected, b"", body])
    cose = cbor2.CBORTag(18, [protected, {}, body, by.key.sign(structure)])
    return b"HC1:" + bytes(base45.b45encode(zlib.compress(cbor2.dumps(cose), 9)))


def cwt(hcert: object) -> dict[int, object]:
    return {1: "SG", 4: NOW + DAY, 6: NOW - DAY, -260: hcert}


def verify(gate: Service, payload: object, by: Any = SINGAPORE) -> Answer:
    return gate.verify(code(payload, by), NOW)


SHAPES = {
    "alone": VACCINATION,
    "under 3": cwt({3: VACCINATION}),
    "a list under 3": cwt({3: [VACCINATION]}),
    "in place of the DCC": cwt({1: VACCINATION}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_vaccination_in_each_shape(gate: Service, shape: str) -> None:
    answer = verify(gate, SHAPES[shape])
    assert answer["ok"], answer
    assert answer["issuer"] == ("Singapore" if shape == "alone" else "SG")
    (claim,) = answer["claims"]["vaccination"]
    assert claim | {"issuer": ""} == {
        "issuer": "", "jurisdiction": "SG", "product": "Comirnaty", "dose": 1, "of": 2,
        "day": 20513,
    }  # fmt: skip
    assert "hcert" not in answer["claims"]


@pytest.mark.parametrize("payload", [TEST, cwt({4: TEST}), cwt({4: [TEST]}), cwt({1: TEST})])
def test_a_test_in_each_shape(gate: Service, payload: object) -> None:
    (claim,) = verify(gate, payload)["claims"]["test"]
    assert (claim["kind"], claim["result"], claim["at"]) == ("naat", "negative", 1789891200)
    assert claim["jurisdiction"] == "SG"


def test_a_vaccination_and_a_test_in_one(gate: Service) -> None:
    claims = verify(gate, cwt({3: VACCINATION, 4: TEST}))["claims"]
    assert set(claims) == {"vaccination", "test"}


def test_the_dcc_counts_where_there_is_one(gate: Service) -> None:
    from host_tools.codes import hc1

    dcc = hc1.vaccination("SG", 2, 2, "2026-01-15")
    claims = verify(gate, cwt({1: dcc, 3: VACCINATION}))["claims"]
    assert claims["vaccination"][0]["day"] == 20468
    assert "hcert" in claims


def changed(data: dict[str, Any], *path: str, to: object = None) -> dict[str, Any]:
    data = copy.deepcopy(data)
    inner = data
    for name in path[:-1]:
        inner = inner[name]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return data


@pytest.mark.parametrize(
    ("data", "product", "of"),
    [
        (changed(VACCINATION, "total_doses"), "Comirnaty", 2),
        (changed(VACCINATION, "brand"), "COVID-19 RNA", 2),
        (changed(changed(VACCINATION, "brand"), "total_doses"), "COVID-19 RNA", 99),
        (changed(VACCINATION, "brand", "code", to="XM7HT3"), "CoronaVac", 2),
        (
            changed(changed(VACCINATION, "brand", "code", to="Z"), "vaccine", "code", to="Z"),
            "Z",
            2,
        ),
    ],
    ids=["series of the brand", "vaccine", "nobody said", "another brand", "unknown brand"],
)
def test_products_and_series(gate: Service, data: object, product: str, of: int) -> None:
    (claim,) = verify(gate, data)["claims"]["vaccination"]
    assert (claim["product"], claim["of"]) == (product, of)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed(VACCINATION, "name"), "cbor_invalid"),
        (changed(VACCINATION, "name", to=""), "claims_invalid"),
        (changed(VACCINATION, "name", to=7), "claims_invalid"),
        (changed(VACCINATION, "disease"), "claims_invalid"),
        (changed(VACCINATION, "disease", "code", to="6142004"), "claims_invalid"),  # influenza
        (changed(VACCINATION, "disease", to="840539006"), "claims_invalid"),
        (changed(VACCINATION, "date"), "claims_invalid"),
        (changed(VACCINATION, "date", to="2026-02-30"), "claims_invalid"),
        (changed(VACCINATION, "date", to="2026-03"), "claims_invalid"),
        (changed(VACCINATION, "date", to="2026-03-01T99:00"), "claims_invalid"),
        (changed(VACCINATION, "dose"), "claims_invalid"),
        (changed(VACCINATION, "dose", to="1"), "claims_invalid"),
        (changed(VACCINATION, "dose", to=0), "claims_invalid"),
        (changed(VACCINATION, "dose", to=100), "claims_invalid"),
        (changed(VACCINATION, "dose", to=True), "claims_invalid"),
        (changed(VACCINATION, "total_doses", to=0), "claims_invalid"),
        (changed(VACCINATION, "valid_until", to="2026-09-21"), None),  # the whole day
        (changed(VACCINATION, "valid_until", to="2026-09-20"), "code_expired"),
        (changed(VACCINATION, "valid_from", to="2026-09-22"), "code_not_yet_valid"),
        (changed(VACCINATION, "valid_until", to="soon"), "claims_invalid"),
        (changed(VACCINATION, "valid_until", to=7), "claims_invalid"),
        (changed(VACCINATION, "valid_from", to="1960-01-01"), "claims_invalid"),
        (changed(VACCINATION, "valid_until"), None),
        (changed(VACCINATION, "valid_from"), None),
        (changed(TEST, "test", "pathogen"), "claims_invalid"),
        (changed(TEST, "test", "date"), "claims_invalid"),
        (changed(TEST, "test", "date", to="2026-09-20"), None),
        (changed(TEST, "test", to=[]), "cbor_invalid"),
        (changed(TEST, "meta", "notarisedOn", to="2026-09-22T00:00:00Z"), "code_not_yet_valid"),
        (cwt({3: [VACCINATION] * 5}), "claims_invalid"),
        (cwt({3: [VACCINATION] * 4}), None),
        (cwt({3: {}}), "cbor_invalid"),
        (cwt({3: "x", 4: [7]}), "cbor_invalid"),
        (cwt({5: "vhlink:/x"}), "cbor_invalid"),
        (cwt({}), "cbor_invalid"),
        (cwt([]), "cbor_invalid"),
        ({4: NOW + DAY, 6: NOW, -250: {1: {"ver": "1.0.0"}}}, "cbor_invalid"),  # Swiss light
        ([], "cbor_invalid"),
        ({}, "cbor_invalid"),
    ],
    ids=range(39),
)
def test_what_is_signed(gate: Service, data: object, reason: str | None) -> None:
    assert verify(gate, data)["reason"] == reason


def test_kinds_and_results_that_are_not_known_are_other(gate: Service) -> None:
    odd = changed(changed(TEST, "test", "type"), "test", "result", "code", to="1")
    (claim,) = verify(gate, odd)["claims"]["test"]
    assert (claim["kind"], claim["result"]) == ("other", "other")


def test_the_issuer_s_permission_counts(gate: Service) -> None:
    assert verify(gate, VACCINATION, LAB)["reason"] == "claim_not_permitted"
    assert verify(gate, TEST, LAB)["ok"]


def test_without_value_sets_nobody_knows_the_disease() -> None:
    with Service(trust=trust_part(SINGAPORE)) as gate:
        assert verify(gate, VACCINATION)["reason"] == "claims_invalid"


def test_they_are_revoked_by_their_identifier(run_firmware: Any) -> None:
    from .test_adapters import verify as verify_with

    def digest(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()[:32]

    trust = trust_part(SINGAPORE)
    for revoked in (digest(b"SG111222333"), digest(b"SGSG111222333")):
        answer = verify_with(run_firmware, code(cwt({3: VACCINATION})), trust, [revoked])
        assert answer[1] == "code_revoked"
    answer = verify_with(run_firmware, code(VACCINATION), trust, [digest(b"SG111222333")])
    assert answer[1] == "code_revoked"
