"""SM2 key pairs: signatures with SM3 (GB/T 32918.2-2016) and their files.

The arithmetic of a signature is gmssl's. Three things of that library are not used, on purpose: its
random numbers, which are not made for secrets; its way of taking a public key in, which drops
leading digits of some; and its verification: the firmware verifies.

The secret number of each signature comes from RFC 6979 (HMAC-SHA256, over the secret and the
message's digest), so that the same content gives the same code, as with ES256. Python's integers
do not run in constant time: whoever can measure the computer that signs might learn the key.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives import hashes
from ecdsa import rfc6979
from gmssl.sm2 import CryptSM2

from host_tools.kernels.curves import SM2
from host_tools.keys import asn1, pem

ID = b"1234567812345678"  # of the signer, where nothing else was agreed (GB/T 32918.2, GM/T 0009)
SIZE = 32  # bytes of a number
_SEC1 = ("EC PRIVATE KEY", "SM2 PRIVATE KEY")  # the latter is OpenSSL's own label


class Sm2Error(ValueError):
    """A key that is none; says why."""


@dataclass(frozen=True)
class Sm2Key:
    """A private key. secret: 1 <= secret <= n - 2, for secret + 1 must have an inverse."""

    secret: int = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.secret <= SM2.n - 2:
            raise Sm2Error("the secret number is not in the range of SM2")

    @cached_property
    def raw(self) -> bytes:
        """The public key, X || Y."""
        x_y = self._signer("")._kg(self.secret, _hex(*SM2.g))
        return bytes.fromhex(x_y)

    def sign(self, message: bytes) -> bytes:
        """r || s."""
        digest = digest_of(message, self.raw)
        for attempt in range(8):  # the first one fails about once in 2^255 times
            k = rfc6979.generate_k(SM2.n, self.secret, hashlib.sha256, digest, attempt)
            if signature := self.sign_digest(digest, k):
                return signature
        raise AssertionError("eight numbers in a row gave no signature")

    def sign_digest(self, digest: bytes, k: int) -> bytes | None:
        """The signature of a digest with a secret number k; None if k is not good for it."""
        signed = self._signer(self.raw.hex()).sign(digest, f"{k:064x}")
        return bytes.fromhex(signed) if signed is not None else None

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS#8 in PEM, encrypted if there is a passphrase."""
        der = asn1.write_private(self.secret.to_bytes(SIZE, "big"), b"\x04" + self.raw)
        if passphrase:
            return pem.write("ENCRYPTED PRIVATE KEY", asn1.encrypt(der, passphrase))
        return pem.write("PRIVATE KEY", der)

    def _signer(self, public: str) -> CryptSM2:
        signer = CryptSM2(private_key=f"{self.secret:064x}", public_key="")
        signer.public_key = public
        return signer


def generate() -> Sm2Key:
    """A new key pair."""
    return Sm2Key(1 + secrets.randbelow(SM2.n - 2))


def digest_of(message: bytes, public: bytes, signer_id: bytes = ID) -> bytes:
    """SM3(Z || message): what is signed (GB/T 32918.2, 5.5 and 6.1)."""
    z = (8 * len(signer_id)).to_bytes(2, "big") + signer_id
    z += bytes.fromhex(_hex(SM2.p - 3, SM2.b, *SM2.g)) + public
    return _sm3(_sm3(z) + message)


def public_of(point: bytes) -> bytes:
    """X || Y of an encoded point (SEC 1, 2.3.4), compressed or not; Sm2Error if it is none."""
    if len(point) == 1 + 2 * SIZE and point[0] == 4:
        return check(point[1:])
    if len(point) == 1 + SIZE and point[0] in (2, 3):
        x = int.from_bytes(point[1:], "big")
        y = pow(x * x * x - 3 * x + SM2.b, (SM2.p + 1) // 4, SM2.p)
        y = y if y & 1 == point[0] & 1 else SM2.p - y
        return check(point[1:] + y.to_bytes(SIZE, "big"))
    raise Sm2Error("the point is in a form that is not known")


def check(raw: bytes) -> bytes:
    """The public key X || Y as it is; Sm2Error if it is not a point of the curve."""
    if len(raw) != 2 * SIZE:
        raise Sm2Error(f"a public key has {2 * SIZE} bytes, not {len(raw)}")
    x, y = (int.from_bytes(half, "big") for half in (raw[:SIZE], raw[SIZE:]))
    if x >= SM2.p or y >= SM2.p or not SM2.on_curve(x, y):
        raise Sm2Error("the point is not on the SM2 curve")
    return raw


def load_private(data: bytes, passphrase: bytes | None) -> Sm2Key | None:
    """A private key in PEM (PKCS#8 or SEC 1); None if it is not one on the SM2 curve.

    Sm2Error if it is one that cannot be used.
    """
    for label, der in pem.read(data):
        if label == "ENCRYPTED PRIVATE KEY" and passphrase:
            try:
                der = asn1.decrypt(der, passphrase)
            except ValueError as error:
                raise Sm2Error(f"cannot be decrypted: {error}") from None
        found = asn1.read_sec1(der) if label in _SEC1 else asn1.read_private(der)
        if found is not None:
            key = Sm2Key(int.from_bytes(found[0], "big"))
            if found[1] is not None and public_of(found[1]) != key.raw:
                raise Sm2Error("the public key in the file belongs to another secret")
            return key
    return None


def load_public(data: bytes) -> bytes | None:
    """X || Y of a SubjectPublicKeyInfo, PEM or DER; None if it is not on the SM2 curve."""
    blocks = [der for label, der in pem.read(data) if label == "PUBLIC KEY"]
    for der in blocks or [data]:
        point = asn1.read_public(der)
        if point is not None:
            return public_of(point)
    return None


def public_pem(raw: bytes) -> bytes:
    """SubjectPublicKeyInfo in PEM."""
    return pem.write("PUBLIC KEY", asn1.write_public(b"\x04" + raw))


def _hex(*numbers: int) -> str:
    return "".join(f"{number:064x}" for number in numbers)


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()
