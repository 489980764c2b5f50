"""Private keys: made, kept as PKCS#8 PEM, and used to sign as COSE has it (RFC 9053).

ECDSA and SM2 signatures are deterministic (RFC 6979), so that the same content gives the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from host_tools.keys import sm2
from host_tools.keys.public import KeyFormError, PublicKey, from_native
from host_tools.names import EDDSA, ES256, PS256, SM2

RSA_BITS = 3072  # for new keys
SALT = 32  # bytes; gate.crypto accepts no other salt length

NAMES = {
    "es256": ES256,
    "ed25519": EDDSA,
    "ps256": PS256,
    "sm2": SM2,
}  # --alg of `gatectl keys new`

Library = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
Native = Library | sm2.Sm2Key


class PassphraseError(ValueError):
    """A private key that needs a passphrase, or another one than was given."""


@dataclass(frozen=True)
class PrivateKey:
    """A key pair that can sign."""

    native: Native

    @property
    def public(self) -> PublicKey:
        if isinstance(self.native, sm2.Sm2Key):
            return PublicKey(SM2, self.native.raw)
        return from_native(self.native.public_key())

    @property
    def alg(self) -> int:
        return self.public.alg

    def sign(self, message: bytes) -> bytes:
        """The signature in COSE's form: r || s for curves."""
        if isinstance(self.native, ed25519.Ed25519PrivateKey | sm2.Sm2Key):
            return self.native.sign(message)
        if isinstance(self.native, rsa.RSAPrivateKey):
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), SALT)
            return self.native.sign(message, pss, hashes.SHA256())
        der = self.native.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS#8 in PEM, encrypted if there is a passphrase."""
        if isinstance(self.native, sm2.Sm2Key):
            return self.native.pem(passphrase)
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            protection = serialization.BestAvailableEncryption(passphrase)
        return self.native.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        )


def generate(alg: int) -> PrivateKey:
    """A new key pair for one of the algorithms in NAMES."""
    if alg == ES256:
        return PrivateKey(ec.generate_private_key(ec.SECP256R1()))
    if alg == EDDSA:
        return PrivateKey(ed25519.Ed25519PrivateKey.generate())
    if alg == PS256:
        return PrivateKey(rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS))
    if alg == SM2:
        return PrivateKey(sm2.generate())
    raise KeyFormError(f"keys for algorithm {alg} cannot be made")


def load_pem(data: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """A private key from PEM; KeyFormError or PassphraseError if that cannot be."""
    try:
        native = _load(data, passphrase or None)
    except TypeError:
        raise PassphraseError("the key is encrypted, and no passphrase was given") from None
    except (ValueError, UnsupportedAlgorithm) as error:
        if not isinstance(error, UnsupportedAlgorithm) and is_encrypted(data):
            raise PassphraseError("the passphrase is wrong, or the file damaged") from None
        try:
            other = sm2.load_private(data, passphrase)
        except sm2.Sm2Error as reason:
            raise KeyFormError(f"an SM2 key that cannot be used: {reason}") from None
        if other is None:
            raise KeyFormError(f"not a private key that can be used: {error}") from None
        return PrivateKey(other)
    from_native(native.public_key())  # refuses curves and sizes that the gate cannot verify
    assert isinstance(native, Library)
    return PrivateKey(native)


def _load(data: bytes, passphrase: bytes | None) -> PrivateKeyTypes:
    """As the library does it, but a passphrase that a key does not need is no error."""
    try:
        return serialization.load_pem_private_key(data, passphrase)
    except TypeError:
        if passphrase is None:
            raise
        return serialization.load_pem_private_key(data, None)


def is_encrypted(data: bytes) -> bool:
    """Whether a PEM private key needs a passphrase."""
    return b"ENCRYPTED" in data
