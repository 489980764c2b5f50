"""ICAO's visible digital seals: proofs of vaccination, accepted or refused for their reason."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from host_tools.bundles.certificates import SEAL_USAGE, entry_of
from host_tools.keys.private import PrivateKey, generate
from host_tools.keys.public import encode64url
from host_tools.names import ES256, FORMATS
from host_tools.verifying.service import Answer, Service

from .people import DAY, NOW, PLATFORM, VALUES, Issuer, rng, trust_part


def certificate(key: PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "AU")])
    builder = (
        x509.CertificateBuilder(name, name, key.native.public_key(), 7)  # type: ignore[arg-type]
        .not_valid_before(datetime.fromtimestamp(NOW - 100 * DAY, UTC))
        .not_valid_after(datetime.fromtimestamp(NOW + 100 * DAY, UTC))
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(SEAL_USAGE)]), True)
    )
    signed = builder.sign(key.native, hashes.SHA256())  # type: ignore[arg-type]
    return signed.public_bytes(serialization.Encoding.DER)


KEY = generate(ES256)
DER = certificate(KEY)
SIGNER = Issuer(KEY, replace(entry_of(DER, ""), name="Australia", jurisdictions=("AU",)))

DATA: dict[str, Any] = {
    "hdr": {"is": "AUS", "t": "icao.vacc", "v": 1},
    "msg": {
        "pid": {"dob": "1961-05-15", "i": "PA0941262", "n": "NOBODY ATALL"},
        "uvci": "VB0009990012",
        "ve": [
            {
                "des": "XM68M6", "dis": "RA01.0", "nam": "AstraZeneca Vaxzevria",
                "vd": [
                    {"adm": "GP", "ctr": "AUS", "dvc": "2026-01-15", "lot": "300157P", "seq": 1},
                    {"adm": "GP", "ctr": "AUS", "dvc": "2026-03-15", "lot": "300157P", "seq": 2},
                ],
            }
        ],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=trust_part(SIGNER), values=VALUES) as service:
        yield service


def canonical(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def code(
    data: object = DATA, key: PrivateKey = KEY, alg: str = "ES256", der: bytes = DER, pad: str = ""
) -> bytes:
    body = data if isinstance(data, bytes) else canonical(data)
    signature = encode64url(key.sign(body)) + pad
    seal = f'{{"alg":"{alg}","cer":"{encode64url(der)}","sigvl":"{signature}"}}'
    return b'{"data":' + body + b',"sig":' + seal.encode() + b"}"


def verify(gate: Service, text: bytes) -> Answer:
    return gate.verify(text, NOW)


def changed(*path: Any, to: object = None) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    inner: Any = data
    for name in path[:-1]:
        inner = inner[name]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return data


def test_a_certificate_s_usage_says_what_it_signs() -> None:
    entry = entry_of(DER, "")
    assert (entry.formats, entry.claims) == (FORMATS["VDS"], 4)
    assert entry.kid == hashlib.sha256(DER).digest()[:8]


def test_a_certificate_that_the_library_refuses_is_read_by_hand() -> None:
    """Japan's have parameters beside an algorithm that must have none."""
    algorithm = bytes.fromhex("06082a8648ce3d040302")
    odd = DER.replace(b"\x30\x0a" + algorithm, b"\x30\x0c" + algorithm + b"\x05\x00")
    with pytest.raises(ValueError, match="ParseError"):
        x509.load_der_x509_certificate(odd)
    entry, usual = entry_of(odd, ""), entry_of(DER, "")
    assert entry.kid == hashlib.sha256(odd).digest()[:8]
    assert replace(entry, kid=usual.kid, name=usual.name) == usual
    for broken in (odd.replace(b"Z", b"Y"), odd.replace(bytes.fromhex("678108"), b"abc"), odd[:60]):
        with pytest.raises(ValueError, match="not a readable"):
            entry_of(broken, "")


def test_doses_become_claims(gate: Service) -> None:
    answer = verify(gate, code())
    assert answer["ok"], answer
    assert (answer["format"], answer["issuer"]) == ("VDS", "Australia")
    common = {"issuer": "Australia", "jurisdiction": "AU", "product": "Vaxzevria", "of": 2}
    assert answer["claims"]["vaccination"] == [
        {**common, "dose": 1, "day": 20468}, {**common, "dose": 2, "day": 20527},
    ]  # fmt: skip
    assert verify(gate, code(pad="=="))["ok"]


def test_a_name_that_nobody_knows_stands_as_it_is(gate: Service) -> None:
    unknown = changed("msg", "ve", 0, "nam", to="Elixir")
    found = verify(gate, code(unknown))["claims"]["vaccination"]
    assert [(c["product"], c["dose"], c["of"]) for c in found] == [
        ("Elixir", 1, 99),
        ("Elixir", 2, 99),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed("hdr", "t", to="icao.test"), "claims_invalid"),
        (changed("hdr", "v", to=2), "claims_invalid"),
        (changed("hdr"), "claims_invalid"),
        (changed("msg"), "claims_invalid"),
        (changed("msg", "pid"), "claims_invalid"),
        (changed("msg", "pid", "n", to=""), "claims_invalid"),
        (changed("msg", "ve"), "claims_invalid"),
        (changed("msg", "ve", 0, "dis", to="1A07"), "claims_invalid"),  # another disease
        (changed("msg", "ve", 0, "dis"), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", to=[]), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "dvc", to="2026-02-30"), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "dvc"), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "seq"), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "seq", to=0), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "seq", to=100), "claims_invalid"),
        (changed("msg", "ve", 0, "vd", 0, "seq", to="1"), "claims_invalid"),
        (b'{"hdr":{}}{}', "json_invalid"),
        (b'{"hdr":{},"hdr":{}}', "json_invalid"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "json_too_complex"),
        (changed("msg", "pid", "i", to='x,"sig":{'), None),
    ],
    ids=range(20),
)
def test_what_is_signed(gate: Service, data: object, reason: str | None) -> None:
    text = code(data)
    if not isinstance(data, bytes) or data.startswith(b'{"'):
        assert verify(gate, text)["reason"] == reason


TEXT = code()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TEXT[:-1], "jws_invalid"),
        (TEXT + b"}", "jws_invalid"),
        (TEXT.replace(b'"alg"', b'"Alg"'), "jws_invalid"),
        (TEXT.replace(b',"sig":{', b',"sig": {'), "jws_invalid"),
        (TEXT.replace(b',"sigvl":"', b',"sigvl":"='), "jws_invalid"),
        (code(pad="==="), "jws_invalid"),
        (code(pad="AAA"), "jws_invalid"),
        (code(alg="ES384"), "alg_unknown"),
        (code(alg="none"), "alg_unknown"),
        (code(key=PLATFORM.key), "signature_invalid"),
        (code(der=certificate(PLATFORM.key)), "issuer_unknown"),
        (TEXT.replace(b"VB000", b"VB001"), "signature_invalid"),
        (TEXT.replace(b'"is":"AUS"', b'"is": "AUS"'), "signature_invalid"),  # not canonical
        (b'{"data":{}', "jws_invalid"),
        (b'{"data":{', "jws_invalid"),
        (b'{"data":1}', "prefix_unknown"),
    ],
    ids=range(16),
)
def test_texts_that_are_no_seals(gate: Service, text: bytes, reason: str) -> None:
    assert verify(gate, text)["reason"] == reason


def test_noise_in_a_seal(gate: Service) -> None:
    random = rng(9)
    for _ in range(500):
        at = random.randrange(9, len(TEXT))
        piece = random.choice((b"", b'"', b"{", random.randbytes(3), TEXT[at : at + 7]))
        text = TEXT[:at] + piece + TEXT[at + random.randrange(4) :]
        answer = verify(gate, text)
        assert text == TEXT or not answer["ok"]
        assert answer["reason"] != "internal_error", text


def test_seals_are_revoked_like_certificates(run_firmware: Any) -> None:
    from .test_adapters import verify as verify_with

    for data in (b"VB0009990012", b"AUSVB0009990012"):
        digest = hashlib.sha256(data).hexdigest()[:32]
        answer = verify_with(run_firmware, TEXT, trust_part(SIGNER), [digest])
        assert answer[1] == "code_revoked"
