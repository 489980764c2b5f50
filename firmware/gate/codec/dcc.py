"""The certificate inside `HC1:`: the EU DCC's document, and its claims.

DCC JSON schema 1.3 (and back to 1.0). Value sets (products, kinds of test, countries) are data
(gate/trust/values.py) and not judged here: what they do not know is "other" or stands as it is, and
no policy accepts it. Without value sets the few codes hold that the schema itself names.
"""

from ..refusal import Refusal
from .dates import parse_date, parse_time

VACCINATION = 3  # kinds, as in claims.py
TEST = 4
RECOVERY = 5

MAX_EACH = 4  # entries in certificates before schema 1.3, which allows one
MAX_DOSES = 99  # schema 1.3 has no maximum, earlier ones have 9

MP = "mp"  # coding systems of values.py that the fields of a DCC belong to
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

_COVID_19 = "840539006"  # SNOMED CT: the only agent that a DCC is about
_RESULTS = {"260373001": "positive", "260415000": "negative"}  # SNOMED CT: detected, not detected
_NAAT = "LP6464-4"  # LOINC
_RAT = "LP217198-3"


def read_certificate(certificate, issuer, issued, values=None):
    """Check a DCC against the schema and give (kind, [claim]); claims as in claims.py.

    certificate: dict. issuer: name for the claims. issued: Unix seconds, 0 if unknown. values:
    trust.Values, or None. Raises Refusal: claims_invalid; claims_several when it is about more
    than one kind, or none, or has more entries than its version of the schema allows.
    """
    most = 1 if _version(certificate) >= (1, 3) else MAX_EACH
    _person(certificate, issued)
    kind = 0
    claims = []
    for number, key, read in _KINDS:
        entries = certificate.get(key)
        if not entries:
            continue
        if not isinstance(entries, list):
            raise Refusal("claims_invalid")
        if kind or len(entries) > most:
            raise Refusal("claims_several")
        kind = number
        for entry in entries:
            claims.append(_entry(entry, read, issuer, values))
    if not kind:
        raise Refusal("claims_several")
    return kind, claims


def identifiers(certificate):
    """[(country, certificate identifier)] of all entries, as far as they are there: unchecked."""
    found = []
    for _, key, _ in _KINDS:
        entries = certificate.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("ci"), str):
                country = entry.get("co")
                found.append((country if isinstance(country, str) else "", entry["ci"]))
            if len(found) == MAX_EACH:
                return found
    return found


def _version(certificate):
    """(major, minor) of the schema that a certificate is made after."""
    numbers = _text(certificate, "ver", 5, 16).split(".")
    if len(numbers) != 3:
        raise Refusal("claims_invalid")
    for number in numbers:
        if not number.isdigit():
            raise Refusal("claims_invalid")
    return int(numbers[0]), int(numbers[1])


def _entry(entry, read, issuer, values):
    if not isinstance(entry, dict) or _text(entry, "tg", 1, 32) != _COVID_19:
        raise Refusal("claims_invalid")
    _text(entry, "ci", 1, 96)
    _text(entry, "is", 0, 200)
    claim = {"issuer": issuer, "jurisdiction": _text(entry, "co", 0, 10)}
    read(entry, claim, values)
    return claim


def _person(certificate, issued):
    """Name and date of birth: checked, since the schema asks for them, and not kept."""
    name = certificate.get("nam")
    if not isinstance(name, dict):
        raise Refusal("claims_invalid")
    named = False
    for plain, standard in (("fn", "fnt"), ("gn", "gnt")):
        spelling = _text(name, plain, 0, 80) if plain in name else ""
        letters = _text(name, standard, 0, 80) if standard in name else ""
        for byte in letters.encode():
            if not (0x41 <= byte <= 0x5A or byte == 0x3C):  # A to Z and <
                raise Refusal("claims_invalid")
        if spelling and standard in name and not letters:  # its ICAO 9303 form may not be empty
            raise Refusal("claims_invalid")
        if letters or spelling:
            named = True
    born = _text(certificate, "dob", 0, 40)
    if len(born) > 10 and parse_time(born) is not None:  # some issuers write a time after it
        born = born[:10]
    if not named or not _birth(born):
        raise Refusal("claims_invalid")
    day = parse_date(born)
    if day is not None and issued and day > issued // 86400 + 1:  # where tomorrow has begun
        raise Refusal("claims_invalid")


def _birth(text):
    """Whether a text is nothing, YYYY, YYYY-MM or YYYY-MM-DD, 1900 to 2099, parts perhaps 00."""
    data = text.encode()
    if not data:
        return True
    if data[:2] not in (b"19", b"20") or len(data) not in (4, 7, 10):
        return False
    for i in range(2, len(data)):
        if data[i] != 0x2D if i in (4, 7) else not 0x30 <= data[i] <= 0x39:
            return False
    return True


def _vaccination(entry, claim, values):
    _text(entry, "vp", 0, 80)
    _text(entry, "ma", 0, 80)
    code = _text(entry, "mp", 0, 80)
    product = values.product(MP, code) if values is not None else None
    claim["product"] = product[0] if product else code
    claim["dose"] = _count(entry, "dn")
    claim["of"] = _count(entry, "sd")
    claim["day"] = _day(entry, "dt")


def _test(entry, claim, values):
    kind = _text(entry, "tt", 0, 80)
    result = _text(entry, "tr", 0, 80)
    if values is not None:
        claim["kind"] = values.test(LOINC, kind) or "other"
        claim["result"] = values.result(SNOMED, result) or "other"
    else:
        claim["kind"] = "naat" if kind == _NAAT else "rat" if kind == _RAT else "other"
        claim["result"] = _RESULTS.get(result, "other")
    claim["at"] = parse_time(_text(entry, "sc", 16, 40))
    if claim["at"] is None:
        raise Refusal("claims_invalid")
    for key in ("nm", "ma", "tc"):
        if entry.get(key) is not None:
            _text(entry, key, 0, 200)


def _recovery(entry, claim, _values):
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
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_DOSES:
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


_KINDS = (
    (VACCINATION, "v", _vaccination),
    (TEST, "t", _test),
    (RECOVERY, "r", _recovery),
)
