"""COSE_Sign1 (RFC 9052 4.2): the structure and the bytes that were signed. Verifies nothing."""

import hashlib

from ..refusal import Refusal
from .cbor import decode

ALG = 1  # header labels, RFC 9052 3.1
CRIT = 2
KID = 4

_ES256 = -7

MAX_HEADER = 64  # bytes of a protected header in canonical form
MAX_SIGNATURE = 512  # bytes; RSA with 4096 bits

_STRINGS = (bytes, memoryview)  # of indefinite length they are bytes


class Sign1:
    """One signature and what it is over.

    protected: bytes, as signed. alg: int. kid: bytes or None. payload, signature: bytes-like.
    """

    def __init__(self, protected, alg, kid, payload, signature):
        self.protected = protected
        self.alg = alg
        self.kid = kid
        self.payload = payload
        self.signature = signature

    def signed(self, aad=b""):
        """The Sig_structure (RFC 9052 4.4) that the signature is over, as a bytearray."""
        out = bytearray(b"\x84\x6aSignature1")
        for part in (self.protected, aad, self.payload):
            append_bytes(out, part)
        return out


def signature_hash(alg, signature):
    """What revokes a code by its signature: 16 bytes, as DCC revocation lists have it.

    Of ES256 only r counts: whoever holds a code may put n - s in the place of s.
    """
    if alg == _ES256:
        signature = signature[: len(signature) // 2]
    return hashlib.sha256(signature).digest()[:16]


def append_bytes(out, part):
    """Append a byte string of less than 64 KiB in CBOR."""
    size = len(part)
    if size < 24:
        out.append(0x40 | size)
    elif size < 0x100:
        out.append(0x58)
        out.append(size)
    else:
        out.append(0x59)
        out.append(size >> 8)
        out.append(size & 0xFF)
    out.extend(part)


def read_sign1(reader, max_payload):
    """Read our own, strict form from a canonical cbor.Reader of a memoryview: no tag, nothing
    unprotected.

    Raises Refusal: cose_invalid and what the reader raises.
    """
    items = reader.value(True)
    if not isinstance(items, list) or len(items) != 4:
        raise Refusal("cose_invalid")
    protected, unprotected, payload, signature = items
    if not (
        isinstance(protected, memoryview)
        and isinstance(payload, memoryview)
        and isinstance(signature, memoryview)
        and 1 <= len(protected) <= MAX_HEADER
        and 1 <= len(payload) <= max_payload
        and 1 <= len(signature) <= MAX_SIGNATURE
        and unprotected == {}
    ):
        raise Refusal("cose_invalid")
    header = decode(protected)
    if not isinstance(header, dict):
        raise Refusal("cose_invalid")
    for label in header:
        if label != ALG and label != KID:
            raise Refusal("cose_invalid")
    return _sign1(protected, header, unprotected, payload, signature)


def lenient_sign1(items):
    """Take a decoded COSE_Sign1 array as `HC1:` has it: headers from either map.

    items: what a lenient cbor.Reader of a memoryview gave, byte strings as views. The key id is
    the protected header's, if it has one (hcert specification 3.3.1); labels are looked for there
    first.
    Raises Refusal: cose_invalid, alg_unknown.
    """
    if not isinstance(items, list) or len(items) != 4:
        raise Refusal("cose_invalid")
    protected, unprotected, payload, signature = items
    if not (
        isinstance(protected, _STRINGS)
        and isinstance(unprotected, dict)
        and isinstance(payload, _STRINGS)
        and isinstance(signature, _STRINGS)
    ):
        raise Refusal("cose_invalid")
    header = decode(protected, False) if protected else {}
    if not isinstance(header, dict):
        raise Refusal("cose_invalid")
    return _sign1(protected, header, unprotected, payload, signature)


def _sign1(protected, header, unprotected, payload, signature):
    if CRIT in header or CRIT in unprotected:
        raise Refusal("cose_invalid")  # something must be understood that we do not understand
    alg = header.get(ALG, unprotected.get(ALG))
    if isinstance(alg, bool) or not isinstance(alg, int):
        raise Refusal("alg_unknown")
    kid = header.get(KID, unprotected.get(KID))
    if kid is not None:
        if not isinstance(kid, _STRINGS):
            raise Refusal("cose_invalid")
        kid = bytes(kid)
    return Sign1(protected, alg, kid, payload, signature)
