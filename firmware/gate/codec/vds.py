"""ICAO's visible digital seals for travel, VDS-NC: proofs of vaccination as JSON in a QR code.

ICAO Technical Report VDS-NC 1.2, type icao.vacc. An adapter (docs/adapters.md). The signature is
over `data` in the canonical form of RFC 8785, which is how issuers write it: a code that is written
otherwise has no valid signature here. The signer's certificate stands in the code and only says
which key it is; whether that is trusted, the trust part says, under the certificate's hash as for
`HC1:`.
"""

import hashlib
from micropython import const

from ..refusal import Refusal
from . import base64url, json_text
from .dates import parse_date
from .json_text import NUMBER, TEXT

ICD11 = "http://id.who.int/icd11/mms"
NAMES = "icao"  # coding system of values.py: trade names in capitals, since seals have no codes

MAX_EACH = const(8)  # claims; of more doses, the latest count
MAX_DOSES = const(99)
UNKNOWN_SERIES = const(99)  # doses, where nobody says: such a vaccination is never complete
_ES256 = -7
_KID = const(8)  # bytes of the certificate's SHA-256
_LATEST = 0xFFFFFFFF

_DATA = {
    "hdr": {"is": TEXT, "t": TEXT, "v": NUMBER},
    "msg": {
        "uvci": TEXT,
        "pid": {"n": TEXT},
        "ve": [{"des": TEXT, "dis": TEXT, "nam": TEXT, "vd": [{"dvc": TEXT, "seq": NUMBER}]}],
    },
}
# what stands between quotation marks, and between those, after the data
_SEAL = (b",", b"sig", b":{", b"alg", b":", None, b",", b"cer", b":", None, b",", b"sigvl", b":",
         None, b"}}")  # fmt: skip


def read(text, start):
    """Read a code's structure. text: bytes-like; start: where its prefix ends, within the data.

    Raises Refusal: jws_invalid, alg_unknown.
    """
    return Code(bytes(text), start - 1)


class Code:
    """One proof: a single statement, and nothing that proves presence."""

    proof = None
    hcert = None

    def __init__(self, text, start):
        end = text.rfind(b',"sig":{')
        pieces = text[max(end, 0) :].split(b'"')
        if len(pieces) != len(_SEAL):
            raise Refusal("jws_invalid")
        for piece, expected in zip(pieces, _SEAL):
            if expected is not None and piece != expected:
                raise Refusal("jws_invalid")
        if pieces[5] != b"ES256":
            raise Refusal("alg_unknown")
        self.statements = (Statement(text[start:end], pieces[9], pieces[13]),)

    def open(self):
        """The subject is the proof itself: it names nobody by a pseudonym."""
        self.subject = hashlib.sha256(self.statements[0].signed()).digest()[:16]


class Statement:
    """The signature and what it is over."""

    alg = _ES256
    said_issuer = None
    issued = 0  # these proofs say neither when they were made nor when they end
    not_before = 0
    expires = _LATEST

    def __init__(self, data, certificate, signature):
        self._data = data
        self.kid = hashlib.sha256(_bytes(certificate)).digest()[:_KID]
        self.signature = _bytes(signature)

    def signed(self):
        """What the signature is over."""
        return self._data

    def open(self):
        """Read what was signed. Raises Refusal: json_invalid, json_too_complex, claims_invalid."""
        data = json_text.read(self._data, _DATA)
        head = data.get("hdr") or {}
        self._said = data.get("msg") or {}
        self._country = head.get("is") or ""
        person = self._said.get("pid") or {}
        if head.get("t") != "icao.vacc" or head.get("v") != 1 or not person.get("n"):
            raise Refusal("claims_invalid")

    def is_by(self, issuer):
        """The seal names a country, which is not the name of its key."""
        return True

    def revocation_hashes(self, issuer):
        """As for certificates: the signature's r, the identifier, country and identifier."""
        hashes = [self.signature[:32]]
        uci = self._said.get("uvci")
        if uci:
            hashes += (uci.encode(), (self._country + uci).encode())
        return tuple([hashlib.sha256(data).digest()[:16] for data in hashes])

    def claims(self, issuer, values):
        """{kind: [claim]}. Raises Refusal('claims_invalid')."""
        found = []
        for event in self._said.get("ve") or ():
            if values is None or not values.is_covid_19(ICD11, event.get("dis") or ""):
                continue  # another disease
            name = event.get("nam") or ""
            known = values.product(NAMES, name.upper()) or (name, 0)
            for dose in event.get("vd") or ():
                found.append(_dose(dose, known))
        if not found:
            raise Refusal("claims_invalid")
        found.sort()
        place = issuer.jurisdictions[0] if issuer.jurisdictions else ""
        return {
            "vaccination": [
                {
                    "issuer": issuer.name, "jurisdiction": place,
                    "product": product, "dose": number, "of": series, "day": day,
                }
                for day, number, product, series in found[-MAX_EACH:]
            ]
        }  # fmt: skip


def _dose(dose, known):
    """(day, number, product, doses in its series) of one dose."""
    day = parse_date(dose.get("dvc") or "")
    number = dose.get("seq")
    if day is None or not isinstance(number, int) or not 1 <= number <= MAX_DOSES:
        raise Refusal("claims_invalid")
    return day, number, known[0], max(known[1] or UNKNOWN_SERIES, number)


def _bytes(text):
    """The bytes that a base64url text stands for; its padding may be there."""
    size = len(text)
    while size and len(text) - size < 2 and text[size - 1] == 0x3D:
        size -= 1
    return bytes(base64url.decode(text[:size]))
