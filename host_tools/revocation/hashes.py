"""What revokes a code: hashes of 16 bytes, as docs/revocation.md has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from host_tools.problems import Failure

SIZE = 16  # bytes: the first 128 bits of SHA-256

# what a hash is over; of one that somebody else made, nothing may be known
CTI = "cti"
UCI = "UCI"
COUNTRYCODEUCI = "COUNTRYCODEUCI"
SIGNATURE = "SIGNATURE"
RID = "rid"
UNKNOWN = "hash"
KINDS = (CTI, UCI, COUNTRYCODEUCI, SIGNATURE, RID, UNKNOWN)
DCC_KINDS = (SIGNATURE, UCI, COUNTRYCODEUCI)

MIN_CTI, MAX_CTI = 4, 16  # bytes
THUMBPRINT = 32  # bytes, RFC 7638
_RID = re.compile(r"[A-Za-z0-9_-]{1,24}")


def short(data: bytes) -> bytes:
    """The first 128 bits of SHA-256."""
    return hashlib.sha256(data).digest()[:SIZE]


def of_cti(key: bytes, cti: bytes) -> bytes:
    """Of one statement in `OC1:`; key: its issuer's, as trust entries have it."""
    if not MIN_CTI <= len(cti) <= MAX_CTI:
        raise Failure(f"a cti has {MIN_CTI} to {MAX_CTI} bytes, not {len(cti)}")
    return short(b"OC1R" + bytes([len(cti)]) + cti + key)


def of_uvci(uvci: str, country: str | None = None) -> bytes:
    """Of a certificate's identifier as it is written in it, alone or after its issuer's country."""
    if not 1 <= len(uvci) <= 96:
        raise Failure("a certificate's identifier has 1 to 96 characters")
    return short(((country or "") + uvci).encode())


def of_rid(kid: bytes, rid: str) -> bytes:
    """Of a SMART Health Card's identifier; kid: its key's thumbprint, of which 16 bytes count."""
    if len(kid) != THUMBPRINT:
        raise Failure(f"a card's kid is a thumbprint of {THUMBPRINT} bytes, not {len(kid)}")
    if not _RID.fullmatch(rid):
        raise Failure(f"{rid[:40]!r} is no rid: up to 24 characters of base64url")
    return short(kid[:SIZE] + rid.encode())


def of_text(text: str) -> bytes:
    """A hash that is written in hexadecimal or base64; of a whole SHA-256 the first half counts."""
    given = text.strip()
    try:
        if len(given) in (32, 64):
            data = bytes.fromhex(given)
        else:
            data = base64.b64decode(given.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        data = b""
    if len(data) not in (SIZE, 32):
        raise Failure(
            f"{given[:60]!r} is no hash: write the first 16 bytes of a SHA-256, or all 32, "
            "in hexadecimal or base64"
        )
    return data[:SIZE]
