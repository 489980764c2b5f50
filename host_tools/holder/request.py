"""A phone's request: what an issuer needs to make statements for it, and nothing secret.

text = "OC1H:" base45(holder block)       ; docs/formats.md; fits a small QR code
"""

from __future__ import annotations

import base45
import cbor2

from host_tools.codes.oc1 import holder_block
from host_tools.codes.reading import read_code
from host_tools.kernels.curves import P256
from host_tools.keys.public import KeyFormError, PublicKey
from host_tools.names import ES256
from host_tools.problems import Failure

PREFIX = "OC1H:"
_MAX_TEXT = 200  # characters; a holder block has at most 96 bytes


def write(holder: bytes) -> str:
    """The request of a phone with this holder block."""
    text: str = base45.b45encode(holder).decode()
    return PREFIX + text


def read(given: str) -> bytes:
    """The holder block of a request: a text, or a file or picture of it."""
    text = read_code(given).decode("utf-8", "replace").strip()
    if not text.startswith(PREFIX) or len(text) > _MAX_TEXT:
        raise Failure(
            f"{_short(given)}: not a phone's request, which begins with {PREFIX}; "
            "a phone makes one with: gatectl holder request NAME"
        )
    try:
        holder: bytes = base45.b45decode(text[len(PREFIX) :])
        subject_of(holder)
    except (ValueError, KeyFormError) as error:
        raise Failure(
            f"{_short(given)}: the request is damaged: {error}; ask for it again"
        ) from None
    return holder


def subject_of(holder: bytes) -> bytes:
    """The subject of a holder block; ValueError unless it is one, to the byte, with a key in it."""
    try:
        block = cbor2.loads(holder)
        subject, key = block[2], block[8][1]
        point = _point(key[-2], key[-3])
        whole = holder_block(subject, point)
    except (cbor2.CBORDecodeError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"not a holder block ({type(error).__name__})") from None
    if whole != holder or not isinstance(subject, bytes) or not 8 <= len(subject) <= 16:
        raise ValueError("not a holder block as the format has it")
    return subject


def _point(x: bytes, odd: bool) -> PublicKey:
    """The key of a compressed point (RFC 9053 7.1.1)."""
    number = int.from_bytes(x, "big")
    y = pow(number**3 - 3 * number + P256.b, (P256.p + 1) // 4, P256.p)
    if bool(y & 1) != odd:
        y = P256.p - y
    return PublicKey(ES256, x + y.to_bytes(32, "big")).checked()


def _short(given: str) -> str:
    return given if len(given) <= 60 else f"{given[:57]}..."
