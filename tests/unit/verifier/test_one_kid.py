"""Eight keys of all algorithms under one key id: each is tried, and speaks for itself alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from host_tools.bundles.entry import compile_trust
from host_tools.names import EDDSA, ES256, PS256, SM2
from host_tools.problems import Failure
from host_tools.verifying.service import Service

from .people import DAY, GREEN, HEALTH, NOW, TEST, Issuer, code, issuer

KID = b"same"
A_TEST = {TEST: [[31, 1, 0, 60]]}

EIGHT = [
    issuer("Everything", ES256),
    issuer("Health alone", ES256, claims=1),
    issuer("Tests alone", ES256, claims=8),
    issuer("Shanghai", EDDSA, jurisdictions=("CN-31",)),
    issuer("Beijing", EDDSA, jurisdictions=("CN-11",)),
    issuer("Certificates", PS256, formats=2),
    issuer("Ended", SM2, not_after=NOW - 1),
    issuer("Not begun", SM2, not_before=NOW + DAY),
]


def entries(issuers: list[Issuer]) -> bytes:
    return compile_trust([replace(one.entry, kid=KID) for one in issuers])


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=entries(EIGHT)) as service:
        yield service


# Who says what -> why not. Each lacks one permission, which its neighbours under the kid have.
CASES = [
    ("Everything", GREEN, None),
    ("Everything", A_TEST, None),
    ("Health alone", GREEN, None),
    ("Health alone", A_TEST, "claim_not_permitted"),
    ("Tests alone", GREEN, "claim_not_permitted"),
    ("Tests alone", A_TEST, None),
    ("Shanghai", GREEN, None),
    ("Beijing", GREEN, "claim_not_permitted"),
    ("Beijing", {HEALTH: [[1101, 1, 60]]}, None),
    ("Beijing", {HEALTH: [[0, 1, 60]]}, "claim_not_permitted"),  # CN is more than CN-11
    ("Certificates", GREEN, "alg_mismatch"),  # no key for OC1 under this kid is of its algorithm
    ("Ended", GREEN, "issuer_key_expired"),
    ("Not begun", GREEN, "issuer_key_not_yet_valid"),
]


@pytest.mark.parametrize(("name", "claims", "reason"), CASES)
def test_the_key_that_signed_decides(
    gate: Service, name: str, claims: object, reason: str | None
) -> None:
    who = next(one for one in EIGHT if one.entry.name == name)
    answer = gate.verify(code(who.says(claims, kid=KID)), NOW)
    assert answer["reason"] == reason
    if reason != "alg_mismatch":
        assert answer["issuer"] == name


@pytest.mark.parametrize("alg", [ES256, EDDSA, PS256, SM2])
def test_a_stranger_of_any_algorithm(gate: Service, alg: int) -> None:
    stranger = issuer("Stranger", alg)
    reason = gate.verify(code(stranger.says(GREEN, kid=KID)), NOW)["reason"]
    assert reason == ("alg_mismatch" if alg == PS256 else "signature_invalid")


def test_whatever_their_order(gate: Service) -> None:
    for first in range(len(EIGHT)):
        turned = EIGHT[first:] + EIGHT[:first]
        with Service(trust=entries(turned)) as other:
            answer = other.verify(code(EIGHT[2].says(A_TEST, kid=KID)), NOW)
        assert (answer["ok"], answer["issuer"]) == (True, "Tests alone")


def test_a_ninth_is_refused_when_the_bundle_is_built() -> None:
    with pytest.raises(Failure, match="8"):
        entries([*EIGHT, issuer("Ninth")])
