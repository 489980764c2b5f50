"""The decision: does what a code says suffice here, and which claim and which rule said so.

The order, of which docs/formats.md tells the reasons:

1. the lane's hours;
2. proof of presence, where every way that is open asks for one;
3. people who are listed as not to be let in;
4. vetoes: a colour that is not accepted, a visited risk region, a positive test. The strictest
   claim of all that are believed decides, the most local one if several are as strict;
5. conditions that hold for everybody;
6. the ways in, in order: the first that holds in full grants;
7. else the refusal is that of the way that came nearest.

There is one place where a decision is granted: the end of a way all of whose needs are met.
`gatectl policy explain` overrides the steps to tell of them, and calls each as it is here.
"""

from micropython import const

from ..codec import jurisdiction
from ..codec.claims import COLOURS, KINDS
from . import hearing
from .needs import check

_DAY = const(86400)

# how far from holding a need is; the larger the farther
_ALMOST = const(1)  # such a claim is there, but too old, incomplete, of another kind
_ELSEWHERE = const(2)  # such a claim is there, but who made it has no say here
_MISSING = const(3)

# why a way is not open to someone; the larger the nearer
_BARRED = ("not_listed", "listing_not_valid", "site_closed")

# what being on a list may spare, bits; never a signature, a time, a colour or a positive test
RISKS = const(1)  # risk regions
HOURS = const(2)  # the lane's hours
PROOF = const(4)  # the lane's wish for a proof; not that of a way
REPLAY = const(8)  # the replay window
PASSBACK = const(16)  # anti-passback
RULES = const(32)  # the conditions that hold for everybody


class Decision:
    """granted: bool. reason: None when granted. claim: what decided, or None. rule: its name.

    named: the condition or list that decided, for the site's own words; None if there is none.
    spared: bits of what the person's lists spare them, for whoever remembers who passed.
    """

    def __init__(self, granted, reason, claim, rule, named=None):
        self.granted = granted
        self.reason = reason
        self.claim = claim
        self.rule = rule
        self.named = named
        self.spared = 0


def decide(presentation, policy, now, gate_id):
    """Give the Decision.

    presentation: verifier.Presentation. policy: rules.Policy. now: Unix seconds, or None when the
    clock is not trusted. gate_id: this gate's id, which lane it is and what proofs may name.
    """
    return Deciding(presentation, policy, now, gate_id).decide()


class Deciding:
    """One decision under way; each step gives a Decision, or None to go on."""

    def __init__(self, shown, policy, now, gate):
        self.shown = shown
        self.policy = policy
        self.now = now
        self.gate = gate
        self.lane = policy.lane_of(gate)
        self.listed = None
        self.spared = 0
        self._believed = {}  # kind -> claims
        self._outcomes = {}  # number of a condition -> its outcome
        self._facts = None  # what conditions see
        self._entrances = None

    def decide(self):
        if self.now is None:
            return self.refused("clock_untrusted", None, "clock")
        if self.policy.lists:
            self.look_up()
        decision = (
            self.closed()
            or self.unproved()
            or self.denied()
            or self.colours()
            or self.risks()
            or self.positive()
            or self.rules()
            or self.ways()
        )
        decision.spared = self.spared
        return decision

    def refused(self, reason, claim, rule, named=None):
        return Decision(False, reason, claim, rule, named)

    def believed(self, kind):
        """The claims of a kind that count, the most local first."""
        if kind not in self._believed:
            heard = hearing.heard(self.shown.claims, kind, self.policy)
            latest = self.now + self.lane.skew
            self._believed[kind] = hearing.believed(heard, kind, self.policy, latest)
        return self._believed[kind]

    # before the claims

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
        return self.refused("site_closed", None, "hours")

    def unproved(self):
        """A proof is missing or wrong, and there is no way in without one."""
        asked = False
        for _, way, bar in self.entrances():
            if bar is None:
                if not self.asks_proof(way):
                    return None
                asked = True
        reason = self.proof_refusal() if asked else None
        return reason and self.refused(reason, None, "proof")

    def asks_proof(self, way):
        """Whether a way takes a proof of presence from this person."""
        if self.listed is not None and self.listed.proof:
            return True
        if way.proof is not None:
            return way.proof
        return self.lane.proof and not self.spared & PROOF

    def proof_refusal(self):
        """Why the proof of presence does not suffice; None if it does."""
        proof = self.shown.proof
        if proof is None:
            return "proof_required"
        if proof.gate is not None and proof.gate != self.gate:
            return "proof_other_gate"
        if not -self.lane.skew <= self.now - proof.at <= self.lane.proof_age:
            return "proof_stale"
        return None

    def denied(self):
        if self.listed is None or self.listed.denied is None:
            return None
        name = self.listed.denied
        return self.refused("subject_denied", None, name, name)

    # vetoes

    def colours(self):
        strictest = None
        for claim in self.believed("health"):
            if strictest is None or _strictness(claim) > _strictness(strictest):
                strictest = claim
        if strictest is None or strictest["colour"] in self.policy.colours:
            return None
        return self.refused("health_colour", strictest, "colours")

    def risks(self):
        if self.spared & RISKS:
            return None
        today = self.now // _DAY
        for claim in self.believed("travel"):
            if self.risk_in(claim, today) is not None:
                return self.refused("travel_risk", claim, "risk regions")
        return None

    def risk_in(self, claim, today):
        """The region of risk that a travel record tells of, or None."""
        regions = claim["regions"]
        for region in regions:
            if today - regions[region] > claim["days"]:
                continue  # longer ago than the record is to look back
            if region in claim["risk"] or _is_risk(region, self.policy):
                return region
        for region in claim["risk"]:
            if region not in regions:  # marked without a day: taken as visited
                return region
        return None

    def positive(self):
        for claim in self.believed("test"):
            if claim["result"] == "positive":
                return self.refused("test_positive", claim, "positive test")
        return None

    # conditions

    def rules(self):
        """Conditions that hold for everybody."""
        if self.spared & RULES:
            return None
        for number in self.lane.accept:
            reason = self.condition_refusal(number, True)
            if reason is not None:
                return self._ruled_out(reason, number)
        for number in self.lane.refuse:
            reason = self.condition_refusal(number, False)
            if reason is not None:
                return self._ruled_out(reason, number)
        return None

    def _ruled_out(self, reason, number):
        name = self.policy.conditions[number].name
        return self.refused(reason, None, name, name)

    def condition_refusal(self, number, wanted):
        """Why a condition is not as wanted (true or false); None if it is, or is not about this."""
        condition = self.policy.conditions[number]
        kinds = 0
        for kind in KINDS:
            if self.believed(kind):
                kinds |= 1 << KINDS.index(kind)
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

    def ways(self):
        """The first way that holds grants; else the nearest refuses."""
        nearest = None
        nearest_distance = None
        barred = None
        for _, way, bar in self.entrances():
            if bar is not None:
                if barred is None or _BARRED.index(bar) > _BARRED.index(barred.reason):
                    barred = self.refused(bar, None, way.name, self._list_name(way))
                continue
            distance, reason, claim, named = self.walk(way)
            if reason is None:
                return Decision(True, None, claim, way.name)
            if nearest_distance is None or distance < nearest_distance:
                nearest = self.refused(reason, claim, way.name, named)
                nearest_distance = distance
        return nearest or barred or self.refused("format_not_accepted", None, "ways")

    def entrances(self):
        """(number, way, bar) of the lane's ways for codes of this format, in the lane's order."""
        if self._entrances is None:
            form = self.shown.format_bit
            lane = self.lane
            numbers = list(range(len(self.policy.ways)) if lane.ways is None else lane.ways)
            numbers += [number for number in lane.outside if number not in numbers]
            self._entrances = []
            for number in numbers:
                way = self.policy.ways[number]
                if way.formats & form:
                    self._entrances.append((number, way, self.bar(number, way)))
        return self._entrances

    def bar(self, number, way):
        """Why a way is not open to this person now; None if it is."""
        listed = self.listed
        if listed is not None and listed.only is not None and number not in listed.only:
            return "not_listed"
        if way.list is not None and way.list not in listed.members:
            return "listing_not_valid" if way.list in listed.lapsed else "not_listed"
        if not self._way_open(number, way):
            return "site_closed"
        return None

    def _way_open(self, number, way):
        if not self._open(way.schedule):
            return False
        if self._lane_open():
            return self.lane.ways is None or number in self.lane.ways
        return number in self.lane.outside

    def _list_name(self, way):
        return None if way.list is None else self.policy.lists[way.list].name

    def walk(self, way):
        """Give (distance, reason, claim, named): reason None if all needs are met, else that of the
        first need that is not. claim is the one that met the first need, or failed that need.

        The nearer way is that with fewer unmet needs, then that whose unmet ones are closer to
        being met, then that with more met ones.
        """
        unmet = 0
        met = 0
        far = 0
        first = None
        failed = None
        for gap, reason, claim, named in self.needs(way):
            if reason is None:
                met += 1
                first = first or claim
            else:
                unmet += 1
                far += gap
                failed = failed or (reason, claim, named)
        if failed is None:
            return 0, None, first, None
        return ((unmet * 64 + far) * 32 - met,) + failed

    def needs(self, way):
        """Give (gap, reason, claim, named) for each thing that a way asks for; reason None: met."""
        found = []
        if self.asks_proof(way):
            found.append((_ALMOST, self.proof_refusal(), None, None))
        for kind in KINDS:
            if kind in way.needs:
                found.append(self.meet(kind, way.needs[kind]) + (None,))
        if not way.needs:
            found.append(self.vouched() + (None,))
        for number in way.conditions:
            reason = self.condition_refusal(number, True)
            found.append((_ALMOST, reason, None, self.policy.conditions[number].name))
        return found

    def meet(self, kind, need):
        """Give (gap, reason, claim) of the claim that comes nearest to a need; reason None: met."""
        elsewhere = "vaccination_jurisdiction" if kind == "vaccination" else "claim_jurisdiction"
        best = (_MISSING, kind + "_missing", None)
        for claim in self.believed(kind):
            if not jurisdiction.covered(need.places, claim["jurisdiction"]):
                if best[0] > _ELSEWHERE:
                    best = (_ELSEWHERE, elsewhere, claim)
                continue
            why = check(kind, claim, need, self.lane, self.now)
            if why is None:
                return 0, None, claim
            if best[0] > _ALMOST:
                best = (_ALMOST, why, claim)
        said = self.shown.claims.get(kind)
        if best[0] == _MISSING and said:  # there, but only from those who may not speak
            return _ELSEWHERE, elsewhere, said[0]
        return best

    def vouched(self):
        """For a way that asks for no claim: somebody who may speak must have said something at
        all."""
        for kind in KINDS:
            for claim in self.believed(kind):
                return 0, None, claim
        for kind in KINDS:
            for claim in self.shown.claims.get(kind, ()):
                return _ELSEWHERE, "claim_jurisdiction", claim
        return _MISSING, "health_missing", None


def _strictness(claim):
    return COLOURS.index(claim["colour"])


def _is_risk(region, policy):
    return bool(policy.risks) and jurisdiction.covered(policy.risks, region)
