"""The decision for sites with hours, lists, conditions, or lanes that differ: more steps, and ways
that are not open to everybody. Nothing here grants: a way that is open is walked as in `decide`.
"""

from micropython import const

from ..codec.claims import KINDS
from .decide import ALMOST, MISSING, Deciding, Decision

# what being on a list may spare, bits; never a signature, a time, a colour or a positive test
RISKS = const(1)  # risk regions
HOURS = const(2)  # the lane's hours
PROOF = const(4)  # the lane's wish for a proof; not that of a way
RULES = const(32)  # the conditions that hold for everybody; decide.py has 8 and 16

# why a way is not open to someone; the later the nearer
_BARS = ("not_listed", "listing_not_valid", "site_closed")


class Thorough(Deciding):
    """listed: what the site's lists say of the person, or None. spared: bits of what they spare."""

    def __init__(self, shown, policy, now, gate):
        super().__init__(shown, policy, now, gate)
        self.listed = None
        self.spared = 0
        self._outcomes = {}  # number of a condition -> its outcome
        self._facts = None  # what conditions see
        self._entrances = None

    def decide(self):
        if self.policy.lists and self.now is not None:
            self.look_up()
        decision = super().decide()
        decision.spared = self.spared
        return decision

    # hours and lists

    def look_up(self):
        """See what the site's lists say of whoever this is."""
        from .lists import Listed, digest

        wanted = digest(self.shown.format, self.shown.subject)
        self.listed = Listed(self.policy.lists, wanted, self.now, self._open)
        self.spared = self.listed.spares

    def _open(self, schedule):
        return self.policy.open(schedule, self.now)

    def _lane_open(self):
        return bool(self.spared & HOURS) or self._open(self.lane.schedule)

    def closed(self):
        """The lane is closed, and no way is open outside its hours."""
        if self.lane.outside or self._lane_open():
            return None
        return Decision(False, "site_closed", None, "hours")

    def asks_proof(self, way):
        if self.listed is not None and self.listed.proof:
            return True
        if way.proof is not None:
            return way.proof
        return self.lane.proof and not self.spared & PROOF

    def denied(self):
        if self.listed is None or self.listed.denied is None:
            return None
        name = self.listed.denied
        return Decision(False, "subject_denied", None, name, name)

    def risks(self):
        return None if self.spared & RISKS else super().risks()

    # conditions

    def rules(self):
        if self.spared & RULES:
            return None
        for numbers, wanted in ((self.lane.accept, True), (self.lane.refuse, False)):
            for number in numbers:
                reason = self.condition_refusal(number, wanted)
                if reason is not None:
                    name = self.policy.conditions[number].name
                    return Decision(False, reason, None, name, name)
        return None

    def condition_refusal(self, number, wanted):
        """Why a condition is not as wanted (true or false); None if it is, or is not about this."""
        condition = self.policy.conditions[number]
        kinds = 0
        for at, kind in enumerate(KINDS):
            if self.believed(kind):
                kinds |= 1 << at
        if not condition.concerns(self.shown.format_bit, kinds):
            return None
        outcome = self.evaluate(number)
        if outcome is None:
            return "condition_invalid"
        return None if outcome == wanted else "condition_failed"

    def evaluate(self, number):
        """True, False, or None if it errs; each condition is evaluated once."""
        from .conditions import facts, outcome

        if number not in self._outcomes:
            if self._facts is None:
                claims = {kind: self.believed(kind) for kind in KINDS if self.believed(kind)}
                self._facts = facts(self.shown, claims, self.now, self.policy.home)
            self._outcomes[number] = outcome(self.policy.conditions[number], self._facts)
        return self._outcomes[number]

    # ways in

    def entrances(self):
        if self._entrances is None:
            form = self.shown.format_bit
            lane = self.lane
            numbers = list(range(len(self.policy.ways)) if lane.ways is None else lane.ways)
            numbers += [number for number in lane.outside if number not in numbers]
            self._entrances = []
            for number in numbers:
                way = self.policy.ways[number]
                if way.formats & form:
                    self._entrances.append((way, self.bar(number, way)))
        return self._entrances

    def bar(self, number, way):
        """Why a way is not open to this person now; None if it is."""
        listed = self.listed
        if listed is not None and listed.only is not None and number not in listed.only:
            return "not_listed"
        if way.list is not None and (listed is None or way.list not in listed.members):
            return "listing_not_valid" if listed and way.list in listed.lapsed else "not_listed"
        return None if self._way_open(number, way) else "site_closed"

    def _way_open(self, number, way):
        if not self._open(way.schedule):
            return False
        if self._lane_open():
            return self.lane.ways is None or number in self.lane.ways
        return number in self.lane.outside

    def barred(self):
        best = None
        for way, bar in self.entrances():
            if best is None or _BARS.index(bar) > _BARS.index(best.reason):
                named = None if way.list is None else self.policy.lists[way.list].name
                best = Decision(False, bar, None, way.name, named)
        return best or super().barred()

    def needs(self, way):
        found = super().needs(way)
        if not way.needs:
            found.append(self.vouched() + (None,))
        if self.asks_proof(way):
            found.append((ALMOST, self.proof_refusal(), None, None))
        for number in way.conditions:
            reason = self.condition_refusal(number, True)
            found.append((ALMOST, reason, None, self.policy.conditions[number].name))
        return found

    def vouched(self):
        """For a way that asks for no claim: whoever may speak must have said something at all."""
        for kind in KINDS:
            for claim in self.believed(kind):
                return 0, None, claim
        for kind in KINDS:
            for claim in self.shown.claims.get(kind, ()):
                return MISSING, "claim_jurisdiction", claim
        return MISSING, "health_missing", None
