"""`OC1:` codes of the host, verified by the firmware: accepted, or refused for the right reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from host_tools.bundles.entry import compile_trust
from host_tools.codes.oc1 import Proof, Said, holder_block, proof, statement, to_text
from host_tools.keys.private import generate
from host_tools.names import ES256
from host_tools.verifying.service import Service

from .people import (
    CITY,
    CLINIC,
    DAY,
    ENDED,
    FOREIGN,
    FOUR,
    FUTURE,
    GREEN,
    HEALTH,
    HOLDER,
    LAB,
    NOW,
    OTHER_PHONE,
    PLATFORM,
    RECOVERY,
    STRANGER,
    SUBJECT,
    TEST,
    TRAVEL,
    VACCINATION,
    code,
    trust_part,
)


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=trust_part()) as service:
        yield service


def body(*parts: object) -> bytes:
    return to_text(parts).encode()


def test_one_issuer_says_everything(gate: Service) -> None:
    answer = gate.verify(code(PLATFORM.says(FOUR)), NOW)
    assert answer["ok"]
    assert (answer["format"], answer["issuer"]) == ("OC1", "Platform")
    assert answer["kid"] == PLATFORM.entry.kid.hex()
    issued = NOW - 3600
    assert answer["claims"] == {
        "health": [
            {"issuer": "Platform", "jurisdiction": "CN-31", "colour": "green", "at": issued - 3600}
        ],
        "travel": [
            {
                "issuer": "Platform",
                "jurisdiction": "CN",
                "days": 14,
                "at": issued,
                "regions": {"CN-31": issued // DAY, "CN-3205": issued // DAY - 6},
                "risk": [],
            }
        ],
        "vaccination": [
            {
                "issuer": "Platform",
                "jurisdiction": "CN",
                "product": "BBIBP-CorV",
                "dose": 3,
                "of": 3,
                "day": 20100,
            }
        ],
        "test": [
            {
                "issuer": "Platform",
                "jurisdiction": "CN-31",
                "kind": "naat",
                "result": "negative",
                "at": issued - 36000,
            }
        ],
    }


def test_several_issuers_and_algorithms_speak_of_one_person(gate: Service) -> None:
    said = (
        CITY.says({HEALTH: [[31, 1, 60]]}),
        CLINIC.says({VACCINATION: [[0, "BIBP", 2, 3, 20000]]}),
        LAB.says({TEST: [[31, 2, 0, 30]]}),
    )
    answer = gate.verify(code(*said, proof=Proof(HOLDER, NOW, "gate-7")), NOW)
    assert answer["ok"]
    assert answer["issuer"] == "City"
    speakers = {kind: claims[0]["issuer"] for kind, claims in answer["claims"].items()}
    assert speakers == {"health": "City", "vaccination": "Clinic", "test": "Lab"}


# Each of these is wrong in one way only.
REFUSED: dict[str, tuple[bytes, str]] = {
    "an issuer that is in no list": (code(STRANGER.says(GREEN)), "issuer_unknown"),
    "a key id of somebody else": (
        code(STRANGER.says(GREEN, kid=PLATFORM.entry.kid)), "signature_invalid"),
    "a key that may only sign certificates": (code(FOREIGN.says(GREEN)), "format_not_permitted"),
    "a key of another algorithm": (
        code(STRANGER.says(GREEN, kid=CLINIC.entry.kid)), "alg_mismatch"),
    "the second of two is unknown": (
        code(PLATFORM.says(GREEN), STRANGER.says(GREEN)), "issuer_unknown"),
    "expired": (code(PLATFORM.says(GREEN, expires=NOW - 1)), "code_expired"),
    "issued tomorrow": (
        code(PLATFORM.says(GREEN, issued=NOW + DAY, expires=NOW + 2 * DAY)), "code_not_yet_valid"),
    "valid from tomorrow": (
        code(PLATFORM.says(GREEN, not_before=NOW + DAY)), "code_not_yet_valid"),
    "a key that ended": (code(ENDED.says(GREEN)), "issuer_key_expired"),
    "a key of the future": (code(FUTURE.says(GREEN)), "issuer_key_not_yet_valid"),
    "a proof of the future": (
        code(PLATFORM.says(GREEN), proof=Proof(HOLDER, NOW + DAY)), "code_not_yet_valid"),
    "a proof by another phone": (
        code(PLATFORM.says(GREEN), proof=Proof(OTHER_PHONE, NOW)), "proof_invalid"),
    "a claim that the issuer may not make": (
        code(CLINIC.says(GREEN)), "claim_not_permitted"),
    "a claim about a place that it may not speak for": (
        code(CITY.says({HEALTH: [[32, 1, 60]]})), "claim_not_permitted"),
    "a claim about the whole country by a city": (
        code(CITY.says({HEALTH: [[0, 1, 60]]})), "claim_not_permitted"),
    "a name that is not the key's": (code(PLATFORM.says(GREEN, iss="City")), "issuer_mismatch"),
    "no claims at all": (code(PLATFORM.says({})), "claims_invalid"),
    "a kind that does not exist": (code(PLATFORM.says({6: [[0, 1, 2]]})), "claims_invalid"),
    "a colour that does not exist": (code(PLATFORM.says({HEALTH: [[31, 5, 1]]})), "claims_invalid"),
    "a field too many": (code(PLATFORM.says({HEALTH: [[31, 1, 1, 1]]})), "claims_invalid"),
    "a field too few": (code(PLATFORM.says({HEALTH: [[31, 1]]})), "claims_invalid"),
    "a place that is none": (code(PLATFORM.says({HEALTH: [["31", 1, 1]]})), "claims_invalid"),
    "five of a kind": (code(PLATFORM.says({HEALTH: [[31, 1, 1]] * 5})), "claims_invalid"),
    "true for a number": (code(PLATFORM.says({HEALTH: [[31, True, 1]]})), "claims_invalid"),
    "a dose that does not exist": (
        code(PLATFORM.says({VACCINATION: [[0, "X", 0, 3, 1]]})), "claims_invalid"),
    "a journey into the future": (
        code(PLATFORM.says({TRAVEL: [[0, 14, {31: -1}]]})), "claims_invalid"),
    "a date beyond all dates": (
        code(PLATFORM.says({RECOVERY: [[0, 1, 2, 65536]]})), "claims_invalid"),
    "a subject too short": (code(PLATFORM.says(GREEN), subject=b"1234567"), "claims_invalid"),
    "a subject too long": (code(PLATFORM.says(GREEN), subject=bytes(17)), "claims_invalid"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_refused_for_its_own_reason(gate: Service, why: str) -> None:
    text, reason = REFUSED[why]
    answer = gate.verify(text, NOW)
    assert (answer["ok"], answer["reason"]) == (False, reason)


def test_a_proof_without_a_key_to_prove_is_refused(gate: Service) -> None:
    holder = holder_block(SUBJECT)
    said = [statement(PLATFORM.says(GREEN), holder)]
    made = proof(Proof(HOLDER, NOW), holder, said)
    assert gate.verify(body(holder, said, made), NOW)["reason"] == "proof_invalid"


def test_a_statement_is_no_proof_and_a_proof_no_statement(gate: Service) -> None:
    holder = holder_block(SUBJECT, PLATFORM.key.public)
    said = statement(PLATFORM.says(GREEN), holder)
    assert gate.verify(body(holder, [said], said), NOW)["reason"] == "proof_invalid"
    made = proof(Proof(PLATFORM.key, NOW), holder, [said])
    assert gate.verify(body(holder, [made]), NOW)["reason"] == "kid_missing"


def test_time_is_judged_after_the_signature(gate: Service) -> None:
    forged = bytearray(code(PLATFORM.says(GREEN, expires=NOW - 1)))
    forged[-3:] = b"000" if forged[-3:] != b"000" else b"001"
    assert gate.verify(bytes(forged), NOW)["reason"] == "signature_invalid"


def test_the_last_second_counts(gate: Service) -> None:
    text = code(PLATFORM.says(GREEN, expires=NOW))
    assert gate.verify(text, NOW)["ok"]
    assert gate.verify(text, NOW + 1)["reason"] == "code_expired"


def test_every_key_under_a_key_id_is_tried() -> None:
    first, second = PLATFORM.entry, generate(ES256)
    twin = replace(first, key=second.public.raw, name="Twin")
    text = code(Said(second, GREEN, NOW - 3600, NOW + DAY, kid=first.kid))
    with Service(trust=compile_trust([first, twin])) as both:
        assert both.verify(text, NOW)["issuer"] == "Twin"
        assert both.verify(code(PLATFORM.says(GREEN)), NOW)["issuer"] == "Platform"
