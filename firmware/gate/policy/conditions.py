"""Named conditions in CertLogic: what they see, and what becomes of them.

They see {"payload": the certificate as signed or null, "claims": ..., "external": ...};
docs/policy.md has all of it. A condition that is not exactly true does not hold; one that errs,
gives something else than true or false, or takes too many steps refuses whoever it is about.
"""

from micropython import const

from ..codec import formats
from ..codec.claims import KINDS
from ..refusal import Refusal
from .certlogic import CertLogicError, evaluate
from .certlogic_check import check
from .certlogic_time import civil
from .reading import WRONG, between, name

MAX_PROGRAM = const(2048)  # bytes of one condition
_DAY = const(86400)


class Condition:
    """name. formats: bits of the codes that it is about; kinds: bits of the claims, 0: all
    codes."""

    def __init__(self, reader):
        reader.array(4, 4)
        self.name = name(reader)
        self.formats = between(reader, 1, formats.ALL)
        self.kinds = reader.uint((1 << len(KINDS)) - 1)
        self.program = reader.view(1, MAX_PROGRAM)
        try:
            check(self.program)
        except CertLogicError:
            raise Refusal(WRONG)

    def concerns(self, form, kinds):
        """Whether it is about a code of this format (a bit) with claims of these kinds (bits)."""
        return bool(self.formats & form) and (self.kinds == 0 or bool(self.kinds & kinds))


def outcome(condition, data):
    """True, False, or None when it cannot be said."""
    try:
        value = evaluate(condition.program, data)
    except CertLogicError:
        return None
    return value if isinstance(value, bool) else None


def facts(shown, claims, now, home):
    """What conditions see. claims: those that are believed, {kind: [claim]}."""
    external = {
        "validationClock": time_text(now),
        "iat": time_text(shown.issued),
        "exp": time_text(shown.expires),
        "countryCode": None if home is None else home[:2],
    }
    said = {}
    for kind in claims:
        said[kind] = [_words(claim, now) for claim in claims[kind]]
    payload = shown.hcert if said else None
    return {"payload": payload, "claims": said, "external": external}


def _words(claim, now):
    """A claim whose times are texts, with its age in seconds or days."""
    words = dict(claim)
    if "at" in claim:
        words["at"] = time_text(claim["at"])
        words["age"] = now - claim["at"]
    for field in ("day", "first", "from", "until"):
        if field in claim:
            words[field] = day_text(claim[field])
    for field in ("day", "first"):
        if field in claim:
            words["age"] = now // _DAY - claim[field]
    if "regions" in claim:
        regions = claim["regions"]
        words["regions"] = {place: day_text(regions[place]) for place in regions}
    return words


def time_text(seconds):
    """Unix seconds as RFC 3339 has them, in UTC."""
    rest = seconds % _DAY
    clock = (rest // 3600, rest // 60 % 60, rest % 60)
    return day_text(seconds // _DAY) + "T%02d:%02d:%02dZ" % clock


def day_text(days):
    """Days since 1970-01-01 as a date of the Gregorian calendar."""
    return "%04d-%02d-%02d" % civil(days)
