"""What others publish: batches of the EU gateway as its API describes them, and simpler forms."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes as algorithms
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from host_tools.keys.public import encode64url
from host_tools.problems import Failure
from host_tools.revocation import imports
from host_tools.revocation.hashes import of_text, of_uvci
from tests.unit.revocation.parts import hashes

NAME = "3f0c9a52-11aa-4bbb-8ccc-0123456789ab.cms"
UVCI = "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"


def batch(**changes: object) -> dict[str, object]:
    entries = [{"hash": base64.b64encode(one).decode()} for one in hashes(3)]
    usual = {
        "country": "AT",
        "expires": "2026-12-31T00:00:00+01:00",
        "kid": "UNKNOWN_KID",
        "hashType": "SIGNATURE",
        "entries": entries,
    }
    return {**usual, **changes}


def read(document: object, name: str = "list.json") -> list[imports.Batch]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(imports.read(data, name))


class Country:
    """A key that signs batches, and its certificate."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self.key = key
        name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "AT")])
        self.certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), 7)
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
            .sign(key, algorithms.SHA256())
        )

    def sign(self, content: bytes, *more: pkcs7.PKCS7Options, pss: bool = False) -> bytes:
        """As a national back end uploads it, in DER."""
        kind = padding.PSS(padding.MGF1(algorithms.SHA256()), 32) if pss else None
        builder = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(self.certificate, self.key, algorithms.SHA256(), rsa_padding=kind)
        )
        return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *more])


AUSTRIA = Country(ec.generate_private_key(ec.SECP256R1()))
RSA = Country(rsa.generate_private_key(65537, 2048))


def signed(content: bytes) -> bytes:
    return AUSTRIA.sign(content)


def indefinite(der: bytes) -> bytes:
    """The same in BER as streaming libraries write it: lengths left open, content in pieces."""
    info = cms.ContentInfo.load(der)
    data = info["content"]
    content = data["encap_content_info"]["content"].native
    half = len(content) // 2
    pieces = b"".join(
        b"\x04\x82" + len(p).to_bytes(2, "big") + p for p in (content[:half], content[half:])
    )
    inner = b"\x30\x80" + data["encap_content_info"]["content_type"].dump()
    inner += b"\xa0\x80\x24\x80" + pieces + b"\0\0" * 3
    body = b"\x30\x80" + data["version"].dump() + data["digest_algorithms"].dump() + inner
    body += data["certificates"].dump() + data["signer_infos"].dump() + b"\0\0"
    return b"\x30\x80" + info["content_type"].dump() + b"\xa0\x80" + body + b"\0\0" * 2


def test_a_batch_says_who_what_and_until_when() -> None:
    (found,) = read(batch(kid="AbCdEfGhIjk="), NAME.replace(".cms", ".json"))
    assert found.source.name == NAME.removesuffix(".cms")
    assert (found.source.country, found.source.kid) == ("AT", "AbCdEfGhIjk=")
    assert found.entries is not None
    assert [entry.hash16 for entry in found.entries] == hashes(3)
    assert {entry.kind for entry in found.entries} == {"SIGNATURE"}
    until = datetime(2026, 12, 30, 23, tzinfo=UTC).timestamp()
    assert {entry.expires for entry in found.entries} == {until}


@pytest.mark.parametrize("kind", ["UCI", "COUNTRYCODEUCI", "SIGNATURE"])
def test_every_hash_type_is_known(kind: str) -> None:
    (found,) = read(batch(hashType=kind))
    assert found.entries is not None
    assert {entry.kind for entry in found.entries} == {kind}


def test_a_batch_comes_in_a_cms_message() -> None:
    content = json.dumps(batch(kid="AbCdEfGhIjk=")).encode()
    der = signed(content)
    pem = b"-----BEGIN CMS-----\n" + base64.encodebytes(der) + b"-----END CMS-----\n"
    forms = [der, base64.b64encode(der), base64.encodebytes(der), pem, indefinite(der)]
    forms.append(base64.b64encode(indefinite(der)))
    expected = read(content, NAME)
    assert [list(imports.read(form, NAME)) for form in forms] == [expected] * len(forms)


def test_a_batch_must_be_signed_by_whom_one_asks_for() -> None:
    content = json.dumps(batch()).encode()
    plain = pkcs7.PKCS7Options.NoAttributes
    messages = {
        "ECDSA": (AUSTRIA, AUSTRIA.sign(content)),
        "BER": (AUSTRIA, indefinite(AUSTRIA.sign(content))),
        "no attributes": (AUSTRIA, AUSTRIA.sign(content, plain)),
        "RSA": (RSA, RSA.sign(content)),
        "PSS": (RSA, RSA.sign(content, pss=True)),
    }
    for name, (country, message) in messages.items():
        other = AUSTRIA if country is RSA else RSA
        both = [other.certificate, country.certificate]
        assert list(imports.read(message, NAME, both)) == read(content, NAME), name
        with pytest.raises(Failure, match="none of the certificates"):
            list(imports.read(message, NAME, [other.certificate]))
        at = message.index(b'"country": "') + 12
        forged = message[:at] + b"DE" + message[at + 2 :]
        assert b'"country": "DE"' in forged
        with pytest.raises(Failure, match="none of the certificates"):
            list(imports.read(forged, NAME, [country.certificate]))
    with pytest.raises(Failure, match="no CMS message"):
        list(imports.read(content, NAME, [AUSTRIA.certificate]))


def test_a_list_of_batches_says_what_was_deleted() -> None:
    document = {
        "more": False,
        "batches": [
            {"batchId": "one", "country": "AT", "date": "2026-11-01T00:00:00Z", "deleted": True},
            {"batchId": "two", "country": "DE", "date": "2026-11-02T00:00:00Z", "deleted": False},
        ],
    }
    (found,) = read(document)
    assert (found.source.name, found.entries) == ("one", None)


def test_several_batches_in_a_file_are_several_sources() -> None:
    found = read([batch(), batch(batchId="its own name")], "all.json")
    assert [one.source.name for one in found] == ["all.json 1", "its own name"]


def test_identifiers_and_plain_hashes() -> None:
    digest = hashlib.sha256(UVCI.encode()).digest()
    text = "\n".join(
        ["\ufeff# revoked", "", UVCI, " " + digest.hex(), digest[:16].hex().upper(),
         base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest[:16]).decode()]
    )  # fmt: skip
    for found in (read(text.encode(), "list.txt"), read({"revokedCerts": [UVCI]})):
        (one,) = found
        assert one.entries is not None
        assert {entry.hash16 for entry in one.entries} == {digest[:16]}
    assert of_uvci(UVCI) == digest[:16]
    assert of_uvci(UVCI, "AT") == hashlib.sha256(b"AT" + UVCI.encode()).digest()[:16]
    with pytest.raises(Failure, match="no hash"):
        of_text("00" * 15)


CARDS = {
    "kid": encode64url(bytes(range(32))),
    "method": "rid",
    "ctr": 3,
    "rids": ["AQPCj4wwk6Mt", "lHKzqFUMjhs.1636977600"],
}


def test_a_card_revocation_list_is_the_whole_of_a_keys_cards() -> None:
    (found,) = read(CARDS)
    assert found.whole
    assert found.source.name == f"cards of {CARDS['kid']}"
    assert "1 are revoked up to a time" in found.remark
    assert found.entries is not None
    first = hashlib.sha256(bytes(range(16)) + b"AQPCj4wwk6Mt").digest()[:16]
    assert found.entries[0].hash16 == first
    assert len(found.entries) == 2


WRONG: list[tuple[Any, str]] = [
    ({**CARDS, "method": "hash-fhir"}, "only 'rid' is known"),
    ({**CARDS, "kid": "AAAA"}, "thumbprint of 32 bytes"),
    ({**CARDS, "kid": "!"}, "must be base64url"),
    ({**CARDS, "rids": ["x" * 25]}, "is no rid"),
    ({**CARDS, "rids": [7, ""]}, "entry 2"),
    (batch(hashType="SHA1"), "hashType is 'SHA1'"),
    (batch(country="Austria"), "two capital letters"),
    (batch(expires="some day"), "must be a time"),
    (batch(entries=[]), "no entries"),
    (batch(entries=[{"hash": "AAAA"}]), "entry 1 has no hash"),
    (batch(entries=[*[{"hash": "A" * 22 + "=="}] * 2, {"hash": "!" * 24}]), "is no hash"),
    ({"batches": [{"deleted": True}]}, "batch 1 of the list"),
    ({"revoked": []}, "neither a batch"),
    (["one", "two"], "line 1"),
    ([1], "no revocations"),
    (b"{", "no JSON"),
    (b"\x30\x03\x02\x01\x01", "no signed CMS message"),
    (b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", "CERTIFICATE"),
    (b"\xff\xfe\x00", "neither text"),
    (b"# a comment\nhello\n", "line 2: 'hello'"),
]


@pytest.mark.parametrize(("content", "complaint"), WRONG, ids=lambda value: str(value)[:30])
def test_what_is_wrong_is_said(content: object, complaint: str) -> None:
    with pytest.raises(Failure, match=complaint):
        read(content)


def test_a_message_about_something_else(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is no JSON"):
        read(signed(b"hello"))
    empty = pkcs7_detached()
    with pytest.raises(Failure, match="detached"):
        read(empty)
    with pytest.raises(Failure, match=r"list\.txt.*line 1"):
        path = tmp_path / "list.txt"
        path.write_text("nonsense")
        imports.read_file(path)


def pkcs7_detached() -> bytes:
    info = cms.ContentInfo.load(signed(b"{}"))
    del info["content"]["encap_content_info"]["content"]
    dumped: bytes = info.dump(force=True)
    return dumped
