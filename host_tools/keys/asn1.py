"""ASN.1 of keys on the SM2 curve, which `cryptography` does not load: DER in and out.

SubjectPublicKeyInfo (RFC 5480), PKCS#8 (RFC 5958) with ECPrivateKey (RFC 5915) in it, the same
encrypted by PBES2 (RFC 8018: PBKDF2-HMAC-SHA256 and AES-256-CBC, OpenSSL's usual), and the key of
an X.509 certificate (RFC 5280). The curve is 1.2.156.10197.1.301 (GM/T 0006).
"""

from __future__ import annotations

import secrets
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509 import ObjectIdentifier

EC = ObjectIdentifier("1.2.840.10045.2.1")
CURVE = ObjectIdentifier("1.2.156.10197.1.301")

_PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2 = ObjectIdentifier("1.2.840.113549.1.5.12")
_HMAC_SHA256 = ObjectIdentifier("1.2.840.113549.2.9")
_AES256_CBC = ObjectIdentifier("2.16.840.1.101.3.4.1.42")
_AES_BLOCK = 128  # bits
_ROUNDS = 600_000  # of PBKDF2, for keys that are written here
_MAX_ROUNDS = 10_000_000  # a file must not keep the computer busy for hours


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    curve: ObjectIdentifier


@asn1.sequence
class _PublicInfo:
    algorithm: _Algorithm
    key: asn1.BitString


@asn1.sequence
class _EcPrivate:
    version: int
    secret: bytes
    curve: Annotated[ObjectIdentifier | None, asn1.Explicit(0)]
    public: Annotated[asn1.BitString | None, asn1.Explicit(1)]


@asn1.sequence
class _PrivateInfo:
    version: int
    algorithm: _Algorithm
    key: bytes


@asn1.sequence
class _Hash:
    algorithm: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class _Pbkdf2Values:
    salt: bytes
    rounds: int
    size: int | None
    hash: _Hash


@asn1.sequence
class _Pbkdf2:
    algorithm: ObjectIdentifier
    values: _Pbkdf2Values


@asn1.sequence
class _Aes:
    algorithm: ObjectIdentifier
    iv: bytes


@asn1.sequence
class _Pbes2Values:
    derivation: _Pbkdf2
    cipher: _Aes


@asn1.sequence
class _Pbes2:
    algorithm: ObjectIdentifier
    values: _Pbes2Values


@asn1.sequence
class _Encrypted:
    algorithm: _Pbes2
    data: bytes


@asn1.sequence
class _Extension:
    oid: ObjectIdentifier
    critical: Annotated[bool, asn1.Default(False)]
    value: bytes


@asn1.sequence
class _ToBeSigned:
    version: Annotated[int | None, asn1.Explicit(0)]
    serial: int
    algorithm: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    key: _PublicInfo
    issuer_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[_Extension] | None, asn1.Explicit(3)]


def read_public(der: bytes) -> bytes | None:
    """The encoded point of a SubjectPublicKeyInfo on the SM2 curve; None for anything else."""
    try:
        return _point(asn1.decode_der(_PublicInfo, der))
    except ValueError:
        return None


def read_certified(tbs: bytes) -> bytes | None:
    """The same from the TBSCertificate of a certificate."""
    try:
        return _point(asn1.decode_der(_ToBeSigned, tbs).key)
    except ValueError:
        return None


def write_public(point: bytes) -> bytes:
    """SubjectPublicKeyInfo of an encoded point."""
    algorithm = _Algorithm(algorithm=EC, curve=CURVE)
    return asn1.encode_der(_PublicInfo(algorithm=algorithm, key=asn1.BitString(point, 0)))


def read_private(der: bytes) -> tuple[bytes, bytes | None] | None:
    """The secret of a PKCS#8 key on the SM2 curve, and the encoded point if it has that."""
    try:
        outer = asn1.decode_der(_PrivateInfo, der)
        if outer.version != 0 or not _on_curve(outer.algorithm):
            return None
        inner = asn1.decode_der(_EcPrivate, outer.key)
    except ValueError:
        return None
    if inner.version != 1 or inner.curve not in (None, CURVE):
        return None
    return inner.secret, inner.public.as_bytes() if inner.public is not None else None


def read_sec1(der: bytes) -> tuple[bytes, bytes | None] | None:
    """The same of an ECPrivateKey that stands alone and names its curve."""
    try:
        key = asn1.decode_der(_EcPrivate, der)
    except ValueError:
        return None
    if key.version != 1 or key.curve != CURVE:
        return None
    return key.secret, key.public.as_bytes() if key.public is not None else None


def write_private(secret: bytes, point: bytes) -> bytes:
    """PKCS#8 of a secret and the encoded point that belongs to it."""
    inner = _EcPrivate(version=1, secret=secret, curve=None, public=asn1.BitString(point, 0))
    algorithm = _Algorithm(algorithm=EC, curve=CURVE)
    info = _PrivateInfo(version=0, algorithm=algorithm, key=asn1.encode_der(inner))
    return asn1.encode_der(info)


def encrypt(der: bytes, passphrase: bytes) -> bytes:
    """EncryptedPrivateKeyInfo of a PKCS#8 key."""
    salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
    padder = padding.PKCS7(_AES_BLOCK).padder()
    padded = padder.update(der) + padder.finalize()
    encryptor = _cipher(passphrase, salt, _ROUNDS, iv).encryptor()
    values = _Pbkdf2Values(
        salt=salt,
        rounds=_ROUNDS,
        size=None,
        hash=_Hash(algorithm=_HMAC_SHA256, parameters=asn1.Null()),
    )
    scheme = _Pbes2Values(
        derivation=_Pbkdf2(algorithm=_PBKDF2, values=values),
        cipher=_Aes(algorithm=_AES256_CBC, iv=iv),
    )
    sealed = encryptor.update(padded) + encryptor.finalize()
    return asn1.encode_der(
        _Encrypted(algorithm=_Pbes2(algorithm=_PBES2, values=scheme), data=sealed)
    )


def decrypt(der: bytes, passphrase: bytes) -> bytes:
    """The PKCS#8 key in an EncryptedPrivateKeyInfo. ValueError: a wrong passphrase, or other means
    than those of `encrypt`."""
    outer = asn1.decode_der(_Encrypted, der)
    scheme = outer.algorithm.values
    values = scheme.derivation.values
    means = (outer.algorithm.algorithm, scheme.derivation.algorithm, values.hash.algorithm,
             scheme.cipher.algorithm)  # fmt: skip
    if means != (_PBES2, _PBKDF2, _HMAC_SHA256, _AES256_CBC) or values.size not in (None, 32):
        raise ValueError("encrypted by other means than AES-256-CBC and PBKDF2 with SHA-256")
    if not 1 <= values.rounds <= _MAX_ROUNDS:
        raise ValueError(f"{values.rounds} rounds of PBKDF2")
    decryptor = _cipher(passphrase, values.salt, values.rounds, scheme.cipher.iv).decryptor()
    padded = decryptor.update(outer.data) + decryptor.finalize()
    unpadder = padding.PKCS7(_AES_BLOCK).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _on_curve(algorithm: _Algorithm) -> bool:
    return algorithm.algorithm == EC and algorithm.curve == CURVE


def _point(info: _PublicInfo) -> bytes | None:
    if not _on_curve(info.algorithm) or info.key.padding_bits():
        return None
    return info.key.as_bytes()


def _cipher(passphrase: bytes, salt: bytes, rounds: int, iv: bytes) -> Cipher[modes.CBC]:
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, rounds).derive(passphrase)
    return Cipher(algorithms.AES256(key), modes.CBC(iv))
