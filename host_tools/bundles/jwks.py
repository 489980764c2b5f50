"""JSON Web Keys and sets of them (RFC 7517) -> trust entries.

The kid of a JWK is text, the kid of a code is bytes. How one becomes the other:

- canonical base64 or base64url of 4 or 8 bytes (what `gatectl keys show --jwk` and EU DCC lists
  write) stands for these bytes;
- any other text of at most 16 bytes of UTF-8 stands for itself;
- none, or a longer one: the first 8 bytes of the RFC 7638 thumbprint.

`kid_form` "text" or "base64url" settles it where the first rule would guess wrong.

A key that is published under a URL is one for SMART Health Cards (SHC): its kid must be its whole
thumbprint, as that specification has it, of which a gate keeps the first 16 bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import urlsplit

from host_tools.bundles import certificates
from host_tools.bundles.entry import MAX_KID, TrustEntry, shorten
from host_tools.keys.public import (
    KeyFormError,
    PublicKey,
    decode64,
    encode64url,
    from_jwk,
    thumbprint,
)
from host_tools.names import ALL_CLAIMS, CARD_CLAIMS, FORMATS, LATEST

KID_FORMS = ("auto", "text", "base64url")
_BINARY_KIDS = (4, 8)
_THUMBPRINT_KID = 8


def entry_of(jwk: Mapping[str, object], source: str, kid_form: str) -> TrustEntry:
    """The trust entry of one key; KeyFormError if the gate cannot use it."""
    if jwk.get("use", "sig") not in ("sig", ""):
        raise KeyFormError(f'"use" is {jwk["use"]!r}, not "sig"')
    operations = jwk.get("key_ops")
    if isinstance(operations, list) and not {"verify", "sign"} & set(map(str, operations)):
        raise KeyFormError('"key_ops" does not allow "verify"')
    key = from_jwk(jwk)
    certificate = _certificate(jwk, key, source)
    text = jwk.get("kid")
    kid = _kid(text if isinstance(text, str) else "", key, kid_form)
    return TrustEntry(
        kid=kid,
        alg=key.alg,
        key=key.raw,
        name=certificate.name if certificate else shorten(_name(jwk) or f"key {kid.hex()}"),
        not_before=certificate.not_before if certificate else 0,
        not_after=certificate.not_after if certificate else LATEST,
        claims=certificate.claims if certificate else ALL_CLAIMS,
        formats=FORMATS["OC1"] | FORMATS["HC1"],
        source=source,
    )


def card_entry(jwk: Mapping[str, object], source: str, url: str, name: str = "") -> TrustEntry:
    """The trust entry of a key for SHC, published under a URL; KeyFormError if it cannot be one."""
    for member, wanted in (("kty", "EC"), ("crv", "P-256"), ("alg", "ES256"), ("use", "sig")):
        if jwk.get(member) != wanted:
            raise KeyFormError(f'"{member}" is {jwk.get(member)!r}; keys for SHC have {wanted!r}')
    key = from_jwk(jwk)
    if jwk.get("kid") != encode64url(thumbprint(key)):
        raise KeyFormError('"kid" is not the key\'s thumbprint, as keys for SHC have it')
    certificate = _certificate(jwk, key, source)
    return TrustEntry(
        kid=thumbprint(key)[:MAX_KID],
        alg=key.alg,
        key=key.raw,
        name=shorten(name or urlsplit(url).hostname or url),
        not_before=certificate.not_before if certificate else 0,
        not_after=certificate.not_after if certificate else LATEST,
        claims=CARD_CLAIMS,
        formats=FORMATS["SHC"],
        iss=(url,),
        source=source,
    )


def _name(jwk: Mapping[str, object]) -> str:
    for member in ("name", "iss", "kid"):
        value = jwk.get(member)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _kid(text: str, key: PublicKey, kid_form: str) -> bytes:
    if kid_form == "base64url" and text:
        try:
            kid = decode64(text)
        except ValueError as error:
            raise KeyFormError(f'"kid" {text!r} is {error}') from None
        if not 1 <= len(kid) <= MAX_KID:
            raise KeyFormError(f'"kid" has {len(kid)} bytes, 1 to {MAX_KID} are possible')
        return kid
    if kid_form == "auto" and (binary := _canonical(text)) is not None:
        return binary
    if 1 <= len(text.encode()) <= MAX_KID:
        return text.encode()
    return thumbprint(key)[:_THUMBPRINT_KID]


def _canonical(text: str) -> bytes | None:
    """The bytes of a text that is exactly what an encoder makes of 4 or 8 bytes."""
    try:
        data = decode64(text)
    except ValueError:
        return None
    if len(data) not in _BINARY_KIDS:
        return None
    forms = (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode())
    return data if text in {*forms, *(form.rstrip("=") for form in forms)} else None


def _certificate(jwk: Mapping[str, object], key: PublicKey, source: str) -> TrustEntry | None:
    """What the certificate in "x5c", if there is one, says about the same key."""
    chain = jwk.get("x5c")
    if not isinstance(chain, list) or not chain:
        return None
    try:
        entry = certificates.entry_of(decode64(str(chain[0])), source)
    except ValueError as error:
        raise KeyFormError(f'the certificate in "x5c": {error}') from None
    if (entry.alg, entry.key) != (key.alg, key.raw):
        raise KeyFormError('the certificate in "x5c" holds another key')
    return entry
