"""`HC1:`, the EU Digital COVID Certificate: envelope, CWT claims and the certificate in them.

hcert specification 1.0.5 (eu-dcc container), DCC JSON schema 1.3 (and back to 1.0). Issuers' CBOR
need not be canonical, so it is read in the lenient manner. Value sets (products, tests) are data
and not judged here.
"""

from ..refusal import Refusal
from .cbor import Real, Reader, decode
from .cose import lenient_sign1
from .dates import parse_date, parse_time

PREFIX = b"HC1:"
MAX_COMPRESSED = 4096  # bytes

HCERT = -260  # CWT claim of the certificate; the certificate itself is under 1 in it
_CWT_TAG = 61
_SIGN1_TAG = 18

VACCINATION = 3  # kinds, as in claims.py
TEST = 4
RECOVERY = 5

_COVID_19 = "840539006"  # SNOMED CT: the only agent that a DCC is about
_DETECTED = "260373001"
_NOT_DETECTED = "260415000"
_NAAT = "LP6464-4"  # LOINC
_RAT = "LP217198-3"


def read_envelope(data):
    """Read the COSE_Sign1, its optional tags before it. data: bytes-like, inflated.

    Raises Refusal of the stages cbor and cose.
    """
    reader = Reader(memoryview(data), canonical=False)
    reader.tag(_CWT_TAG)
    reader.tag(_SIGN1_TAG)
    items = reader.value()
    reader.finish()
    return lenient_sign1(items)


class Cwt:
    """CWT claims (RFC 8392). issuer: text or None; expires, not_before, issued: Unix seconds;
    certificate: the DCC, a dict, unchecked."""

    def __init__(self, payload):
        """payload: bytes. Raises Refusal: cbor's, claims_invalid (a claim is missing or of no use)."""
        claims = decode(payload, False)
        hcert = claims.get(HCERT) if isinstance(claims, dict) else None
        certificate = hcert.get(1) if isinstance(hcert, dict) else None
        if not isinstance(certificate, dict):
            raise Refusal("cbor_invalid")
        self.certificate = certificate
        self.issuer = claims.get(1)
        if self.issuer is not None and not isinstance(self.issuer, str):
            raise Refusal("claims_invalid")
        self.expires = _time(claims.get(4))
        self.not_before = _time(claims.get(5, 0))
        self.issued = _time(claims.get(6, 0))


def _time(value):
    if isinstance(value, Real):
        value = value.whole
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal("claims_invalid")
    return value


def read_certificate(certificate, issuer):
    """Check a DCC against the schema and give (kind, claim); the claim as in claims.py.

    certificate: dict. issuer: name for the claim. Raises Refusal: claims_invalid; claims_several
    when it does not have exactly one entry.
    """
    _text(certificate, "ver", 1, 16)
    _person(certificate)
    found = []
    for kind, key in ((VACCINATION, "v"), (TEST, "t"), (RECOVERY, "r")):
        entries = certificate.get(key)
        if entries is None:
            continue
        if not isinstance(entries, list):
            raise Refusal("claims_invalid")
        for entry in entries:
            found.append((kind, entry))
    if len(found) != 1:
        raise Refusal("claims_several")
    kind, entry = found[0]
    if not isinstance(entry, dict) or _text(entry, "tg", 1, 32) != _COVID_19:
        raise Refusal("claims_invalid")
    _text(entry, "ci", 1, 96)
    _text(entry, "is", 0, 200)
    claim = {"issuer": issuer, "jurisdiction": _country(entry)}
    if kind == VACCINATION:
        _vaccination(entry, claim)
    elif kind == TEST:
        _test(entry, claim)
    else:
        _recovery(entry, claim)
    return kind, claim


def _person(certificate):
    """Name and date of birth: checked, since the schema asks for them, and not kept."""
    name = certificate.get("nam")
    if not isinstance(name, dict):
        raise Refusal("claims_invalid")
    named = False
    for key in ("fnt", "gnt"):
        if key in name:
            named = True
            for character in _text(name, key, 0, 80):
                if not ("A" <= character <= "Z" or character == "<"):
                    raise Refusal("claims_invalid")
    for key in ("fn", "gn"):
        if key in name:
            named = True
            _text(name, key, 0, 320)
    if not named:
        raise Refusal("claims_invalid")
    born = _text(certificate, "dob", 0, 32)
    if born and not (_partial_date(born) or parse_time(born) is not None):
        raise Refusal("claims_invalid")


def _partial_date(text):
    """Whether a text is YYYY, YYYY-MM or YYYY-MM-DD."""
    return len(text) in (4, 7, 10) and parse_date(text + "-01-01"[len(text) - 4 :]) is not None


def _vaccination(entry, claim):
    _text(entry, "vp", 1, 40)
    _text(entry, "ma", 1, 80)
    claim["product"] = _text(entry, "mp", 1, 80)
    claim["dose"] = _count(entry, "dn")
    claim["of"] = _count(entry, "sd")
    claim["day"] = _day(entry, "dt")


def _test(entry, claim):
    kind = _text(entry, "tt", 1, 40)
    claim["kind"] = "naat" if kind == _NAAT else "rat" if kind == _RAT else "other"
    result = _text(entry, "tr", 1, 40)
    if result == _NOT_DETECTED:
        claim["result"] = "negative"
    elif result == _DETECTED:
        claim["result"] = "positive"
    else:
        raise Refusal("claims_invalid")
    claim["at"] = parse_time(_text(entry, "sc", 16, 40))
    if claim["at"] is None:
        raise Refusal("claims_invalid")
    for key in ("nm", "ma", "tc"):
        if entry.get(key) is not None:
            _text(entry, key, 0, 200)


def _recovery(entry, claim):
    claim["first"] = _day(entry, "fr")
    claim["from"] = _day(entry, "df")
    claim["until"] = _day(entry, "du")


def _text(entry, key, low, high):
    """A text of low to high characters that must be there."""
    value = entry.get(key)
    if not isinstance(value, str) or not low <= len(value) <= high:
        raise Refusal("claims_invalid")
    return value


def _count(entry, key):
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 9:
        raise Refusal("claims_invalid")
    return value


def _day(entry, key):
    """A date; some issuers write a time after it, which is dropped."""
    text = _text(entry, key, 10, 40)
    if len(text) > 10 and parse_time(text) is None:
        raise Refusal("claims_invalid")
    day = parse_date(text[:10])
    if day is None:
        raise Refusal("claims_invalid")
    return day


def _country(entry):
    """The member state or third country: two capital letters."""
    text = _text(entry, "co", 2, 2)
    if not ("A" <= text[0] <= "Z" and "A" <= text[1] <= "Z"):
        raise Refusal("claims_invalid")
    return text
