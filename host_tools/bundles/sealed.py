"""A payload signed by several operators: COSE_Sign (RFC 9052 4.1), as docs/formats.md has it.

Bundles (their manifests) and rotations of the root are signed alike, with another external_aad, so
that no signature counts for both. Operators may sign one after the other, each on another computer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cbor2

from host_tools.cbor import encode
from host_tools.keys.private import PrivateKey
from host_tools.problems import Failure

BUNDLE = b"OCB1"
ROTATION = b"OCR1"
_TAG = 98


@dataclass(frozen=True)
class Signature:
    """One operator's."""

    protected: bytes
    value: bytes

    @property
    def alg(self) -> int:
        return int(cbor2.loads(self.protected)[1])

    @property
    def kid(self) -> bytes:
        return bytes(cbor2.loads(self.protected)[4])


@dataclass(frozen=True)
class Sealed:
    """aad: what kind of payload it is. Nothing of it has been verified."""

    payload: bytes
    aad: bytes
    signatures: tuple[Signature, ...] = ()

    def signed_by(self, signers: Iterable[PrivateKey], most: int) -> Sealed:
        """With the signatures of these keys, in place of those that the same keys made before."""
        signatures = {(one.kid, one.alg): [one] for one in self.signatures}
        for signer in signers:
            protected = encode({1: signer.alg, 4: signer.public.kid})
            value = signer.sign(to_be_signed(self.aad, protected, self.payload))
            signatures[signer.public.kid, signer.alg] = [Signature(protected, value)]
        everyone = tuple(one for found in signatures.values() for one in found)
        if len(everyone) > most:
            raise Failure(f"it would have {len(everyone)} signatures; {most} are possible")
        return replace(self, signatures=everyone)

    def encode(self) -> bytes:
        """Without a signature it is a file to be signed, and nothing that a terminal takes."""
        signatures = [[one.protected, {}, one.value] for one in self.signatures]
        return encode(cbor2.CBORTag(_TAG, [b"", {}, self.payload, signatures]))


def to_be_signed(aad: bytes, protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of one operator (RFC 9052 4.4)."""
    return encode(["Signature", b"", protected, aad, payload])


def read(data: bytes, aad: bytes) -> Sealed:
    """Take it apart; ValueError if it is none."""
    try:
        item = cbor2.loads(data)
        protected, unprotected, payload, signatures = item.value
        if item.tag != _TAG or protected != b"" or unprotected != {}:
            raise ValueError("no COSE_Sign of ours")
        found = tuple(Signature(bytes(one[0]), bytes(one[2])) for one in signatures)
        sealed = Sealed(bytes(payload), aad, found)
        for one in found:
            _ = one.alg, one.kid
    except Exception as error:  # whatever damaged data leads to
        raise ValueError(f"{error or type(error).__name__}") from None
    if sealed.encode() != data:
        raise ValueError("not in deterministic encoding")
    return sealed
