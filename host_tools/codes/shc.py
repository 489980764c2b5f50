"""`shc:/`, SMART Health Cards, issued for tests and the demo.

Cards are only verified in this product; these stand in for real ones.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence

from host_tools.bundles.entry import MAX_KID
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import decode64, encode64url, thumbprint

PREFIX = "shc:/"
CARD = "https://smarthealth.cards#health-card"
CVX = "http://hl7.org/fhir/sid/cvx"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

Resource = dict[str, object]


def issue(key: PrivateKey, payload: object) -> str:
    """The text of a card's code: what is signed, deflated, signed, and in digits."""
    header = {"zip": "DEF", "alg": "ES256", "kid": kid_of(key)}
    return to_text(sign(key, _json(header), deflate(_json(payload))))


def kid_of(key: PrivateKey) -> str:
    """The key id in cards: the key's whole thumbprint."""
    return encode64url(thumbprint(key.public))


def sign(key: PrivateKey, header: bytes, payload: bytes) -> str:
    """A compact JWS (RFC 7515)."""
    signed = f"{encode64url(header)}.{encode64url(payload)}"
    return f"{signed}.{encode64url(key.sign(signed.encode()))}"


def deflate(data: bytes, level: int = 9) -> bytes:
    """Raw deflate (RFC 1951)."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def to_text(jws: str) -> str:
    """Each character as two digits: its number less 45."""
    return PREFIX + "".join(f"{ord(character) - 45:02d}" for character in jws)


def payload(
    iss: str, issued: float, resources: Sequence[Resource], **more: object
) -> dict[str, object]:
    """What a card says. more: "exp", or "rid", which revokes it."""
    entries = [{"fullUrl": f"resource:{n}", "resource": r} for n, r in enumerate(resources)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    body: dict[str, object] = {
        "type": [CARD],
        "credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle},
    }
    if "rid" in more:
        body["rid"] = more.pop("rid")
    return {"iss": iss, "nbf": issued, **more, "vc": body}


def patient(family: str = "Anyperson", given: str = "Maria", born: str = "1951-01-20") -> Resource:
    """Someone who does not exist."""
    name = [{"family": family, "given": [given]}]
    return {"resourceType": "Patient", "name": name, "birthDate": born}


def immunization(code: str, date: str, system: str = CVX, **changes: object) -> Resource:
    """A dose that was given."""
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": coded(system, code),
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": date,
        "performer": [{"actor": {"display": "ABC General Hospital"}}],
        "lotNumber": "0000007",
        **changes,
    }


def observation(code: str, result: str, at: str, **changes: object) -> Resource:
    """A test's result: LOINC code of the test, SNOMED CT code of the result."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(LOINC, code),
        "subject": {"reference": "resource:0"},
        "effectiveDateTime": at,
        "performer": [{"display": "ABC General Hospital"}],
        "valueCodeableConcept": coded(SNOMED, result),
        **changes,
    }


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def jwks(*keys: PrivateKey) -> dict[str, object]:
    """What an issuer publishes at its URL's /.well-known/jwks.json."""
    return {"keys": [key.public.jwk(thumbprint(key.public)) for key in keys]}


def revocation_hash(kid: str, rid: str) -> bytes:
    """What revokes a card by its issuer's list: kid and rid, as the card has them."""
    return hashlib.sha256(decode64(kid)[:MAX_KID] + rid.encode()).digest()[:16]


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
