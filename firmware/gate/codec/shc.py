"""`shc:/`, SMART Health Cards: digits, JWS, payload. What is in the bundle is read in fhir.py.

SMART Health Cards Framework 1.4.0; JWS: RFC 7515, compact. An adapter (docs/adapters.md). One code
holds the whole card: cards cut into several codes, which the framework has given up, are refused.
The payload is inflated and read after its signature was found right.
"""

import hashlib
import micropython
from micropython import const

from ..refusal import Refusal
from . import base64url, json_text
from .fhir import BUNDLE, read_bundle
from .inflate import stream
from .json_text import NUMBER, TEXT
from .real import Real

CARD = "https://smarthealth.cards#health-card"  # the type that every card has

# bytes that there is room for; most cards inflate to less than 2 KiB, and those as long as the
# framework allows to less than 5
_ROOMS = (2048, 5120, 8192)
_MAX_HEADER = const(512)  # bytes
_ES256 = -7
_THUMBPRINT = const(32)  # bytes; SHA-256 of the key as a JWK (RFC 7638), which the key id is
_KID = const(16)  # bytes of it by which keys are known here
_MAX_RID = const(24)  # characters
_LATEST = 0xFFFFFFFF

_HEADER = {"alg": TEXT, "kid": TEXT, "zip": TEXT, "crit": [TEXT]}
_PAYLOAD = {
    "iss": TEXT,
    "nbf": NUMBER,
    "exp": NUMBER,
    "vc": {"type": [TEXT], "rid": TEXT, "credentialSubject": {"fhirBundle": BUNDLE}},
}


def read(text, start):
    """Read a code's structure. text: bytes-like; start: where its prefix ends.

    Raises Refusal: code_in_parts, numeric_invalid, jws_invalid, json_invalid, alg_unknown.
    """
    if b"/" in bytes(text[start : start + 8]):
        raise Refusal("code_in_parts")
    return Code(_characters(text, start))


def _characters(text, start):
    """The JWS that pairs of digits stand for, each a character's number less 45."""
    count = len(text) - start
    out = bytearray(count >> 1)
    if count & 1 or not count or not _pairs(text, start, count >> 1, out):
        raise Refusal("numeric_invalid")
    return out


@micropython.viper
def _pairs(text, start: int, count: int, out) -> bool:
    source = ptr8(text)
    target = ptr8(out)
    i = 0
    while i < count:
        tens = source[start + 2 * i] - 0x30
        ones = source[start + 2 * i + 1] - 0x30
        if tens < 0 or tens > 7 or ones < 0 or ones > 9 or 10 * tens + ones > 77:
            return False
        target[i] = 10 * tens + ones + 45
        i += 1
    return True


class Code:
    """One card: a single statement, and nothing that proves presence."""

    proof = None
    hcert = None

    def __init__(self, jws):
        self.statements = (Statement(jws),)

    def open(self):
        """The subject is the card itself: it names nobody by a pseudonym."""
        self.subject = hashlib.sha256(self.statements[0].signed()).digest()[:16]
        # From here on what was signed is not needed: its payload is decoded where it stands.


class Statement:
    """The card's signature and what it is over. Once open: issued, not_before, expires."""

    alg = _ES256
    said_issuer = None

    def __init__(self, jws):
        first = jws.find(b".")
        second = jws.find(b".", first + 1)
        if first < 0 or second < 0 or jws.find(b".", second + 1) >= 0:
            raise Refusal("jws_invalid")
        view = memoryview(jws)
        header = base64url.decode(view[:first])
        if len(header) > _MAX_HEADER:
            raise Refusal("jws_invalid")
        self.kid = _kid(json_text.read(header, _HEADER))
        self._signed = view[:second]
        self._payload = view[first + 1 : second]
        self.signature = base64url.decode(view[second + 1 :])

    def signed(self):
        """What the signature is over."""
        return self._signed

    def open(self):
        """Read what was signed, once.

        Raises Refusal: jws_invalid, and of the stages inflate, json and claims.
        """
        card = _inflated(base64url.decode_in_place(self._payload))
        body = card.get("vc") if isinstance(card, dict) else None
        if not isinstance(body, dict) or CARD not in (body.get("type") or ()):
            raise Refusal("claims_invalid")
        self._issuer = card.get("iss")
        self._rid = body.get("rid")
        subject = body.get("credentialSubject") or {}
        self._bundle = subject.get("fhirBundle")
        self.issued = self.not_before = _time(card.get("nbf"))
        self.expires = _time(card["exp"]) if "exp" in card else _LATEST

    def is_by(self, issuer):
        """Whether the card's URL is one under which its key is published."""
        return self._issuer is not None and issuer.is_published_under(self._issuer)

    def revocation_hashes(self, issuer):
        """The signature's r as for certificates, and the card's own rid, which its issuer's lists
        name under the key: SHA-256(kid || rid), kid as in the trust part. Of both 16 bytes."""
        hashes = [hashlib.sha256(self.signature[:32]).digest()[:16]]
        rid = self._rid
        if rid is not None and len(rid) <= _MAX_RID:
            hashes.append(hashlib.sha256(self.kid + rid.encode()).digest()[:16])
        return tuple(hashes)

    def claims(self, issuer, values):
        """{kind: [claim]}. Raises Refusal('claims_invalid')."""
        place = issuer.jurisdictions[0] if issuer.jurisdictions else ""
        return read_bundle(self._bundle, issuer.name, place, values)


def _kid(header):
    """The beginning of the key id of a header that is as a card's must be."""
    if not isinstance(header, dict) or "crit" in header or header.get("zip") != "DEF":
        raise Refusal("jws_invalid")
    if header.get("alg") != "ES256":
        raise Refusal("alg_unknown")
    if "kid" not in header:
        raise Refusal("kid_missing")
    kid = base64url.decode((header["kid"] or "").encode())
    if len(kid) != _THUMBPRINT:
        raise Refusal("jws_invalid")
    return bytes(kid[:_KID])


def _inflated(data):
    """What is wanted of the JSON in a raw deflate stream (RFC 1951).

    After its end there may be gzip's trailer (RFC 1952: CRC and size), which an issuer leaves there
    that takes gzip's header off and nothing else.
    """
    text, end = stream(data, 0, _ROOMS)
    if end != len(data):
        rest = bytes(data[end : end + 9])
        if len(rest) != 8 or rest[4:] != len(text).to_bytes(4, "little"):
            raise Refusal("inflate_failed")
    return json_text.read(text, _PAYLOAD)


def _time(value):
    if isinstance(value, Real):
        value = value.whole
    if not isinstance(value, int) or value < 0:
        raise Refusal("claims_invalid")
    return value
