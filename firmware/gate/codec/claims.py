"""The claims of an `OC1:` statement, checked and in the one shape that policy sees.

docs/architecture.md shows the shape; docs/formats.md has the CDDL. Kinds are numbered as in the
claim-set, and a kind's bit in an issuer's permissions is 1 << (number - 1).
"""

from ..refusal import Refusal
from . import jurisdiction

HEALTH = 1
TRAVEL = 2
VACCINATION = 3
TEST = 4
RECOVERY = 5
KINDS = ("health", "travel", "vaccination", "test", "recovery")

COLOURS = ("green", "yellow", "orange", "red")  # 1..4; the larger the stricter
TEST_KINDS = ("naat", "rat")  # 1, 2
RESULTS = ("negative", "positive")  # 0, 1

MAX_EACH = 4  # claims of one kind in one statement
MAX_REGIONS = 32
MAX_AGE = 525600  # minutes
MAX_WINDOW = 60  # days
MAX_DAY = 65535

_DAY = 86400


def read_claims(items, issued, issuer):
    """Check a decoded claim-set and give {kind name: [claim]}.

    items: dict. issued: the statement's iat, Unix seconds. issuer: its name.
    Raises Refusal('claims_invalid').
    """
    if not isinstance(items, dict) or not items:
        raise Refusal("claims_invalid")
    claims = {}
    for kind, entries in items.items():
        if not isinstance(kind, int) or not 1 <= kind <= len(KINDS):
            raise Refusal("claims_invalid")
        if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_EACH:
            raise Refusal("claims_invalid")
        read = _READ[kind - 1]
        claims[KINDS[kind - 1]] = [_claim(read, entry, issued, issuer) for entry in entries]
    return claims


def _claim(read, entry, issued, issuer):
    if not isinstance(entry, list):
        raise Refusal("claims_invalid")
    fields = Fields({i + 1: entry[i] for i in range(len(entry))})
    claim = {"issuer": issuer, "jurisdiction": fields.place(1)}
    read(fields, claim, issued)
    fields.finish()
    return claim


class Fields:
    """The fields of one claim: each is taken once, and none may be left over."""

    def __init__(self, entry):
        self._entry = entry
        self._taken = 0

    def finish(self):
        """Refuse fields that nobody asked for."""
        if self._taken != len(self._entry):
            raise Refusal("claims_invalid")

    def take(self, key):
        """The value of a field that must be there."""
        if key not in self._entry:
            raise Refusal("claims_invalid")
        self._taken += 1
        return self._entry[key]

    def number(self, key, low, high):
        """An integer from low to high."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Refusal("claims_invalid")
        return value

    def place(self, key):
        """A jurisdiction or region."""
        return _place(self.take(key))

    def has(self, key):
        """Whether the field is there."""
        return key in self._entry

    def optional(self, key):
        """The value of a field, or None if it is not there."""
        return self.take(key) if key in self._entry else None


def _place(value):
    if isinstance(value, int) and not isinstance(value, bool):
        value = jurisdiction.of_number(value)
    elif isinstance(value, str) and jurisdiction.has_number(value):
        value = None  # a place has one encoding only
    if not isinstance(value, str) or not jurisdiction.valid(value):
        raise Refusal("claims_invalid")
    return value


def _health(fields, claim, issued):
    claim["colour"] = COLOURS[fields.number(2, 1, len(COLOURS)) - 1]
    claim["at"] = issued - 60 * fields.number(3, 0, MAX_AGE)


def _travel(fields, claim, issued):
    claim["days"] = fields.number(2, 1, MAX_WINDOW)
    claim["at"] = issued
    visited = fields.take(3)
    if not isinstance(visited, dict) or len(visited) > MAX_REGIONS:
        raise Refusal("claims_invalid")
    regions = {}
    for region, ago in visited.items():
        if isinstance(ago, bool) or not isinstance(ago, int) or not 0 <= ago <= MAX_WINDOW:
            raise Refusal("claims_invalid")
        regions[_place(region)] = issued // _DAY - ago
    claim["regions"] = regions
    risk = fields.optional(4)
    if risk is None:
        risk = []
    elif not isinstance(risk, list) or not 1 <= len(risk) <= 16:
        raise Refusal("claims_invalid")
    claim["risk"] = [_place(region) for region in risk]


def _vaccination(fields, claim, issued):
    product = fields.take(2)
    if not isinstance(product, str) or not 1 <= len(product) <= 24:
        raise Refusal("claims_invalid")
    claim["product"] = product
    claim["dose"] = fields.number(3, 1, 9)
    claim["of"] = fields.number(4, 1, 9)
    claim["day"] = fields.number(5, 0, MAX_DAY)


def _test(fields, claim, issued):
    claim["kind"] = TEST_KINDS[fields.number(2, 1, len(TEST_KINDS)) - 1]
    claim["result"] = RESULTS[fields.number(3, 0, 1)]
    claim["at"] = issued - 60 * fields.number(4, 0, MAX_AGE)


def _recovery(fields, claim, issued):
    claim["first"] = fields.number(2, 0, MAX_DAY)
    claim["from"] = fields.number(3, 0, MAX_DAY)
    claim["until"] = fields.number(4, 0, MAX_DAY)


_READ = (_health, _travel, _vaccination, _test, _recovery)
