"""Runs on MicroPython: reads the trust part of each line of the file in argv, looks kids up in it.

A line is `part kid...`, hexadecimal; the answer is the names found for each kid, or the refusal.
"""

import binascii
import json
import sys

from gate.refusal import Refusal
from gate.trust.issuers import Issuers

with open(sys.argv[1]) as lines:
    for line in lines:
        part, *kids = (binascii.unhexlify(word) for word in line.split())
        try:
            issuers = Issuers(part)
            answer = [len(issuers)] + [[one.name for one in issuers.lookup(kid)] for kid in kids]
        except Refusal as refusal:
            answer = refusal.reason
        print(json.dumps(answer))
