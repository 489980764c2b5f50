"""`shc:/` cards: accepted and mapped to the same claims as others, or refused for their reason.

Everything here is made by host_tools/codes/shc.py; what the specification publishes was tried too
(docs/formats.md).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from host_tools.codes import shc
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import decode64, encode64url
from host_tools.names import FORMATS
from host_tools.verifying.service import Answer, Service

from .people import (
    CARDS_URL as URL,
)
from .people import (
    CITY,
    DAY,
    FOREIGN,
    LAB,
    NOW,
    PLATFORM,
    STATE,
    VALUES,
    publisher,
    rng,
    trust_part,
)

HOSPITALS = publisher("Hospitals", "https://a.example/x", "https://b.example/y")
ABROAD = publisher("Abroad", "https://abroad.example", claims=4, jurisdictions=())
ENDED = publisher("Ended", "https://ended.example", not_after=NOW - 1)

PATIENT = shc.patient()
DOSES = [shc.immunization("208", "2026-01-05"), shc.immunization("208", "2026-02-02")]
NEGATIVE = shc.observation("94500-6", "260415000", "2026-09-20T08:00:00Z")


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    cards = (STATE, HOSPITALS, ABROAD, ENDED)
    with Service(trust=trust_part(*cards), values=VALUES) as service:
        yield service


def payload(*resources: shc.Resource, iss: str = URL, at: float = NOW - DAY, **more: object) -> Any:
    return shc.payload(iss, at, [PATIENT, *resources], **more)


def card(*resources: shc.Resource, **more: Any) -> str:
    return shc.issue(STATE.key, payload(*resources, **more))


def packed(
    body: bytes | None = None,
    header: object = None,
    key: PrivateKey | None = None,
    document: object = None,
) -> str:
    """A card with one of its layers in place of the usual one."""
    if body is None:
        body = shc.deflate(_json(payload(*DOSES) if document is None else document))
    usual = {"zip": "DEF", "alg": "ES256", "kid": shc.kid_of(STATE.key)}
    head = header if isinstance(header, bytes) else _json(usual if header is None else header)
    return shc.to_text(shc.sign(key or STATE.key, head, body))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def verify(gate: Service, text: str, at: int = NOW) -> Answer:
    return gate.verify(text.encode(), at)


def reason(gate: Service, text: str, at: int = NOW) -> str | None:
    answer = verify(gate, text, at)
    assert answer["ok"] == (answer["reason"] is None)
    return answer["reason"]


# what is accepted


def test_vaccinations_become_claims(gate: Service) -> None:
    answer = verify(gate, card(*DOSES))
    assert answer["ok"], answer
    assert (answer["format"], answer["issuer"]) == ("SHC", "State")
    assert answer["kid"] == STATE.entry.kid.hex()
    common = {"issuer": "State", "jurisdiction": "US-CA", "product": "Comirnaty", "of": 2}
    assert answer["claims"] == {
        "vaccination": [{**common, "dose": 1, "day": 20458}, {**common, "dose": 2, "day": 20486}]
    }


def test_a_test_result_becomes_a_claim(gate: Service) -> None:
    answer = verify(gate, card(NEGATIVE))
    assert answer["claims"] == {
        "test": [
            {
                "issuer": "State", "jurisdiction": "US-CA", "kind": "naat", "result": "negative",
                "at": 1789891200,
            }
        ]
    }  # fmt: skip


def doses(gate: Service, *resources: shc.Resource) -> list[tuple[str, int, int]]:
    answer = verify(gate, card(*resources))
    assert answer["ok"], answer
    return [(c["product"], c["dose"], c["of"]) for c in answer["claims"]["vaccination"]]


def test_doses_are_counted_by_day_whatever_their_order(gate: Service) -> None:
    third = shc.immunization("207", "2026-08-01")
    assert doses(gate, third, *DOSES) == [
        ("Comirnaty", 1, 2), ("Comirnaty", 2, 2), ("Spikevax", 3, 3),
    ]  # fmt: skip
    assert doses(gate, DOSES[0], DOSES[0]) == [("Comirnaty", 1, 2)]  # told twice
    twin = shc.immunization("207", "2026-01-05")
    assert doses(gate, DOSES[0], twin) == [("Comirnaty", 1, 2), ("Spikevax", 1, 2)]  # one day
    assert doses(gate, shc.immunization("212", "2026-01-05")) == [("Jcovden", 1, 1)]


def test_of_many_doses_the_latest_are_told(gate: Service) -> None:
    many = [shc.immunization("208", f"2025-{month:02d}-01") for month in range(1, 11)]
    assert [dose for _, dose, _ in doses(gate, *many)] == list(range(3, 11))


def test_a_vaccine_of_an_unnamed_make_is_never_complete(gate: Service) -> None:
    unknown = shc.immunization("213", "2026-01-05"), shc.immunization("213", "2026-02-05")
    assert doses(gate, *unknown) == [("COVID-19 vaccine", 1, 99), ("COVID-19 vaccine", 2, 99)]


@pytest.mark.parametrize(
    ("system", "code", "product"),
    [
        ("http://hl7.org/fhir/sid/cvx", "511", "CoronaVac"),
        ("http://id.who.int/icd11/mms", "XM8866", "BBIBP-CorV"),
        ("http://snomed.info/sct", "28571000087109", "Spikevax"),
    ],
)
def test_codes_of_other_systems(gate: Service, system: str, code: str, product: str) -> None:
    assert doses(gate, shc.immunization(code, "2026-01-05", system)) == [(product, 1, 2)]


def test_the_first_coding_that_is_known_counts(gate: Service) -> None:
    codings = [
        {"system": "urn:unknown", "code": "208"}, {"code": "207"}, {"system": shc.CVX},
        *shc.coded(shc.CVX, "510")["coding"],  # type: ignore[misc]
    ]  # fmt: skip
    several = shc.immunization("x", "2026-01-05", vaccineCode={"coding": codings})
    assert doses(gate, several) == [("BBIBP-CorV", 1, 2)]


@pytest.mark.parametrize(
    ("date", "day"),
    [("2026-01-05", 20458), ("2026-01-05T23:30:00-08:00", 20458), ("2026-01-05T10:00:00Z", 20458)],
)
def test_of_a_time_of_vaccination_the_day_counts(gate: Service, date: str, day: int) -> None:
    answer = verify(gate, card(shc.immunization("208", date)))
    assert answer["claims"]["vaccination"][0]["day"] == day


@pytest.mark.parametrize(
    ("code", "result", "changes", "kind", "means"),
    [
        ("94558-4", "260385009", {}, "rat", "negative"),
        ("LP6464-4", "10828004", {}, "naat", "positive"),
        ("94500-6", "419984006", {}, "naat", "other"),
        ("94500-6", "1", {}, "naat", "other"),
        ("94500-6", "260415000", {"status": "corrected"}, "naat", "negative"),
        ("94500-6", "", {"valueCodeableConcept": None, "valueString": "neg"}, "naat", "other"),
        ("94500-6", "", {"valueCodeableConcept": shc.coded(shc.LOINC, "LA6577-6")}, "naat",
         "negative"),
    ],
)  # fmt: skip
def test_kinds_and_results_of_tests(
    gate: Service, code: str, result: str, changes: dict[str, object], kind: str, means: str
) -> None:
    observation = shc.observation(code, result, "2026-09-20", **changes)
    (claim,) = verify(gate, card(observation))["claims"]["test"]
    assert (claim["kind"], claim["result"], claim["at"]) == (kind, means, 1789862400)


def test_what_is_not_known_is_passed_over(gate: Service) -> None:
    others: list[shc.Resource] = [
        {"resourceType": "Location", "name": "ABC Pharmacy"},
        {"resourceType": "Immunization"},
        {"resourceType": "Observation", "status": "final", "code": {"text": "?"}},
        {"no": "type", "deep": [[[{"a": [1, -2.5e3, True, None, '\u00e9\\"\n']}]]]},
        shc.immunization("115", "2026-01-05"),  # Tdap: no vaccine against COVID-19
        shc.immunization("208", "2026-01-05", status="not-done"),
        shc.immunization("208", "2026-01-06", status="entered-in-error"),
        shc.immunization("208", "2026-01-07", isSubpotent=True),
        shc.immunization("208", "2026-01"),  # no day
        shc.immunization("208", "2026"),
        shc.immunization("208", "2026-02-30"),
        shc.observation("2093-3", "260415000", "2026-09-20"),  # cholesterol
        shc.observation("94500-6", "260415000", "2026-09-20", status="preliminary"),
        shc.observation("94500-6", "260415000", "2026-09"),
    ]
    assert doses(gate, *others, DOSES[0]) == [("Comirnaty", 1, 2)]
    assert reason(gate, card(*others)) == "claims_invalid"


def test_times_may_have_fractions_and_exponents(gate: Service) -> None:
    assert reason(gate, card(*DOSES, at=NOW - DAY + 0.75)) is None
    text = _json(payload(*DOSES)).replace(str(NOW - DAY).encode(), b"1.7899136E9")
    assert reason(gate, packed(shc.deflate(text))) is None


def test_white_space_and_escapes_mean_what_they_mean(gate: Service) -> None:
    pretty = json.dumps(payload(*DOSES), indent=2).replace('"nbf"', '"\\u006ebf"').encode()
    assert reason(gate, packed(shc.deflate(pretty))) is None


def test_any_way_of_deflating_is_read(gate: Service) -> None:
    text = _json(payload(*DOSES))
    for level in range(10):
        assert reason(gate, packed(shc.deflate(text, level))) is None
    trailer = zlib.crc32(text).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    assert reason(gate, packed(shc.deflate(text) + trailer)) is None  # gzip's, from one country


def test_a_large_card_reaches_back_far(gate: Service) -> None:
    """Repeats at a distance, and more text than there usually is."""
    noise = encode64url(rng(1).randbytes(400))
    far: shc.Resource = {"resourceType": "Basic", "a": noise, "b": "x" * 5000}
    text = card(far, *DOSES, {"a": noise})
    assert len(text) < 4296
    assert reason(gate, text) is None


def test_a_key_may_be_published_under_several_urls(gate: Service) -> None:
    for url in ("https://a.example/x", "https://b.example/y"):
        text = shc.issue(HOSPITALS.key, payload(*DOSES, iss=url))
        assert reason(gate, text) is None
    for url in ("https://a.example", "https://c.example/x", URL, ""):
        text = shc.issue(HOSPITALS.key, payload(*DOSES, iss=url))
        assert reason(gate, text) == "issuer_mismatch"


# what is refused, stage by stage


TEXT = card(*DOSES)
JWS = "".join(chr(int(TEXT[i : i + 2]) + 45) for i in range(5, len(TEXT), 2))
HEADER, PAYLOAD, SIGNATURE = JWS.split(".")


def text_of(*parts: str) -> str:
    return shc.to_text(".".join(parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SHC:/" + TEXT[5:], "prefix_unknown"),
        ("shc:" + TEXT[5:], "prefix_unknown"),
        ("shc:/1/2/" + TEXT[5:], "code_in_parts"),
        ("shc:/10/12/" + TEXT[5:], "code_in_parts"),
        ("shc:/", "numeric_invalid"),
        (TEXT[:-1], "numeric_invalid"),
        (TEXT + "0", "numeric_invalid"),
        (TEXT[:-2] + "78", "numeric_invalid"),
        (TEXT[:-2] + "99", "numeric_invalid"),
        (TEXT[:-2] + "x1", "numeric_invalid"),
        (TEXT[:-2] + "1 ", "numeric_invalid"),
        (TEXT + "\xa0\xa0", "numeric_invalid"),
        ("shc:/" + "0" * 4292, "code_too_long"),
        (text_of(HEADER, PAYLOAD), "jws_invalid"),
        (text_of(HEADER, PAYLOAD, SIGNATURE, ""), "jws_invalid"),
        (text_of(HEADER[:-1] + "=", PAYLOAD, SIGNATURE), "jws_invalid"),
        (text_of(HEADER, PAYLOAD, SIGNATURE[:-1] + "/"), "jws_invalid"),
        (text_of(HEADER, PAYLOAD, SIGNATURE + "AAA"), "jws_invalid"),
        (text_of(HEADER, PAYLOAD, SIGNATURE + "AA"), "signature_invalid"),
        (text_of("", PAYLOAD, SIGNATURE), "json_invalid"),
        (text_of(HEADER, "", SIGNATURE), "signature_invalid"),
        (text_of(HEADER, PAYLOAD, ""), "signature_invalid"),
        (text_of(HEADER, PAYLOAD + "AAAA", SIGNATURE), "signature_invalid"),
    ],
    ids=range(23),
)
def test_texts_that_are_no_cards(gate: Service, text: str, expected: str) -> None:
    assert gate.verify(text.encode("latin-1"), NOW)["reason"] == expected


def test_bits_left_over_in_base64url_must_be_zero(gate: Service) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(SIGNATURE[-1])  # 86 characters: four bits of the last are over
    assert last & 15 == 0
    for spill in range(1, 16):
        text = text_of(HEADER, PAYLOAD, SIGNATURE[:-1] + alphabet[last | spill])
        assert reason(gate, text) == "jws_invalid"


KID = shc.kid_of(STATE.key)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"zip": "DEF", "alg": "none", "kid": KID}, "alg_unknown"),
        ({"zip": "DEF", "alg": "HS256", "kid": KID}, "alg_unknown"),
        ({"zip": "DEF", "alg": "es256", "kid": KID}, "alg_unknown"),
        ({"zip": "DEF", "alg": ["ES256"], "kid": KID}, "alg_unknown"),
        ({"zip": "DEF", "kid": KID}, "alg_unknown"),
        ({"alg": "ES256", "kid": KID}, "jws_invalid"),
        ({"zip": "GZ", "alg": "ES256", "kid": KID}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": KID, "crit": ["exp"]}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": KID, "crit": 1}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256"}, "kid_missing"),
        ({"zip": "DEF", "alg": "ES256", "kid": 1}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": KID[:-1]}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": KID + "="}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": encode64url(bytes(16))}, "jws_invalid"),
        ({"zip": "DEF", "alg": "ES256", "kid": encode64url(bytes(32))}, "issuer_unknown"),
        ({"zip": "DEF", "alg": "ES256", "kid": KID, "typ": "JWT", "jku": "x", "x5c": []}, None),
        ([], "jws_invalid"),
        ("DEF", "jws_invalid"),
        (b'{"zip":"DEF","alg":"ES256","alg":"ES256","kid":"' + KID.encode() + b'"}',
         "json_invalid"),
        (b'{"zip":"DEF","alg":"ES256","kid":"' + KID.encode() + b'"} x', "json_invalid"),
        (b'{"zip":"DEF","alg":"ES256","kid":"' + KID.encode() + b'","x":"' + b"x" * 500 + b'"}',
         "jws_invalid"),
        (b"[" * 60, "json_too_complex"),
    ],
    ids=range(22),
)  # fmt: skip
def test_headers(gate: Service, header: object, expected: str | None) -> None:
    assert reason(gate, packed(header=header)) == expected


def test_the_signature_is_over_header_and_payload(gate: Service) -> None:
    other = _json({"kid": KID, "alg": "ES256", "zip": "DEF"})
    assert reason(gate, text_of(encode64url(other), PAYLOAD, SIGNATURE)) == "signature_invalid"
    changed = encode64url(shc.deflate(_json(payload(DOSES[0]))))
    assert reason(gate, text_of(HEADER, changed, SIGNATURE)) == "signature_invalid"
    assert reason(gate, packed(key=ABROAD.key)) == "signature_invalid"


def test_a_signature_in_der_is_none(gate: Service) -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    raw = decode64(SIGNATURE)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    assert reason(gate, text_of(HEADER, PAYLOAD, encode64url(der))) == "signature_invalid"


def test_a_key_of_another_format_signs_no_cards(gate: Service) -> None:
    """Its kid is another; even a thumbprint of it is of no use."""
    for one in (PLATFORM, CITY, FOREIGN):
        assert reason(gate, shc.issue(one.key, payload(*DOSES))) == "issuer_unknown"
    assert LAB.entry.formats & FORMATS["SHC"] == 0


def test_a_key_of_cards_signs_no_other_format(gate: Service) -> None:
    from host_tools.codes import hc1

    document = hc1.vaccination("AT", 2, 2, "2026-01-15")
    text = hc1.issue(STATE.key, STATE.entry.kid, document, "AT", NOW - DAY, NOW + DAY)
    assert reason(gate, text) == "format_not_permitted"


USUAL = _json(payload(*DOSES))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "inflate_failed"),
        (b"\xff" * 20, "inflate_failed"),
        (zlib.compress(USUAL), "inflate_failed"),  # zlib's header and Adler-32
        (shc.deflate(USUAL)[:-1], "inflate_failed"),
        (shc.deflate(USUAL)[:20], "inflate_failed"),
        (shc.deflate(USUAL) + b"\0", "inflate_failed"),
        (shc.deflate(USUAL) + bytes(8), "inflate_failed"),
        (shc.deflate(USUAL) * 2, "inflate_failed"),
        (shc.deflate(b"\xef\xbb\xbf" + USUAL), "json_invalid"),
        (shc.deflate(USUAL + b"x"), "json_invalid"),
        (shc.deflate(USUAL * 2), "json_invalid"),
        (shc.deflate(USUAL[:-1]), "json_invalid"),
        (shc.deflate(b""), "json_invalid"),
        (shc.deflate(USUAL[:-1] + b',"nbf":1}'), "json_invalid"),  # twice
        (shc.deflate(USUAL[:-1] + b',"\\u0076c":{}}'), "json_invalid"),
        (shc.deflate(USUAL + b" " * 12000), "inflate_too_large"),
        (shc.deflate(b" " * 1_000_000 + USUAL), "inflate_too_large"),
        (shc.deflate(b"[" * 8000), "json_too_complex"),
        (shc.deflate(b'{"a":' * 1500), "json_too_complex"),
        (shc.deflate(b"[]"), "claims_invalid"),
        (shc.deflate(b"null"), "claims_invalid"),
        (shc.deflate(b"{}"), "claims_invalid"),
    ],
    ids=range(22),
)
def test_payloads(gate: Service, body: bytes, expected: str) -> None:
    assert reason(gate, packed(body)) == expected


def without(document: Any, *path: str) -> Any:
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return document


def changed(document: Any, value: object, *path: str) -> Any:
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return document


BUNDLE = ("vc", "credentialSubject", "fhirBundle")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (without(payload(*DOSES), "iss"), "issuer_mismatch"),
        (changed(payload(*DOSES), 7, "iss"), "issuer_mismatch"),
        (changed(payload(*DOSES), URL + "/", "iss"), "issuer_mismatch"),
        (changed(payload(*DOSES), URL + "x" * 600, "iss"), "issuer_mismatch"),
        (without(payload(*DOSES), "nbf"), "claims_invalid"),
        (changed(payload(*DOSES), str(NOW), "nbf"), "claims_invalid"),
        (changed(payload(*DOSES), -1, "nbf"), "claims_invalid"),
        (changed(payload(*DOSES), True, "nbf"), "claims_invalid"),
        (changed(payload(*DOSES), (NOW - DAY) * 1000, "nbf"), "code_not_yet_valid"),
        (changed(payload(*DOSES), 10**30, "nbf"), "claims_invalid"),
        (changed(payload(*DOSES), NOW + 61, "nbf"), "code_not_yet_valid"),
        (changed(payload(*DOSES), NOW + 60, "nbf"), None),
        (changed(payload(*DOSES), NOW, "exp"), None),
        (changed(payload(*DOSES), NOW - 1, "exp"), "code_expired"),
        (changed(payload(*DOSES), NOW - 0.5, "exp"), "code_expired"),
        (changed(payload(*DOSES), None, "exp"), "claims_invalid"),
        (changed(payload(*DOSES), "never", "exp"), "claims_invalid"),
        (without(payload(*DOSES), "vc"), "claims_invalid"),
        (changed(payload(*DOSES), [], "vc"), "claims_invalid"),
        (without(payload(*DOSES), "vc", "type"), "claims_invalid"),
        (changed(payload(*DOSES), shc.CARD, "vc", "type"), "claims_invalid"),
        (changed(payload(*DOSES), ["VerifiableCredential"], "vc", "type"), "claims_invalid"),
        (changed(payload(*DOSES), ["x", shc.CARD, "y"], "vc", "type"), None),
        (without(payload(*DOSES), *BUNDLE), "claims_invalid"),
        (changed(payload(*DOSES), "Basic", *BUNDLE, "resourceType"), "claims_invalid"),
        (changed(payload(*DOSES), {}, *BUNDLE, "entry"), "claims_invalid"),
        (changed(payload(*DOSES), [1, None, "x", []], *BUNDLE, "entry"), "claims_invalid"),
        (changed(payload(*DOSES), "batch", *BUNDLE, "type"), None),
        (payload(), "claims_invalid"),
        (payload(PATIENT, *DOSES), "claims_invalid"),  # two people
        (shc.payload(URL, NOW - DAY, DOSES), "claims_invalid"),  # nobody
    ],
    ids=range(31),
)
def test_what_is_signed(gate: Service, document: Any, expected: str | None) -> None:
    assert reason(gate, packed(document=document)) == expected


def test_more_than_can_be_kept_is_too_complex(gate: Service) -> None:
    document = changed(payload(*DOSES), ["x"] * 700 + [shc.CARD], "vc", "type")
    assert reason(gate, packed(document=document)) == "json_too_complex"


def test_an_issuer_speaks_for_its_kinds_places_and_time(gate: Service) -> None:
    abroad = payload(NEGATIVE, iss="https://abroad.example")
    assert reason(gate, shc.issue(ABROAD.key, abroad)) == "claim_not_permitted"
    dose = payload(DOSES[0], iss="https://abroad.example")
    (claim,) = verify(gate, shc.issue(ABROAD.key, dose))["claims"]["vaccination"]
    assert claim["jurisdiction"] == ""
    ended = payload(*DOSES, iss="https://ended.example")
    assert reason(gate, shc.issue(ENDED.key, ended)) == "issuer_key_expired"


def test_without_value_sets_no_code_means_anything() -> None:
    with Service(trust=trust_part(STATE)) as gate:
        assert reason(gate, TEXT) == "claims_invalid"


def test_a_refusal_says_what_it_knew(gate: Service) -> None:
    answer = verify(gate, packed(document=payload()))
    assert (answer["format"], answer["issuer"]) == ("SHC", "State")
    answer = verify(gate, packed(key=ABROAD.key))
    assert (answer["format"], answer["issuer"]) == ("SHC", None)
    assert answer["kid"] == STATE.entry.kid.hex()
