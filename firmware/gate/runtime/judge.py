"""From a code to a verdict: what the verifier, the policy and the memory of this gate say."""

from .. import refusal
from ..policy.decide import PASSBACK, REPLAY, decide
from ..verifier import authenticate

REPLAYED = "replayed"
INSIDE = "already_inside"


class Verdict:
    """reason: None when granted. seen: what is known of the code. claim, rule, named: what decided.

    ticket: of a granted one, with which the replay memory forgets it if nobody walks through.
    """

    def __init__(self, reason, seen=None, claim=None, rule=None, named=None):
        self.reason = reason
        self.seen = seen
        self.claim = claim
        self.rule = rule
        self.named = named
        self.ticket = None

    @property
    def granted(self):
        return self.reason is None

    def fields(self):
        """For the log: nothing of the person but what decided, and where it was issued."""
        seen = self.seen
        kid = getattr(seen, "kid", None)
        claim = self.claim or {}
        return (
            ("verdict", "granted" if self.granted else "refused"),
            ("reason", self.reason),
            ("stage", None if self.granted else refusal.stage_of(self.reason)),
            ("format", getattr(seen, "format", None)),
            ("issuer", getattr(seen, "issuer", None)),
            ("kid", None if kid is None else bytes(kid).hex()),
            ("rule", self.rule),
            ("jurisdiction", claim.get("jurisdiction")),
        )


def present(code, bundle, gate, now):
    """The verifier.Presentation of a code by a bundle that still counts. Raises Refusal."""
    expired = None if now is None else bundle.expired(now)
    if expired:
        raise refusal.Refusal(expired)
    skew = bundle.policy.lane_of(gate).skew
    return authenticate(code, bundle.issuers, now, skew, bundle.revocations, bundle.values)


def judge(code, site, clock, replay):
    """Give the Verdict on a scanned code. Every Refusal ends here; what else is raised is a fault.

    site: settings.Site. replay: lane.replay.ReplayMemory; a granted code is remembered there.
    """
    now = clock.unix()
    bundle = site.bundle
    if bundle is None:
        return Verdict(site.reason)
    try:
        shown = present(code, bundle, site.gate, now)
    except refusal.Refusal as refused:
        return Verdict(refused.reason, refused.evidence)
    decision = decide(shown, bundle.policy, now, site.gate)
    if not decision.granted:
        return Verdict(decision.reason, shown, decision.claim, decision.rule, decision.named)
    lane = bundle.policy.lane_of(site.gate)
    reason = _passed_before(shown.replay_key, lane, decision.spared, clock.ms(), replay)
    if reason is not None:
        return Verdict(reason, shown, None, decision.rule)
    verdict = Verdict(None, shown, decision.claim, decision.rule)
    verdict.ticket = replay.remember(shown.replay_key, clock.ms(), lane.direction or 0)
    return verdict


def _passed_before(key, lane, spared, now_ms, replay):
    """Why who passed before may not pass again; None if they may."""
    if not spared & REPLAY and replay.seen(key, now_ms, lane.direction or 0):
        return REPLAYED
    if not spared & PASSBACK and replay.inside(key, now_ms, lane.passback_window):
        return INSIDE
    return None
