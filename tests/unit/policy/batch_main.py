"""Runs on MicroPython: the decision or refusal, as JSON, for each line of the file in argv."""

import binascii
import json
import sys

from gate.codec import formats
from gate.policy.decide import decide
from gate.policy.rules import Policy
from gate.refusal import Refusal


class Proof:
    def __init__(self, at, gate):
        self.at = at
        self.gate = gate


class Presentation:
    def __init__(self, case):
        self.format = case["format"]
        self.format_bit = formats.bit(case["format"])
        self.claims = case["claims"]
        self.subject = bytes.fromhex(case.get("subject") or "00")
        self.hcert = case.get("hcert")
        self.issued = case.get("issued") or 0
        self.expires = case.get("expires") or 0
        self.proof = Proof(*case["proof"]) if case["proof"] else None


with open(sys.argv[1]) as lines:
    for line in lines:
        case = json.loads(line)
        try:
            policy = Policy(binascii.unhexlify(case["policy"]))
            shown = Presentation(case)
            if len(sys.argv) > 2:  # as `gatectl policy explain` does
                from tracing import explain

                decision, told = explain(shown, policy, case["now"], case["gate"])
                json.dumps(told)
            else:
                decision = decide(shown, policy, case["now"], case["gate"])
            answer = [
                decision.granted,
                decision.reason,
                decision.rule,
                decision.claim,
                decision.named,
            ]
        except Refusal as refusal:
            answer = ["refused", refusal.reason]
        print(json.dumps(answer))
