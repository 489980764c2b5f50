"""Runs on MicroPython: tells how the firmware decides on a code, one after the other.

Frames as in host_tools.served. For each code five come in: the bundle, the operators' root, the
gate's id or nothing, the time (8 bytes, Unix seconds) and the code. One goes out, in JSON.
"""

import gc
import sys

from frames import answer, frame, plain
from tracing import explain

from gate.bundle import open_bundle
from gate.refusal import Refusal, stage_of
from gate.runtime.judge import present
from gate.ui import LANGUAGES, show
from gate.verifier import Seen

_opened = [None, None, None]  # bundle and root as they came, and the bundle opened


def _bundle(sealed, root):
    if sealed != _opened[0] or root != _opened[1]:
        _opened[:] = sealed, root, None
    if _opened[2] is None:
        _opened[2] = open_bundle(sealed, root)
    return _opened[2]


def _answer(sealed, root, gate, now, code):
    told = {"verdict": "refused", "reason": None, "stage": None, "rule": None, "named": None}
    told["decided_by"] = told["trace"] = told["site"] = told["version"] = None
    seen = Seen()
    texts = None
    try:
        bundle = _bundle(sealed, root)
        told["site"], told["version"] = bundle.site, bundle.version
        texts = bundle.policy.texts
        seen = shown = present(code, bundle, gate, now)
        decision, told["trace"] = explain(shown, bundle.policy, now, gate)
        told["reason"] = decision.reason
        told["rule"] = decision.rule
        told["named"] = decision.named
        told["decided_by"] = decision.claim
        told["verdict"] = "granted" if decision.granted else "refused"
    except Refusal as refusal:
        seen = refusal.evidence or seen
        told["reason"] = refusal.reason
    told["stage"] = stage_of(told["reason"]) if told["reason"] else None
    told["format"], told["issuer"] = seen.format, seen.issuer
    told["kid"] = None if seen.kid is None else bytes(seen.kid).hex()
    key = told["reason"] or "granted"
    named = told["named"] or told["rule"]
    told["texts"] = {language: show(language, key, texts, named) for language in LANGUAGES}
    return plain(told)


def main():
    source = sys.stdin.buffer
    out = sys.stdout.buffer
    while True:
        frames = [frame(source) for _ in range(5)]
        if frames[-1] is None:
            return
        sealed, root, gate, now, code = frames
        gate = gate.decode() if gate else None
        answer(out, _answer(sealed, root, gate, int.from_bytes(now, "big"), code))
        gc.collect()


main()
