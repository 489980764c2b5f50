"""`gatectl trust import`: what others publish becomes a trust file, with the right key ids."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ..gatectl import gatectl, works

EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
P384 = ec.generate_private_key(ec.SECP384R1())
OID = "1.3.6.1.4.1.1847.2021.1."


def certificate(key: Any = EC, *usages: str, serial: int = 1) -> bytes:
    """A DCC signer's certificate in DER."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "AT"),
            x509.NameAttribute(NameOID.COMMON_NAME, "DSC 1"),
        ]
    )
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
    )
    if usages:
        oids = [x509.ObjectIdentifier(usage) for usage in usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def pem(der: bytes) -> bytes:
    loaded = x509.load_der_x509_certificate(der)
    return loaded.public_bytes(serialization.Encoding.PEM)


def kid(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()[:16]


def imported(folder: Path, *files: tuple[str, bytes], options: tuple[str, ...] = ()) -> list[Any]:
    """The issuers of the trust file that comes of some files."""
    for name, data in files:
        (folder / name).write_bytes(data)
    names = [name for name, _ in files]
    works("trust", "import", *names, "-o", "trust.json", *options, cwd=folder)
    found: list[Any] = json.loads((folder / "trust.json").read_text())["issuers"]
    return found


def test_each_encoding_of_a_certificate(tmp_path: Path) -> None:
    ders = [certificate(serial=n) for n in range(1, 6)]
    issuers = imported(
        tmp_path,
        ("one.der", ders[0]),
        ("two.pem", pem(ders[1]) + b"text between\n" + pem(ders[2])),
        ("text.txt", base64.b64encode(ders[3]) + b"\n"),
        ("lines.txt", base64.encodebytes(ders[4])),
    )
    assert {issuer["kid"] for issuer in issuers} == {kid(der) for der in ders}
    assert {issuer["name"] for issuer in issuers} == {"AT DSC 1"}
    assert {issuer["not_after"] for issuer in issuers} == {"2028-01-01T00:00:00Z"}
    numbers = EC.public_key().public_numbers()
    raw = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    assert {base64.b64decode(issuer["key"]) for issuer in issuers} == {raw}


@pytest.mark.parametrize(
    ("usages", "claims"),
    [
        ((), {"vaccination", "test", "recovery"}),
        ((OID + "1",), {"test"}),
        ((OID + "2",), {"vaccination"}),
        ((OID + "3", OID + "1"), {"recovery", "test"}),
        (("1.3.6.1.4.1.0.1847.2021.1.2",), {"vaccination"}),
        (("1.3.6.1.5.5.7.3.2",), {"vaccination", "test", "recovery"}),
    ],
)
def test_extended_key_usages_limit_the_claims(
    tmp_path: Path, usages: tuple[str, ...], claims: set[str]
) -> None:
    (issuer,) = imported(tmp_path, ("c.der", certificate(EC, *usages)))
    assert set(issuer["claims"]) == claims
    assert issuer["formats"] == ["HC1"]


def test_rsa_certificates(tmp_path: Path) -> None:
    (issuer,) = imported(tmp_path, ("c.pem", pem(certificate(RSA))))
    assert issuer["alg"] == "PS256"
    assert (
        int.from_bytes(base64.b64decode(issuer["key"]), "big")
        == RSA.public_key().public_numbers().n
    )


@pytest.mark.parametrize("field", ["certificate", "rawData", "x5c"])
def test_a_trust_list_with_a_wrong_kid_gets_the_right_one(tmp_path: Path, field: str) -> None:
    good, wrong = certificate(serial=1), certificate(serial=2)
    right_kid = base64.b64encode(bytes.fromhex(kid(good))).decode()
    body = [
        {"kid": right_kid, field: base64.b64encode(good).decode()},
        {"kid": "AAAAAAAAAAA=", field: base64.b64encode(wrong).decode()},
    ]
    (tmp_path / "list.json").write_text(json.dumps(body))
    done = gatectl("trust", "import", "list.json", cwd=tmp_path)
    assert done.returncode == 0
    assert bytes(8).hex() in done.stderr
    assert kid(wrong) in done.stderr
    issuers = json.loads((tmp_path / "trust.json").read_text())["issuers"]
    assert {issuer["kid"] for issuer in issuers} == {kid(good), kid(wrong)}


def test_jwk_sets(tmp_path: Path) -> None:
    numbers = EC.public_key().public_numbers()

    def number(value: int) -> str:
        return base64.urlsafe_b64encode(value.to_bytes(32, "big")).decode().rstrip("=")

    jwk = {"kty": "EC", "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y)}
    thumbprint = hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode())
    issuers = imported(
        tmp_path,
        ("set.json", json.dumps({"keys": [{**jwk, "kid": "AQIDBAUGBwg"}]}).encode()),
        ("one.json", json.dumps(jwk | {"crv": "P-256"}).encode()),
        options=("--claims", "health,travel", "--jurisdiction", "CN-31"),
    )
    kids = {issuer["kid"] for issuer in issuers}
    assert "0102030405060708" in kids
    assert any(thumbprint.hexdigest().startswith(other) for other in kids - {"0102030405060708"})
    assert all(set(issuer["claims"]) == {"health", "travel"} for issuer in issuers)
    assert all(issuer["jurisdictions"] == ["CN-31"] for issuer in issuers)


def test_what_cannot_be_used_is_said_and_the_rest_imported(tmp_path: Path) -> None:
    (tmp_path / "384.der").write_bytes(certificate(P384))
    (tmp_path / "good.der").write_bytes(certificate())
    (tmp_path / "noise.bin").write_bytes(b"\0\1\2")
    done = gatectl("trust", "import", "384.der", "good.der", "noise.bin", cwd=tmp_path)
    assert done.returncode == 0
    assert "384.der" in done.stderr
    assert "noise.bin" in done.stderr
    assert len(json.loads((tmp_path / "trust.json").read_text())["issuers"]) == 1
    nothing = gatectl("trust", "import", "noise.bin", "-o", "no.json", cwd=tmp_path)
    assert nothing.returncode == 1
    assert not (tmp_path / "no.json").exists()


BROKEN = {
    "Finland's: BasicConstraints with its default value written out": (
        ("2.5.29.19", b"\x30\x03\x01\x01\x00"), {"vaccination"}),
    "an extended key usage with nothing in it": (
        ("2.5.29.37", b"\x30\x00"), {"vaccination", "test", "recovery"}),
}  # fmt: skip


@pytest.mark.parametrize("why", BROKEN)
def test_an_extension_that_breaks_the_rules_hides_no_usages(tmp_path: Path, why: str) -> None:
    (oid, value), claims = BROKEN[why]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DSC")])
    builder = (
        x509.CertificateBuilder(name, name, EC.public_key(), 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), False)
    )
    if oid != "2.5.29.37":
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(OID + "2")])
        builder = builder.add_extension(usage, critical=True)
    der = builder.sign(EC, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    with pytest.raises(ValueError, match="asn1"):
        list(x509.load_der_x509_certificate(der).extensions)
    (issuer,) = imported(tmp_path, ("c.der", der))
    assert set(issuer["claims"]) == claims
    assert issuer["kid"] == kid(der)
