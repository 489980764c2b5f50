"""Runs on MicroPython: reads frames from stdin, verifies each code, writes a line of JSON for each.

Frames are a length (4 bytes, big-endian) and that many bytes. First five: the trust part or
nothing; a bundle or nothing; the root for it or nothing; the values part, if no bundle has one, or
nothing; the id of the gate to decide as, or nothing. Then for each code two: the time (8 bytes,
Unix seconds) and the code.
"""

import gc
import json
import sys

from frames import frame, plain

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
    answer = _answer_for(presentation, decision.reason)
    answer["rule"] = decision.rule
    answer["decided_by"] = plain(decision.claim)
    return answer


def _answer_for(presentation, reason=None):
    claims = plain(presentation.claims)
    if presentation.hcert is not None:
        claims["hcert"] = plain(presentation.hcert)
    stage = None if reason is None else stage_of(reason)
    return _answer(presentation, reason, stage, claims)


def _refused(refusal):
    return _answer(refusal.evidence or Seen(), refusal.reason, refusal.stage)


def main():
    """Serve until the input ends. The first line says whether the trust could be opened."""
    source = sys.stdin.buffer
    trust, sealed, root, values, gate = [frame(source) for _ in range(5)]
    gate = gate.decode() if gate else None
    try:
        bundle = open_bundle(sealed, root) if sealed else None
        issuers = Issuers(trust) if trust else bundle.issuers
        if bundle is not None:
            bundle.issuers = issuers
        values = Values(values) if values else None
    except Refusal as refusal:
        print(json.dumps(_refused(refusal)))
        return
    print(json.dumps({"ok": True}))
    while True:
        now = frame(source)
        code = frame(source)
        if code is None:
            return
        try:
            answer = _judge(code, issuers, bundle, values, gate, int.from_bytes(now, "big"))
        except Refusal as refusal:
            answer = _refused(refusal)
        print(json.dumps(answer))
        gc.collect()


main()
