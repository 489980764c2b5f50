"""Public keys: the bytes that the gate verifies with, and the forms that others write them in.

The gate's form is that of gate.crypto.verify: X || Y (ES256), 32 bytes (Ed25519), the modulus
(PS256, exponent 65537). JWK is RFC 7517 and 7518, thumbprints are RFC 7638. SM2 keys in JWK have no
RFC: they are written as EC keys whose "crv" is "SM2", as other software does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from host_tools.keys import sm2
from host_tools.names import ALGORITHMS, EDDSA, ES256, PS256, SM2, word

EXPONENT = 65537  # the only RSA exponent of gate.crypto
RSA_BITS = range(2048, 4097, 8)
RAW_SIZES: Mapping[int, tuple[int, ...]] = {
    ES256: (64,),
    EDDSA: (32,),
    SM2: (64,),
    PS256: tuple(bits // 8 for bits in RSA_BITS),
}
_JWK_CURVES = {"P-256": ES256, "SM2": SM2}
KID_SIZE = 4  # formats.md: the first bytes of SHA-256 of the key

Native = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


class KeyFormError(ValueError):
    """A key that the gate cannot use, or that is malformed; says why."""


@dataclass(frozen=True)
class PublicKey:
    """A key as gate.crypto.verify takes it."""

    alg: int
    raw: bytes

    @property
    def kid(self) -> bytes:
        """The short key id of OC1 codes and bundles."""
        return hashlib.sha256(self.raw).digest()[:KID_SIZE]

    @property
    def algorithm(self) -> str:
        return word(ALGORITHMS, self.alg)

    def native(self) -> Native:
        """The same key as the `cryptography` library has it."""
        try:
            if self.alg == ES256:
                point = b"\x04" + self.raw
                return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            if self.alg == EDDSA:
                return ed25519.Ed25519PublicKey.from_public_bytes(self.raw)
            if self.alg == PS256:
                modulus = int.from_bytes(self.raw, "big")
                return rsa.RSAPublicNumbers(EXPONENT, modulus).public_key()
        except ValueError as error:
            raise KeyFormError(f"not a valid {self.algorithm} key: {error}") from None
        raise KeyFormError(f"{self.algorithm} keys are not known to the library")

    def checked(self) -> PublicKey:
        """The key as it is; KeyFormError if it is none: a point that is not on its curve."""
        if self.alg != SM2:
            return from_native(self.native())
        try:
            return PublicKey(SM2, sm2.check(self.raw))
        except sm2.Sm2Error as error:
            raise KeyFormError(f"not a valid SM2 key: {error}") from None

    def pem(self) -> str:
        """SubjectPublicKeyInfo in PEM."""
        if self.alg == SM2:
            return sm2.public_pem(self.raw).decode()
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.native().public_bytes(encoding, form).decode()

    def jwk(self, kid: bytes | None = None) -> dict[str, str]:
        """JSON Web Key; its kid is the base64url of the key id."""
        form = _jwk_members(self)
        return {**form, "alg": self.algorithm, "use": "sig", "kid": encode64url(kid or self.kid)}


def from_native(key: object) -> PublicKey:
    """The gate's form of a `cryptography` key; refuses what the gate cannot verify with."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, ec.SECP256R1):
            raise KeyFormError(
                f"elliptic curve {key.curve.name} is not supported, P-256 and SM2 are"
            )
        encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return PublicKey(ES256, key.public_bytes(encoding, form)[1:])
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey(EDDSA, key.public_bytes_raw())
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        if numbers.e != EXPONENT:
            raise KeyFormError(f"RSA exponent {numbers.e} is not supported, only {EXPONENT} is")
        if key.key_size not in RSA_BITS:
            raise KeyFormError(f"RSA with {key.key_size} bits is not supported, 2048 to 4096 are")
        return PublicKey(PS256, numbers.n.to_bytes(key.key_size // 8, "big"))
    name = type(key).__name__.removesuffix("PublicKey")
    raise KeyFormError(f"{name} keys are not supported, only P-256, SM2, Ed25519 and RSA are")


def from_spki(data: bytes) -> PublicKey:
    """From a SubjectPublicKeyInfo, PEM or DER."""
    try:
        if (raw := sm2.load_public(data)) is not None:
            return PublicKey(SM2, raw)
        if data.lstrip().startswith(b"-----BEGIN"):
            return from_native(serialization.load_pem_public_key(data))
        return from_native(serialization.load_der_public_key(data))
    except KeyFormError:
        raise
    except Exception as error:  # the library raises its own kinds for unknown curves and algorithms
        raise KeyFormError(f"not a public key that can be used: {error}") from None


def from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """From a JSON Web Key: EC P-256 or SM2, OKP Ed25519, or RSA."""
    kty, curve = jwk.get("kty"), jwk.get("crv")
    if kty == "EC":
        if curve not in _JWK_CURVES:
            raise KeyFormError(f"elliptic curve {curve} is not supported, P-256 and SM2 are")
        key = PublicKey(_JWK_CURVES[curve], _octets(jwk, "x", 32) + _octets(jwk, "y", 32))
    elif kty == "OKP":
        if curve != "Ed25519":
            raise KeyFormError(f"curve {curve} is not supported for OKP, only Ed25519 is")
        key = PublicKey(EDDSA, _octets(jwk, "x", 32))
    elif kty == "RSA":
        modulus = int.from_bytes(_octets(jwk, "n"), "big")
        exponent = int.from_bytes(_octets(jwk, "e"), "big")
        key = from_native(_rsa(exponent, modulus))
    else:
        raise KeyFormError(f'"kty" is {kty!r}; EC, OKP and RSA are supported')
    named = jwk.get("alg")
    if named is not None and named not in (key.algorithm, "Ed25519" if kty == "OKP" else None):
        raise KeyFormError(f'"alg" is {named!r}, the gate verifies this key with {key.algorithm}')
    return key.checked()


def thumbprint(key: PublicKey) -> bytes:
    """RFC 7638: SHA-256 of the required members, sorted, without spaces."""
    text = json.dumps(_jwk_members(key), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def encode64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text: str) -> bytes:
    """base64 or base64url, padded or not, line breaks allowed; ValueError otherwise."""
    compact = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None


def _jwk_members(key: PublicKey) -> dict[str, str]:
    if key.alg in (ES256, SM2):
        x, y = encode64url(key.raw[:32]), encode64url(key.raw[32:])
        return {"crv": "P-256" if key.alg == ES256 else "SM2", "kty": "EC", "x": x, "y": y}
    if key.alg == EDDSA:
        return {"crv": "Ed25519", "kty": "OKP", "x": encode64url(key.raw)}
    exponent = encode64url(EXPONENT.to_bytes(3, "big"))
    return {"e": exponent, "kty": "RSA", "n": encode64url(key.raw)}


def _rsa(exponent: int, modulus: int) -> rsa.RSAPublicKey:
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise KeyFormError(f"not an RSA key: {error}") from None


def _octets(jwk: Mapping[str, object], member: str, size: int | None = None) -> bytes:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise KeyFormError(f'"{member}" is missing')
    try:
        data = decode64(value)
    except ValueError:
        raise KeyFormError(f'"{member}" is not base64url') from None
    if size is not None and len(data) != size:
        raise KeyFormError(f'"{member}" has {len(data)} bytes, {size} are needed')
    return data
