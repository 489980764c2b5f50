"""CMS messages (RFC 5652), as national back ends sign batches: content and signature."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

from asn1crypto import cms, pem
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from host_tools.problems import Failure

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Message:
    """A signed message with its content."""

    def __init__(self, der: bytes) -> None:
        """Raises ValueError if it is none."""
        try:
            info = cms.ContentInfo.load(der)
            if info["content_type"].native != "signed_data":
                raise ValueError(f"its content is {info['content_type'].native}")
            self._data = info["content"]
            self.content = self._data["encap_content_info"]["content"].native
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from None
        if self.content is not None and not isinstance(self.content, bytes):
            raise ValueError("its content are no bytes")

    def check(self, trusted: Sequence[x509.Certificate]) -> None:
        """Failure unless one of these certificates' keys has signed the content."""
        for signer in self._data["signer_infos"]:
            for certificate in trusted:
                if self._signed(signer, certificate):
                    return
        raise Failure("none of the certificates of --signer has signed this message")

    def _signed(self, signer: cms.SignerInfo, certificate: x509.Certificate) -> bool:
        name = signer["digest_algorithm"]["algorithm"].native
        algorithm = _HASHES.get(name)
        if algorithm is None or self.content is None:
            return False
        attributes = signer["signed_attrs"]
        message = self.content
        if len(attributes):
            digest = hashlib.new(name, self.content).digest()
            said = [
                a["values"][0].native for a in attributes if a["type"].native == "message_digest"
            ]
            if len(said) != 1 or not hmac.compare_digest(said[0], digest):
                return False
            message = attributes.untag().dump(force=True)  # as a SET, RFC 5652 5.4
        try:
            _verify(certificate, signer, message, algorithm)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True


def _verify(
    certificate: x509.Certificate,
    signer: cms.SignerInfo,
    message: bytes,
    algorithm: hashes.HashAlgorithm,
) -> None:
    key = certificate.public_key()
    signature = signer["signature"].native
    scheme = signer["signature_algorithm"]["algorithm"].native
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        scheme_padding = (
            padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
            if scheme == "rsassa_pss"
            else padding.PKCS1v15()
        )
        key.verify(signature, message, scheme_padding, algorithm)
    else:
        raise InvalidSignature


def read(data: bytes) -> Message | None:
    """A message in DER or BER, base64 or PEM; None if it is something else."""
    der = data
    sure = True
    if pem.detect(data):
        kind, _, der = pem.unarmor(data)
        if kind not in ("CMS", "PKCS7"):
            raise Failure(f"a PEM block {kind!r} holds no revocations")
    elif data[:1] != b"\x30":
        sure = False
        try:
            der = base64.b64decode(b"".join(data.split()), validate=True)
        except (ValueError, binascii.Error):
            return None
    try:
        return Message(der)
    except ValueError as error:
        if sure:
            raise Failure(f"this is no signed CMS message: {error}") from None
        return None  # plain text with a hash in base64


def load_certificate(path: Path) -> x509.Certificate:
    """A certificate in PEM or DER."""
    try:
        data = path.read_bytes()
        if pem.detect(data):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Failure(f"{path}: this is no certificate: {error}") from None
