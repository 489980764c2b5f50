"""Issuers, keys and codes for the verifier's tests: made once, all reproducible."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.codes import hc1, shc
from host_tools.codes.oc1 import Proof, Said, issue
from host_tools.keys.private import PrivateKey, generate
from host_tools.keys.public import thumbprint
from host_tools.names import EDDSA, ES256, FORMATS, PS256
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets

NOW = 1_790_000_000
DAY = 86400
SUBJECT = bytes(range(12))

ALL = 31
HEALTH, TRAVEL, VACCINATION, TEST, RECOVERY = 1, 2, 3, 4, 5
GREEN = {HEALTH: [[31, 1, 60]]}
FOUR = {
    HEALTH: [[31, 1, 60]],
    TRAVEL: [[0, 14, {31: 0, 3205: 6}]],
    VACCINATION: [[0, "BBIBP-CorV", 3, 3, 20100]],
    TEST: [[31, 1, 0, 600]],
}


@dataclass(frozen=True)
class Issuer:
    """A key pair and what the gate believes about it."""

    key: PrivateKey
    entry: TrustEntry

    def says(self, claims: object, **changes: object) -> Said:
        usual = Said(self.key, claims, NOW - 3600, NOW + DAY)  # type: ignore[arg-type]
        return replace(usual, **changes)  # type: ignore[arg-type]


def issuer(name: str, alg: int = ES256, **changes: object) -> Issuer:
    key = generate(alg)
    usual = TrustEntry(
        kid=key.public.kid,
        alg=alg,
        key=key.public.raw,
        name=name,
        not_before=NOW - 100 * DAY,
        not_after=NOW + 100 * DAY,
        claims=ALL,
    )
    return Issuer(key, replace(usual, **changes))  # type: ignore[arg-type]


def publisher(name: str, url: str, *more: str, **changes: object) -> Issuer:
    made = issuer(name)
    entry = TrustEntry(
        kid=thumbprint(made.key.public)[:16],
        alg=made.key.public.alg,
        key=made.key.public.raw,
        name=name,
        not_before=NOW - 100 * DAY,
        not_after=NOW + 100 * DAY,
        claims=4 | 8,
        jurisdictions=("US-CA",),
        formats=FORMATS["SHC"],
        iss=(url, *more),
    )
    return Issuer(made.key, replace(entry, **changes))  # type: ignore[arg-type]


PLATFORM = issuer("Platform")
CITY = issuer("City", claims=1 | 8, jurisdictions=("CN-31",))
CLINIC = issuer("Clinic", EDDSA, claims=4)
LAB = issuer("Lab", PS256, claims=8)
ENDED = issuer("Ended", not_after=NOW - 1)
FUTURE = issuer("Future", not_before=NOW + 120)
STRANGER = issuer("Stranger")  # in no trust list
FOREIGN = issuer("Foreign", formats=2)
CARDS_URL = "https://cards.example.org/issuer"
STATE = publisher("State", CARDS_URL)  # of health cards
VALUES = compile_values(read_sets())
HOLDER = generate(ES256)
OTHER_PHONE = generate(ES256)
TRUSTED = (PLATFORM, CITY, CLINIC, LAB, ENDED, FUTURE, FOREIGN)


def trust_part(*more: Issuer) -> bytes:
    return compile_trust(one.entry for one in (*TRUSTED, *more))


def code(*said: Said, subject: bytes = SUBJECT, proof: Proof | None = None) -> bytes:
    """An OC1 code about the holder."""
    return issue(subject, said, HOLDER.public, proof).encode()


def certificate(document: object = None, **times: int) -> bytes:
    """An HC1 code signed by FOREIGN."""
    document = document or hc1.vaccination("AT", 2, 2, "2026-01-15")
    issued, expires = times.get("issued", NOW - DAY), times.get("expires", NOW + DAY)
    return hc1.issue(FOREIGN.key, FOREIGN.entry.kid, document, "AT", issued, expires).encode()


def card(*resources: shc.Resource, **more: object) -> bytes:
    """A health card of STATE about someone, with two doses unless there is something else."""
    doses = [shc.immunization("208", "2026-01-05"), shc.immunization("208", "2026-02-02")]
    told = [shc.patient(), *(resources or doses)]
    return shc.issue(STATE.key, shc.payload(CARDS_URL, NOW - DAY, told, **more)).encode()


def rng(seed: int) -> random.Random:
    return random.Random(seed)
