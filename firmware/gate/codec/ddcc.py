"""WHO's certificates in the container of `HC1:`: the core data sets of DDCC:VS and DDCC:TR.

WHO's Electronic Health Certificate Specification 1.1.1 has them under 3 and 4 of the hcert claim;
issued ones are also seen in place of the DCC, and without any CWT around them. Codes are those of
the coding system that stands beside them, and what they mean is data (gate/trust/values.py): a
disease that is not known to be COVID-19 is no claim. Countries have three letters there, so that
claims are about the place that the issuer speaks for.
"""

from micropython import const

from ..refusal import Refusal
from .claims import MAX_EACH
from .dates import parse_date, parse_time

MAX_DOSES = const(99)
UNKNOWN_SERIES = const(99)  # doses, where nobody said: such a vaccination is never complete
_LATEST = 0xFFFFFFFF
_MAX_TEXT = const(200)


def is_data_set(value):
    """Whether a map is a core data set, as far as its names tell."""
    return isinstance(value, dict) and "name" in value and _kind(value) is not None


def data_sets(hcert):
    """Those in a hcert claim: under 3 and 4, each alone or in a list, or in place of the DCC."""
    found = []
    for key in (1, 3, 4):
        value = hcert.get(key)
        for one in value if isinstance(value, list) else (value,):
            if is_data_set(one):
                found.append(one)
    return found


def period(data):
    """(issued, not before, expires) in Unix seconds of a data set that no CWT surrounds.

    It may end with a day, which counts in full.
    """
    certificate = data.get("certificate")
    outer = certificate if isinstance(certificate, dict) else data
    start = _moment(outer, "valid_from", 0, 0)
    end = _moment(outer, "valid_until", _LATEST, 86399)
    meta = data.get("meta")
    issued = _moment(meta, "notarisedOn", start, 0) if isinstance(meta, dict) else start
    return issued, start, end


def identifier(data):
    """What names the certificate, for lists of revoked ones; None if nothing does."""
    for name in ("hcid", "identifier"):
        if isinstance(data.get(name), str):
            return data[name]
    return None


def read_data_sets(found, issuer, place, values):
    """Give {kind: [claim]}, claims as in claims.py.

    found: data sets. issuer: name for the claims. place: whom the issuer speaks for.
    values: trust.Values, or None. Raises Refusal('claims_invalid').
    """
    if values is None or not found or len(found) > MAX_EACH:
        raise Refusal("claims_invalid")
    claims: dict = {}
    for data in found:
        name = data["name"]
        if not isinstance(name, str) or not 1 <= len(name) <= _MAX_TEXT:
            raise Refusal("claims_invalid")
        claim = {"issuer": issuer, "jurisdiction": place}
        kind = _kind(data)
        if kind == "test":
            _test(data["test"], claim, values)
        else:
            event = data.get("vaccination")
            _vaccination(event if isinstance(event, dict) else data, claim, values)
        claims.setdefault(kind, []).append(claim)
    return claims


def _kind(data):
    if isinstance(data.get("test"), dict):
        return "test"
    if "vaccine" in data or isinstance(data.get("vaccination"), dict):
        return "vaccination"
    return None


def _vaccination(event, claim, values):
    if not values.is_covid_19(*_coding(event, "disease")):
        raise Refusal("claims_invalid")
    brand = _coding(event, "brand")
    known = values.product(*brand) or values.product(*_coding(event, "vaccine"))
    claim["product"] = known[0] if known else brand[1]
    claim["dose"] = _count(event.get("dose"))
    total = event.get("total_doses", event.get("totalDoses"))
    if total is not None:
        claim["of"] = _count(total)
    else:
        series = known[1] if known and known[1] else UNKNOWN_SERIES
        claim["of"] = max(series, claim["dose"])
    text = event.get("date")
    if not isinstance(text, str) or (len(text) > 10 and parse_time(text) is None):
        raise Refusal("claims_invalid")
    claim["day"] = parse_date(text[:10])
    if claim["day"] is None:
        raise Refusal("claims_invalid")


def _test(event, claim, values):
    if not values.is_covid_19(*_coding(event, "pathogen")):
        raise Refusal("claims_invalid")
    claim["kind"] = values.test(*_coding(event, "type")) or "other"
    claim["result"] = values.result(*_coding(event, "result")) or "other"
    claim["at"] = _moment(event, "date", None, 0)
    if claim["at"] is None:
        raise Refusal("claims_invalid")


def _coding(event, name):
    """(system, code) of a field; empty ones where there is nothing of the kind."""
    coding = event.get(name)
    pair = []
    for part in ("system", "code"):
        text = coding.get(part) if isinstance(coding, dict) else None
        pair.append(text if isinstance(text, str) and len(text) <= _MAX_TEXT else "")
    return pair


def _count(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_DOSES:
        raise Refusal("claims_invalid")
    return value


def _moment(fields, name, absent, within_day):
    """Unix seconds of a date, so far into it, or of a time; `absent` if the field is not there."""
    text = fields.get(name)
    if text is None:
        return absent
    if not isinstance(text, str):
        raise Refusal("claims_invalid")
    if len(text) > 10:
        at = parse_time(text)
    else:
        day = parse_date(text)
        at = None if day is None else day * 86400 + within_day
    if at is None or at < 0:
        raise Refusal("claims_invalid")
    return at
