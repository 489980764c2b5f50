"""What revokes a code: hashes of 16 bytes, as docs/revocation.md has them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from host_tools.problems import Failure

SIZE = 16  # bytes: the first 128 bits of SHA-256

# what a hash is over; of one that somebody else made, nothing may be known
CTI = "cti"
UCI = "UCI"
COUNTRYCODEUCI = "COUNTRYCODEUCI"
SIGNATURE = "SIGNATURE"
UNKNOWN = "hash"
KINDS = (CTI, UCI, COUNTRYCODEUCI, SIGNATURE, UNKNOWN)
DCC_KINDS = (SIGNATURE, UCI, COUNTRYCODEUCI)

MIN_CTI, MAX_CTI = 4, 16  # bytes


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


def of_text(text: str, lengths: Mapping[int, str] | None = None) -> bytes:
    """A hash that is written in hexadecimal or base64; of a whole SHA-256 the first half counts."""
    import base64
    import binascii

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
