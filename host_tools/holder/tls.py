"""https for phones in the same network: a certificate authority of this folder's own.

Browsers sign and keep pages only where the connection is trusted, so a phone must be told once to
trust `page-ca.pem`. The authority's key signs nothing but this server's certificate, and both files
with keys are for their owner only.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from host_tools import files
from host_tools.problems import Failure

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the longest that browsers take
_SLACK = datetime.timedelta(minutes=10)  # for phones whose clock is behind


@dataclass(frozen=True)
class Files:
    """What the server needs, and what the phone is to trust."""

    certificate: Path
    key: Path
    authority: Path


def prepare(folder: Path, hosts: Sequence[str], now: datetime.datetime | None = None) -> Files:
    """A fresh certificate for the hosts, by the authority in the folder, made if there is none."""
    now = now or datetime.datetime.now(datetime.UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, key = _authority(folder / "page-ca.pem", folder / "page-ca.key.pem", now)
    server_key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name("One code page"), authority.subject, server_key, now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Files(folder / "page.pem", folder / "page.key.pem", folder / "page-ca.pem")
    made.key.unlink(missing_ok=True)
    files.write_new_private(made.key, _pem_of(server_key))
    pem = serialization.Encoding.PEM
    files.write_bytes(made.certificate, certificate.public_bytes(pem) + authority.public_bytes(pem))
    return made


def _authority(
    certificate: Path, key: Path, now: datetime.datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if certificate.exists() and key.exists():
        try:
            kept = x509.load_pem_x509_certificate(certificate.read_bytes())
            kept_key = serialization.load_pem_private_key(key.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise Failure(f"{certificate} cannot be used: {error}; remove it and {key}") from None
        assert isinstance(kept_key, ec.EllipticCurvePrivateKey)
        if now < kept.not_valid_after_utc - datetime.timedelta(days=SERVER_DAYS):
            return kept, kept_key
    made_key = ec.generate_private_key(ec.SECP256R1())
    name = _name("One code page authority")
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        _builder(name, name, made_key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(made_key, hashes.SHA256())
    )
    key.unlink(missing_ok=True)
    files.write_new_private(key, _pem_of(made_key))
    files.write_bytes(certificate, made.public_bytes(serialization.Encoding.PEM))
    return made, made_key


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
