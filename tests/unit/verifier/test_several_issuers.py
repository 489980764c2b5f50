"""Statements of several issuers in one code, mixed up: each way refused for its own reason."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cbor2
import pytest

from host_tools.cbor import encode
from host_tools.codes import oc1
from host_tools.codes.oc1 import Proof, holder_block, statement, to_text
from host_tools.names import SM2
from host_tools.verifying.service import Service

from .people import (
    CITY,
    CLINIC,
    HEALTH,
    HOLDER,
    LAB,
    NOW,
    OTHER_PHONE,
    PLATFORM,
    SUBJECT,
    TEST,
    TRAVEL,
    VACCINATION,
    issuer,
    trust_part,
)

NATIONAL = issuer("National lab", SM2, claims=8)
OTHER_SUBJECT = bytes(range(50, 62))
MINE = holder_block(SUBJECT, HOLDER.public)
THEIRS = holder_block(OTHER_SUBJECT, OTHER_PHONE.public)

SAID = (
    CITY.says({HEALTH: [[31, 1, 60]]}),
    PLATFORM.says({TRAVEL: [[0, 14, {31: 0}]]}),
    CLINIC.says({VACCINATION: [[0, "BIBP", 3, 3, 20000]]}),
    NATIONAL.says({TEST: [[31, 1, 0, 30]]}),
    LAB.says({TEST: [[31, 2, 0, 30]]}),
)
Statements = list[Any]


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=trust_part(NATIONAL)) as service:
        yield service


def about(holder: bytes) -> Statements:
    return [statement(said, holder) for said in SAID]


def shown(
    statements: Sequence[object],
    holder: bytes = MINE,
    phone: Any = HOLDER,
    signed: Sequence[object] | None = None,
) -> bytes:
    """A live code; signed: the statements that the phone signed, if they are others."""
    made = oc1.proof(Proof(phone, NOW), holder, statements if signed is None else signed)
    return to_text([holder, statements, made]).encode()


def static(statements: Sequence[object], holder: bytes = MINE) -> bytes:
    return to_text([holder, statements]).encode()


def reason(gate: Service, code: bytes) -> str | None:
    answer = gate.verify(code, NOW)
    assert answer["ok"] == (answer["reason"] is None)
    return answer["reason"]  # type: ignore[no-any-return]


def payload_changed(sign1: Any, change: Callable[[dict[int, Any]], object]) -> list[object]:
    """The statement with another payload, and its old signature."""
    protected, _, payload, signature = sign1
    claims = cbor2.loads(payload)
    change(claims)
    return [protected, {}, encode(claims), signature]


def test_all_four_algorithms_speak_of_one_person(gate: Service) -> None:
    for code in (static(about(MINE)), shown(about(MINE))):
        answer = gate.verify(code, NOW)
        assert answer["ok"], answer
        assert [claim["issuer"] for claim in answer["claims"]["test"]] == ["National lab", "Lab"]


def test_a_claim_of_another_person(gate: Service) -> None:
    """Wherever it stands, whoever made it, with a proof of presence or without."""
    for at in range(len(SAID)):
        mixed = about(MINE)
        mixed[at] = about(THEIRS)[at]
        assert reason(gate, static(mixed)) == "statement_other_holder"
        assert reason(gate, shown(mixed)) == "statement_other_holder"


def test_a_claim_of_the_same_person_for_another_phone(gate: Service) -> None:
    old_phone = holder_block(SUBJECT, OTHER_PHONE.public)
    without_key = holder_block(SUBJECT)
    for former in (old_phone, without_key):
        mixed = [*about(MINE)[:2], *about(former)[2:]]
        assert reason(gate, static(mixed)) == "statement_other_holder"


def test_another_persons_code_under_ones_own_holder_block(gate: Service) -> None:
    assert reason(gate, static(about(THEIRS))) == "statement_other_holder"
    assert reason(gate, shown(about(THEIRS))) == "statement_other_holder"


def test_another_persons_whole_code_shown_by_ones_own_phone(gate: Service) -> None:
    assert reason(gate, static(about(THEIRS), THEIRS)) is None, "a static code proves nothing"
    assert reason(gate, shown(about(THEIRS), THEIRS, phone=OTHER_PHONE)) is None
    assert reason(gate, shown(about(THEIRS), THEIRS, phone=HOLDER)) == "proof_invalid"


def test_claims_moved_from_one_issuers_statement_to_anothers(gate: Service) -> None:
    for one, two in itertools.combinations(range(len(SAID)), 2):
        moved = about(MINE)
        first, second = moved[one], moved[two]
        moved[one] = [first[0], {}, second[2], first[3]]
        moved[two] = [second[0], {}, first[2], second[3]]
        assert reason(gate, static(moved)) == "signature_invalid"
        assert reason(gate, shown(moved)) == "signature_invalid"


def test_statements_swapped_after_the_phone_signed(gate: Service) -> None:
    """An older statement of the same person and issuer, one left out, one more, another order."""
    signed = about(MINE)
    older = statement(CITY.says({HEALTH: [[31, 1, 60]]}, issued=NOW - 7200), MINE)
    worse = statement(CITY.says({HEALTH: [[31, 3, 0]]}), MINE)
    for other in (
        [older, *signed[1:]],
        [worse, *signed[1:]],
        signed[1:],
        signed[:-1],
        [*signed, older],
        [signed[1], signed[0], *signed[2:]],
    ):
        assert reason(gate, static(other)) is None, "each is right by itself"
        assert reason(gate, shown(other)) is None
        assert reason(gate, shown(other, signed=signed)) == "proof_other_claims"


def test_a_proof_of_another_phone_over_the_same_claims(gate: Service) -> None:
    assert reason(gate, shown(about(MINE), phone=OTHER_PHONE)) == "proof_invalid"


def test_what_is_said_of_the_holder_is_signed_itself(gate: Service) -> None:
    """Whoever makes another's statement name this holder block has altered it."""
    mine, theirs = about(MINE), about(THEIRS)
    tag = cbor2.loads(mine[0][2])[2]
    forged = payload_changed(theirs[0], lambda claims: claims.update({2: tag}))
    assert reason(gate, static([forged, *mine[1:]])) == "signature_invalid"


@pytest.mark.parametrize("tag", [b"", b"\0", b"\0\0\0", 7, "ab", None, [], {}])
def test_tags_that_no_issuer_may_write(gate: Service, tag: object) -> None:
    """Under a good signature or a bad one: never accepted, never a fault."""
    claims = {2: tag, 4: NOW + 60, 6: NOW - 60, -65537: {HEALTH: [[31, 1, 0]]}}
    protected = encode({1: CITY.key.alg, 4: CITY.key.public.kid})
    said = oc1.sign1(CITY.key, protected, b"OC1S" + MINE, encode(claims))
    assert reason(gate, static([said])) == "statement_other_holder"
    assert reason(gate, static([[*said[:3], bytes(64)]])) == "statement_other_holder"
    made = oc1.sign1(
        HOLDER, encode({1: -7}), b"OC1P" + digest(about(MINE)), encode({2: tag, 6: NOW})
    )
    code = to_text([MINE, about(MINE), made]).encode()
    assert reason(gate, code) == "proof_other_claims"


def digest(statements: Sequence[object]) -> bytes:
    return hashlib.sha256(encode(MINE) + encode(statements)).digest()


def test_codes_without_tags_are_good_and_say_less_when_they_are_not(gate: Service) -> None:
    """Tags are for the message alone: what they protect is protected without them."""

    def plain(said: oc1.Said, holder: bytes) -> list[object]:
        protected, _, payload, _ = statement(said, holder)
        claims = cbor2.loads(payload)  # type: ignore[call-overload]
        del claims[2]
        return oc1.sign1(said.key, protected, b"OC1S" + holder, encode(claims))  # type: ignore[arg-type]

    mine, theirs = ([plain(said, holder) for said in SAID] for holder in (MINE, THEIRS))
    bare = oc1.sign1(HOLDER, encode({1: -7}), b"OC1P" + digest(mine), encode({6: NOW}))
    assert reason(gate, to_text([MINE, mine, bare]).encode()) is None
    assert reason(gate, static([*mine[:2], theirs[2]])) == "signature_invalid"
    assert reason(gate, to_text([MINE, mine[:2], bare]).encode()) == "proof_invalid"
