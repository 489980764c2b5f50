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
MAX_EACH = const(8)  # claims of a kind; of more, the latest count
UNKNOWN_SERIES = const(99)  # doses, where nobody said: such a vaccination is never complete
_FINAL = ("final", "amended", "corrected")  # of an observation's status


def _fact(entry):
    """What an entry of the bundle may have to say, before codes are looked up; None: nothing.

    Made of each as soon as it is read, so that a long list of them takes little memory.
    """
    resource = entry.get("resource") or {}
    kind = resource.get("resourceType")
    if kind == "Patient":
        return (kind,)
    if kind == "Immunization":
        day = _day(resource.get("occurrenceDateTime"))
        given = resource.get("status") == "completed" and not resource.get("isSubpotent")
        if given and day is not None:
            return kind, day, _codings(resource.get("vaccineCode"))
    elif kind == "Observation":
        at = _moment(resource.get("effectiveDateTime"))
        if resource.get("status") in _FINAL and at is not None:
            result = _codings(resource.get("valueCodeableConcept"))
            return kind, at, _codings(resource.get("code")), result
    return None


# what json_text is to keep of a bundle
BUNDLE = {"resourceType": TEXT, "entry": [{"resource": _RESOURCE}, _fact]}


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
    for fact in bundle.get("entry") or ():
        if fact[0] == "Patient":
            patients += 1
        elif values is None:
            continue
        elif fact[0] == "Immunization":
            vaccine = _meaning(fact[2], values.product)
            if vaccine is not None:
                dose = fact[1], vaccine[0], vaccine[1]
                if dose not in doses:
                    doses.append(dose)
        else:
            kind = _meaning(fact[2], values.test)
            if kind is not None:
                tests.append((fact[1], kind, _meaning(fact[3], values.result) or "other"))
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


def _codings(concept):
    """(system, code, system, code ...) of a concept's codings that have both."""
    pairs = []
    for coding in (concept or {}).get("coding") or ():
        if coding.get("system") is not None and coding.get("code") is not None:
            pairs += (coding["system"], coding["code"])
    return tuple(pairs)


def _meaning(codings, lookup):
    """What the first coding that is known means; None if there is none."""
    for i in range(0, len(codings), 2):
        meaning = lookup(codings[i], codings[i + 1])
        if meaning is not None:
            return meaning
    return None


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
