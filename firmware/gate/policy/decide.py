"""The decision: does what a code says suffice here, and which claim and which rule said so.

The order, of which docs/formats.md tells the reasons:

1. proof of presence, where the site asks for one;
2. vetoes: a colour that is not accepted, a visited risk region, a positive test. The strictest
   claim of all that may speak decides, the most local one if several are as strict;
3. the ways in, in order: the first that holds in full grants;
4. else the refusal is that of the way that came nearest.

There is one place where a decision is granted: the end of a way all of whose needs are met.
"""

from micropython import const

from ..codec import jurisdiction
from ..codec.claims import COLOURS, KINDS
from .needs import check

_DAY = const(86400)

# how far from holding a need is; the larger the farther
_ALMOST = const(1)  # such a claim is there, but too old, incomplete, of another kind
_ELSEWHERE = const(2)  # such a claim is there, but who made it has no say here
_MISSING = const(3)


class Decision:
    """granted: bool. reason: None when granted. claim: what decided, or None. rule: its name."""

    def __init__(self, granted, reason, claim, rule):
        self.granted = granted
        self.reason = reason
        self.claim = claim
        self.rule = rule


def decide(presentation, policy, now, gate_id):
    """Give the Decision.

    presentation: verifier.Presentation. policy: rules.Policy. now: Unix seconds, or None when the
    clock is not trusted. gate_id: this gate's id, for proofs that name one.
    """
    if now is None:
        return _refused("clock_untrusted", None, "clock")
    refusal = _proof_refusal(presentation.proof, policy, now, gate_id)
    if refusal is not None:
        return _refused(refusal, None, "proof")
    claims = presentation.claims
    veto = (
        _colour_veto(_heard(claims, "health", policy), policy)
        or _risk_veto(_heard(claims, "travel", policy), policy, now)
        or _test_veto(_heard(claims, "test", policy))
    )
    if veto is not None:
        return veto
    return _try_ways(presentation, policy, now)


def _refused(reason, claim, rule):
    return Decision(False, reason, claim, rule)


def _proof_refusal(proof, policy, now, gate_id):
    """Why the proof of presence does not suffice; None if it does or none is asked for."""
    if not policy.proof_required:
        return None
    if proof is None:
        return "proof_required"
    if proof.gate is not None and proof.gate != gate_id:
        return "proof_other_gate"
    if not -policy.skew <= now - proof.at <= policy.proof_age:
        return "proof_stale"
    return None


# vetoes


def _heard(claims, kind, policy):
    """The claims of a kind from those who may speak, the most local first."""
    speakers = policy.speakers.get(kind, ())
    heard = []
    for claim in claims.get(kind, ()):
        if jurisdiction.covered(speakers, claim["jurisdiction"]):
            heard.append(claim)
    return sorted(heard, key=lambda claim: -_locality(claim["jurisdiction"], policy.home))


def _locality(place, home):
    """How near a jurisdiction is to the site: 0 is elsewhere, else the narrower, the larger."""
    if home is None or jurisdiction.covers(place, home) or jurisdiction.covers(home, place):
        return len(place)
    return 0


def _colour_veto(heard, policy):
    strictest = None
    for claim in heard:
        if strictest is None or _strictness(claim) > _strictness(strictest):
            strictest = claim
    if strictest is None or strictest["colour"] in policy.colours:
        return None
    return _refused("health_colour", strictest, "colours")


def _strictness(claim):
    return COLOURS.index(claim["colour"])


def _risk_veto(heard, policy, now):
    today = now // _DAY
    for claim in heard:
        regions = claim["regions"]
        for region in regions:
            if today - regions[region] > claim["days"]:
                continue  # longer ago than the record is to look back
            if region in claim["risk"] or _is_risk(region, policy):
                return _refused("travel_risk", claim, "risk regions")
        for region in claim["risk"]:
            if region not in regions:  # marked without a day: taken as visited
                return _refused("travel_risk", claim, "risk regions")
    return None


def _is_risk(region, policy):
    return bool(policy.risks) and jurisdiction.covered(policy.risks, region)


def _test_veto(heard):
    for claim in heard:
        if claim["result"] == "positive":
            return _refused("test_positive", claim, "positive test")
    return None


# ways in


def _try_ways(presentation, policy, now):
    nearest = None
    nearest_distance = None
    for way in policy.ways:
        if not way.formats & presentation.format_bit:
            continue
        distance, reason, claim = _walk(way, presentation.claims, policy, now)
        if reason is None:
            return Decision(True, None, claim, way.name)
        if nearest_distance is None or distance < nearest_distance:
            nearest = _refused(reason, claim, way.name)
            nearest_distance = distance
    return nearest or _refused("format_not_accepted", None, "ways")


def _walk(way, claims, policy, now):
    """Give (distance, reason, claim): reason None if all needs are met, else that of the first
    need that is not. claim is the one that met the first need, or failed that need.

    The nearer way is that with fewer unmet needs, then that whose unmet ones are closer to being
    met, then that with more met ones.
    """
    unmet = 0
    met = 0
    far = 0
    first = None
    failed = None
    for kind in KINDS:
        need = way.needs.get(kind)
        if need is None:
            continue
        gap, reason, claim = _meet(kind, need, claims, policy, now)
        if reason is None:
            met += 1
            first = first or claim
        else:
            unmet += 1
            far += gap
            failed = failed or (reason, claim)
    if failed is None:
        return 0, None, first
    return (unmet * 32 + far) * 8 - met, failed[0], failed[1]


def _meet(kind, need, claims, policy, now):
    """Give (gap, reason, claim) of the claim that comes nearest to a need; reason None: met."""
    elsewhere = "vaccination_jurisdiction" if kind == "vaccination" else "claim_jurisdiction"
    best = (_MISSING, kind + "_missing", None)
    for claim in _heard(claims, kind, policy):
        if not jurisdiction.covered(need.places, claim["jurisdiction"]):
            if best[0] > _ELSEWHERE:
                best = (_ELSEWHERE, elsewhere, claim)
            continue
        why = check(kind, claim, need, policy, now)
        if why is None:
            return 0, None, claim
        if best[0] > _ALMOST:
            best = (_ALMOST, why, claim)
    if best[0] == _MISSING and claims.get(kind):  # there, but only from those who may not speak
        return _ELSEWHERE, elsewhere, claims[kind][0]
    return best
