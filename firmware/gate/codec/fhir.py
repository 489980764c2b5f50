"""A FHIR bundle (R4) to claims: vaccinations and test results about one patient.

SMART Health Cards: Vaccination & Testing guide 1.0. What codes mean is data: the values part
(gate/trust/values.py) knows vaccines against COVID-19, its tests and their results, in whatever
coding system; what it does not know is no claim. Neither is what is not final, has no whole date,
or is of another kind of resource. A bundle that leaves no claim is refused.
"""

from micropython import const

from ..refusal import Refusal
from .dates import parse_date, parse_time
from .json_text import BOOL, TEXT

_CODING = {"coding": [{"system": TEXT, "code": TEXT}]}
_RESOURCE = {
    "resourceType": TEXT,
    "status": TEXT,
    "vaccineCode": _CODING,
    "occurrenceDateTime": TEXT,
    "isSubpotent": BOOL,
    "code": _CODING,
    "valueCodeableConcept": _CODING,
    "effectiveDateTime": TEXT,
}
BUNDLE = {"resourceType": TEXT, "entry": [{"resource": _RESOURCE}]}  # what json_text is to keep

MAX_EACH = const(8)  # claims of a kind; of more, the latest count
UNKNOWN_SERIES = const(99)  # doses, where nobody said: such a vaccination is never complete
_FINAL = ("final", "amended", "corrected")  # of an observation's status


def read_bundle(bundle, issuer, place, values):
    """Give {kind: [claim]}, claims as in claims.py.

    bundle: as BUNDLE has it. issuer: name for the claims. place: whom the issuer speaks for.
    values: trust.Values, or None, and then no code is known. Raises Refusal('claims_invalid').
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Refusal("claims_invalid")
    patients = 0
    doses = []
    tests = []
    for entry in bundle.get("entry") or ():
        resource = entry.get("resource") or {}
        kind = resource.get("resourceType")
        if kind == "Patient":
            patients += 1
        elif values is None:
            continue
        elif kind == "Immunization":
            dose = _dose(resource, values)
            if dose is not None and dose not in doses:
                doses.append(dose)
        elif kind == "Observation":
            test = _test(resource, values)
            if test is not None:
                tests.append(test)
    if patients != 1 or not (doses or tests):
        raise Refusal("claims_invalid")
    claims = {}
    if doses:
        claims["vaccination"] = [
            {
                "issuer": issuer, "jurisdiction": place,
                "product": product, "dose": number, "of": series, "day": day,
            }
            for number, day, product, series in _series(doses)
        ]  # fmt: skip
    if tests:
        tests.sort()
        claims["test"] = [
            {"issuer": issuer, "jurisdiction": place, "kind": kind, "result": result, "at": at}
            for at, kind, result in tests[-MAX_EACH:]
        ]
    return claims


def _meaning(concept, lookup):
    """What the first coding that is known means; None if there is none."""
    for coding in (concept or {}).get("coding") or ():
        system = coding.get("system")
        code = coding.get("code")
        if system is not None and code is not None:
            meaning = lookup(system, code)
            if meaning is not None:
                return meaning
    return None


def _dose(resource, values):
    """(day, product, doses in its series) of an immunization that was given, or None."""
    if resource.get("status") != "completed" or resource.get("isSubpotent"):
        return None
    vaccine = _meaning(resource.get("vaccineCode"), values.product)
    day = _day(resource.get("occurrenceDateTime"))
    if vaccine is None or day is None:
        return None
    return day, vaccine[0], vaccine[1]


def _series(doses):
    """(number, day, product, doses in its series) of each, by day; the same day counts once.

    Doses of different products continue one another. Who has had more than a series has completed
    it; who had their last dose of an unknown one has not.
    """
    doses.sort()
    numbered = []
    number = 0
    before = None
    for day, product, series in doses:
        if day != before:
            number += 1
        before = day
        if series == 0:
            series = UNKNOWN_SERIES
        numbered.append((number, day, product, max(series, number)))
    return numbered[-MAX_EACH:]


def _test(resource, values):
    """(Unix seconds, kind, result) of a test that is final, or None."""
    if resource.get("status") not in _FINAL:
        return None
    kind = _meaning(resource.get("code"), values.test)
    at = _moment(resource.get("effectiveDateTime"))
    if kind is None or at is None:
        return None
    result = _meaning(resource.get("valueCodeableConcept"), values.result)
    return at, kind, result or "other"


def _day(text):
    """The day of a FHIR date or dateTime; None if it has no day."""
    if text is None or (len(text) > 10 and parse_time(text) is None):
        return None
    return parse_date(text[:10])


def _moment(text):
    """Unix seconds of a FHIR dateTime; of a date alone, when it begins: the test is then older."""
    if text is None:
        return None
    if len(text) > 10:
        return parse_time(text)
    day = parse_date(text)
    return None if day is None else day * 86400
