"""From a code to a verdict: what the verifier, the policy and the memory of this gate say."""

from .. import refusal
from ..policy.decide import PASSBACK, REPLAY, decide
from ..policy.lanes import ENTRY
from ..verifier import authenticate

REPLAYED = "replayed"
_PASSBACKS = (None, "already_inside", "already_outside")  # by direction
FULL = "zone_full"
UNTRUSTED = "clock_untrusted"
_EARLY = "code_not_yet_valid issuer_key_not_yet_valid proof_required"  # what by_floor may cause


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


def judge(code, site, gate, clock, replay, occupancy=None):
    """Give the Verdict on a code scanned at a gate. Every Refusal ends here; what else is raised is
    a fault.

    site: settings.Site. replay: lane.replay.ReplayMemory; a granted code is remembered there.
    occupancy: lane.occupancy.Occupancy, or None.
    """
    bundle = site.bundle
    if bundle is None:
        return Verdict(site.reason)
    lane = bundle.policy.lane_of(gate)
    now = clock.unix()
    early = now is None and lane.by_floor and not bundle.policy.schedules
    if early:
        now = clock.floor
    try:
        shown = present(code, bundle, gate, now)
    except refusal.Refusal as refused:
        return Verdict(_said(refused.reason, early), refused.evidence)
    if early:
        shown.proof = None  # nobody knows how old it is
    decision = decide(shown, bundle.policy, now, gate)
    if not decision.granted:
        reason = _said(decision.reason, early)
        return Verdict(reason, shown, decision.claim, decision.rule, decision.named)
    reason = _passed_before(shown.replay_key, lane, decision.spared, clock.ms(), replay)
    if reason is None and occupancy is not None and lane.direction == ENTRY:
        reason = FULL if occupancy.full(lane.zone, lane.capacity) else None
    if reason is not None:
        return Verdict(reason, shown, None, decision.rule)
    verdict = Verdict(None, shown, decision.claim, decision.rule)
    verdict.ticket = replay.remember(shown.replay_key, clock.ms(), lane.direction or 0)
    return verdict


def _said(reason, early):
    """What a person is told: not that their code is too new where it is the clock that is late."""
    return UNTRUSTED if early and reason in _EARLY.split() else reason


def _passed_before(key, lane, spared, now_ms, replay):
    """Why who passed before may not pass again; None if they may."""
    direction = lane.direction or 0
    if not spared & REPLAY and replay.seen(key, now_ms, lane.replay_window, direction):
        return REPLAYED
    if not spared & PASSBACK and replay.seen(key, now_ms, lane.passback_window, direction):
        return _PASSBACKS[direction]
    return None
