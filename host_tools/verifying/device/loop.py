"""Runs on MicroPython: verifies codes, one after the other, and answers each in JSON.

Frames as in host_tools.served. First five, its hello: the trust part or nothing; a bundle or
nothing; the root for it or nothing; the values part, if no bundle has one, or nothing; the id of
the gate to decide as, or nothing. Then for each code two: the time (8 bytes, Unix seconds) and the
code.
"""

import gc
import sys

from frames import answer, frame, plain

from gate.bundle import open_bundle
from gate.policy.decide import decide
from gate.refusal import Refusal, stage_of
from gate.runtime.judge import present
from gate.trust.issuers import Issuers
from gate.trust.values import Values
from gate.verifier import Seen, authenticate


def _answer(seen, reason=None, stage=None, claims=None):
    return {
        "ok": reason is None,
        "reason": reason,
        "stage": stage,
        "format": seen.format,
        "issuer": seen.issuer,
        "kid": None if seen.kid is None else seen.kid.hex(),
        "claims": claims,
    }


def _judge(code, issuers, bundle, values, gate, now):
    """Everything up to the claims, then the bundle's policy if there is one."""
    if bundle is None:
        return _answer_for(authenticate(code, issuers, now, values=values))
    presentation = present(code, bundle, gate, now)
    decision = decide(presentation, bundle.policy, now, gate)
    told = _answer_for(presentation, decision.reason)
    told["rule"] = decision.rule
    told["decided_by"] = plain(decision.claim)
    return told


def _answer_for(presentation, reason=None):
    claims = plain(presentation.claims)
    if presentation.hcert is not None:
        claims["hcert"] = plain(presentation.hcert)
    stage = None if reason is None else stage_of(reason)
    return _answer(presentation, reason, stage, claims)


def _refused(refusal):
    return _answer(refusal.evidence or Seen(), refusal.reason, refusal.stage)


def main():
    """Serve until the input ends. The first answer says whether the trust could be opened."""
    source = sys.stdin.buffer
    target = sys.stdout.buffer
    trust, sealed, root, values, gate = [frame(source) for _ in range(5)]
    gate = gate.decode() if gate else None
    try:
        bundle = open_bundle(sealed, root) if sealed else None
        issuers = Issuers(trust) if trust else bundle.issuers
        if bundle is not None:
            bundle.issuers = issuers
        values = Values(values) if values else None
    except Refusal as refusal:
        answer(target, _refused(refusal))
        return
    answer(target, {"ok": True})
    while True:
        now = frame(source)
        code = frame(source)
        if code is None:
            return
        try:
            told = _judge(code, issuers, bundle, values, gate, int.from_bytes(now, "big"))
        except Refusal as refusal:
            told = _refused(refusal)
        answer(target, told)
        gc.collect()


main()
