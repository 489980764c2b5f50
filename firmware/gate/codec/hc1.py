"""`HC1:`, the EU Digital COVID Certificate and WHO's: the container, and what revokes it.

hcert specification 1.0.5 (eu-dcc container), which WHO keeps as Electronic Health Certificate
Specification 1.1.1. An adapter (docs/adapters.md). Issuers' CBOR need not be canonical, so it is
read in the lenient manner. What is in the EU's certificate is read in dcc.py, in WHO's in ddcc.py.
"""

import hashlib

from ..refusal import Refusal
from . import base45
from .cbor import Reader, decode
from .claims import KINDS
from .cose import lenient_sign1, signature_hash
from .dcc import identifiers, read_certificate
from .inflate import inflate
from .real import Real

HCERT = -260  # CWT claim of the certificate; the certificate itself is under 1 in it
ES256 = -7
PS256 = -37  # hcert specification 3.3.2 knows these two
_CWT_TAG = 61
_SIGN1_TAG = 18


def read(text, start):
    """Read a code's structure. text: bytes-like; start: where its prefix ends.

    Raises Refusal of the stages base45, inflate, cbor and cose.
    """
    return Code(read_envelope(inflate(base45.decode(text, start))))


def read_envelope(data):
    """Read the COSE_Sign1, its optional tags before it. data: bytes-like, inflated.

    Raises Refusal of the stages cbor and cose.
    """
    reader = Reader(memoryview(data), canonical=False)
    reader.tag(_CWT_TAG)
    reader.tag(_SIGN1_TAG)
    items = reader.value(True)
    reader.finish()
    return lenient_sign1(items)


class Code:
    """One certificate: a single statement, and nothing that proves presence."""

    proof = None

    def __init__(self, sign1):
        if sign1.alg not in (ES256, PS256):
            raise Refusal("alg_unknown")
        self._sign1 = sign1
        self.statements = (Statement(sign1),)

    def open(self):
        """The subject is the certificate itself: it names nobody by a pseudonym."""
        self.subject = hashlib.sha256(self._sign1.payload).digest()[:16]

    @property
    def hcert(self):
        """The DCC as signed."""
        return self.statements[0].certificate


class Statement:
    """The certificate's signature and what it is over. Once open: see Cwt."""

    def __init__(self, sign1):
        self._sign1 = sign1
        self.alg = sign1.alg
        self.kid = sign1.kid
        self.signature = sign1.signature

    def signed(self):
        """What the signature is over."""
        return self._sign1.signed()

    def open(self):
        """Read what was signed. Raises Refusal: cbor's, and claims_invalid."""
        cwt = Cwt(self._sign1.payload)
        self.expires = cwt.expires
        self.not_before = cwt.not_before
        self.issued = cwt.issued
        self.said_issuer = cwt.issuer or None  # the country, which says more than the key's name
        self.certificate = cwt.certificate
        self._sets = cwt.data_sets

    def is_by(self, issuer):
        """The container names a country, which is not the name of its key."""
        return True

    def revocation_hashes(self, issuer):
        """As the DCC revocation lists have them, the first 16 bytes of SHA-256 each: UCI, country
        and UCI, signature.

        The country is the CWT's issuer; verifiers also take the entry's, so both are given.
        """
        hashes = [signature_hash(self.alg, self.signature)]
        for country, uci in self._identifiers():
            hashes.append(_hash(uci.encode()))
            for place in {self.said_issuer or country, country}:
                hashes.append(_hash((place + uci).encode()))
        return tuple(hashes)

    def claims(self, issuer, values):
        """{kind: [claim]}. Raises Refusal: claims_invalid, claims_several."""
        name = self.said_issuer or issuer.name
        if self.certificate is None:
            place = issuer.jurisdictions[0] if issuer.jurisdictions else ""
            return _who().read_data_sets(self._sets, name, place, values)
        kind, found = read_certificate(self.certificate, name, self.issued, values)
        return {KINDS[kind - 1]: found}

    def _identifiers(self):
        if self.certificate is not None:
            return identifiers(self.certificate)
        named = [_who().identifier(data) for data in self._sets]
        return [("", uci) for uci in named if uci is not None]


def _who():
    """The module that reads WHO's certificates, imported when there is one."""
    from . import ddcc

    return ddcc


def _hash(data):
    return hashlib.sha256(data).digest()[:16]


class Cwt:
    """CWT claims (RFC 8392). issuer: text or None; expires, not_before, issued: Unix seconds;
    certificate: the DCC, a dict, unchecked, or None; data_sets: WHO's in its place."""

    def __init__(self, payload):
        """payload: bytes. Raises Refusal: cbor's, and claims_invalid for a missing or odd claim."""
        claims = decode(payload, False)
        if not isinstance(claims, dict):
            raise Refusal("cbor_invalid")
        hcert = claims.get(HCERT)
        certificate = hcert.get(1) if isinstance(hcert, dict) else None
        self.data_sets = []
        if not isinstance(certificate, dict) or "ver" not in certificate:
            self.data_sets = self._who_s(claims, hcert)
            if self.data_sets:
                certificate = None
            elif not isinstance(certificate, dict):
                raise Refusal("cbor_invalid")
        self.certificate = certificate
        self.issuer = claims.get(1)
        if self.issuer is not None and not isinstance(self.issuer, str):
            raise Refusal("claims_invalid")
        if hcert is None:
            self.issued, self.not_before, self.expires = _who().period(claims)
            return
        self.expires = _time(claims.get(4))
        self.not_before = _time(claims.get(5, 0))
        self.issued = _time(claims.get(6, 0))

    def _who_s(self, claims, hcert):
        """WHO's data sets: in the hcert claim, or the payload itself."""
        if hcert is None:
            return [claims] if "name" in claims and _who().is_data_set(claims) else []
        return _who().data_sets(hcert) if isinstance(hcert, dict) else []


def _time(value):
    if isinstance(value, Real):
        value = value.whole
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal("claims_invalid")
    return value
