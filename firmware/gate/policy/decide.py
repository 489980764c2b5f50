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
Hours, lists and conditions are in `thorough`, which only sites that have them import. `gatectl
policy explain` overrides the steps to tell of them, and calls each as it is here.
"""

from micropython import const

from ..codec import jurisdiction
from ..codec.claims import COLOURS, KINDS
from .hearing import believed
from .needs import check

_DAY = const(86400)

# how far from holding a need is; the larger the farther
ALMOST = const(1)  # such a claim is there, but too old, incomplete, of another kind
ELSEWHERE = const(2)  # such a claim is there, but who made it has no say here
MISSING = const(3)

# what being on a list may spare, as far as it is asked outside of `thorough`; bits
REPLAY = const(8)  # the replay window
PASSBACK = const(16)  # anti-passback


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
    return deciding(policy)(presentation, policy, now, gate_id).decide()


def deciding(policy):
    """The class that decides by a policy."""
    if policy.plain:
        return Deciding
    from .thorough import Thorough

    return Thorough


class Deciding:
    """One decision under way; each step gives a Decision, or None to go on."""

    def __init__(self, shown, policy, now, gate):
        self.shown = shown
        self.policy = policy
        self.now = now
        self.gate = gate
        self.lane = policy.lane_of(gate)
        self._believed = {}  # kind -> claims

    def decide(self):
        if self.now is None:
            return Decision(False, "clock_untrusted", None, "clock")
        return (
            self.closed()
            or self.unproved()
            or self.denied()
            or self.colours()
            or self.risks()
            or self.positive()
            or self.rules()
            or self.ways()
        )

    def nothing(self):
        """A step that a plain policy does not have."""
        return

    closed = nothing
    denied = nothing
    rules = nothing

    def believed(self, kind):
        """The claims of a kind that count, the most local first."""
        if kind not in self._believed:
            latest = self.now + self.lane.skew
            self._believed[kind] = believed(self.shown.claims, kind, self.policy, latest)
        return self._believed[kind]

    # proof of presence

    def unproved(self):
        """A proof is missing or wrong, and there is no way in without one."""
        asked = False
        for way, bar in self.entrances():
            if bar is None:
                if not self.asks_proof(way):
                    return None
                asked = True
        reason = self.proof_refusal() if asked else None
        return reason and Decision(False, reason, None, "proof")

    def asks_proof(self, _way):
        """Whether a way takes a proof of presence from this person."""
        return self.lane.proof

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

    # vetoes

    def colours(self):
        strictest = None
        for claim in self.believed("health"):
            if claim["colour"] not in self.policy.colours and (
                strictest is None or _strictness(claim) > _strictness(strictest)
            ):
                strictest = claim
        return strictest and Decision(False, "health_colour", strictest, "colours")

    def risks(self):
        for claim in self.believed("travel"):
            if self.risk_in(claim) is not None:
                return Decision(False, "travel_risk", claim, "risk regions")
        return None

    def risk_in(self, claim):
        """The region of risk that a travel record tells of, or None."""
        today = self.now // _DAY
        regions = claim["regions"]
        risks = self.policy.risks
        for region in regions:
            if today - regions[region] > claim["days"]:
                continue  # longer ago than the record is to look back
            if region in claim["risk"] or (risks and jurisdiction.covered(risks, region)):
                return region
        for region in claim["risk"]:
            if region not in regions:  # marked without a day: taken as visited
                return region
        return None

    def positive(self):
        for claim in self.believed("test"):
            if claim["result"] == "positive":
                return Decision(False, "test_positive", claim, "positive test")
        return None

    # ways in

    def ways(self):
        """The first way that holds grants; else the nearest refuses."""
        nearest = None
        nearest_distance = None
        for way, bar in self.entrances():
            if bar is not None:
                continue
            distance, reason, claim, named = self.walk(way)
            if reason is None:
                return Decision(True, None, claim, way.name)
            if nearest_distance is None or distance < nearest_distance:
                nearest = Decision(False, reason, claim, way.name, named)
                nearest_distance = distance
        return nearest or self.barred()

    def entrances(self):
        """(way, bar) of the ways for codes of this format, in order; bar: why it is not open."""
        form = self.shown.format_bit
        return [(way, None) for way in self.policy.ways if way.formats & form]

    def barred(self):
        """The refusal when no way is open."""
        return Decision(False, "format_not_accepted", None, "ways")

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
        """Give (gap, reason, claim, named) for all that a way asks for; reason None: met."""
        found = []
        for kind in KINDS:
            if kind in way.needs:
                found.append(self.meet(kind, way.needs[kind]) + (None,))
        return found

    def meet(self, kind, need):
        """Give (gap, reason, claim) of the claim that comes nearest to a need; reason None: met."""
        elsewhere = "vaccination_jurisdiction" if kind == "vaccination" else "claim_jurisdiction"
        best = (MISSING, kind + "_missing", None)
        for claim in self.believed(kind):
            if not jurisdiction.covered(need.places, claim["jurisdiction"]):
                if best[0] > ELSEWHERE:
                    best = (ELSEWHERE, elsewhere, claim)
                continue
            why = check(kind, claim, need, self.lane, self.now)
            if why is None:
                return 0, None, claim
            if best[0] > ALMOST:
                best = (ALMOST, why, claim)
        said = self.shown.claims.get(kind)
        if best[0] == MISSING and said:  # there, but only from those who may not speak: as if not
            return MISSING, elsewhere, said[0]
        return best


def _strictness(claim):
    return COLOURS.index(claim["colour"])
