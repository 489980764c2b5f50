"""`HC1:`, the EU Digital COVID Certificate (hcert 1.0.5), issued for tests and the demo.

Foreign certificates are only verified in this product; these stand in for real ones.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

import base45
import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from host_tools.bundles.certificates import USAGES, kid_of
from host_tools.keys.private import PrivateKey
from host_tools.keys.sm2 import Sm2Key

PREFIX = "HC1:"

_SIGN1_TAG = 18


def certificate(
    key: PrivateKey, country: str, name: str, start: int, end: int, kinds: Sequence[str] = ()
) -> bytes:
    """A self-signed document signer certificate in DER; kinds: its extended key usages."""
    assert not isinstance(key.native, Sm2Key), "no DCC is signed by SM2"
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder(subject, subject)
        .public_key(key.native.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(start, UTC))
        .not_valid_after(datetime.fromtimestamp(end, UTC))
    )
    if kinds:
        oids = [x509.ObjectIdentifier(oid) for oid, kind in USAGES.items() if kind in kinds]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids[: len(kinds)]), False)
    algorithm = None if isinstance(key.native, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    signed = builder.sign(key.native, algorithm)
    return signed.public_bytes(serialization.Encoding.DER)


def issue(
    key: PrivateKey, kid: bytes, document: object, country: str, issued: int, expires: int
) -> str:
    """The text of a certificate whose payload is `document` (DCC schema 1.3)."""
    protected = cbor2.dumps({1: key.alg, 4: kid})
    payload = cbor2.dumps({1: country, 4: expires, 6: issued, -260: {1: document}})
    structure = cbor2.dumps(["Signature1", protected, b"", payload])
    cose = cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, key.sign(structure)])
    text: str = base45.b45encode(zlib.compress(cbor2.dumps(cose), 9)).decode()
    return PREFIX + text


def vaccination(country: str, dose: int, of: int, date: str) -> dict[str, object]:
    """The payload of a vaccination certificate of someone who does not exist."""
    entry = {
        "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
        "dn": dose, "sd": of, "dt": date, "co": country, "is": "Ministry of Health",
        "ci": f"URN:UVCI:01:{country}:0123456789ABCDEF#7",
    }  # fmt: skip
    name = {"fn": "Musterfrau", "fnt": "MUSTERFRAU", "gn": "Erika", "gnt": "ERIKA"}
    return {"ver": "1.3.0", "nam": name, "dob": "1964-08-12", "v": [entry]}


__all__ = ["certificate", "issue", "kid_of", "vaccination"]
