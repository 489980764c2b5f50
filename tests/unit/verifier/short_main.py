"""Runs on MicroPython: verifies a code while ever more of a full heap is free.

argv: a trust part, a code, the time. Prints the reasons (null: verified), in a JSON array; the last
is that of the same code once the heap is free again.
"""

import gc
import json
import sys

from gate.refusal import Refusal
from gate.trust.issuers import Issuers
from gate.verifier import authenticate, warm_up

SIZES = (512, 64, 16)  # bytes; the small ones fill the gaps between the large ones
STEP = 1024  # bytes that are given back before each try

with open(sys.argv[1], "rb") as file:
    issuers = Issuers(file.read())
with open(sys.argv[2], "rb") as file:
    code = file.read()
now = int(sys.argv[3])
reasons = [None] * 64  # the last one that is used: with the whole heap
filled = [None] * 4096


def verify():
    try:
        authenticate(code, issuers, now)
    except Refusal as refusal:
        return refusal.reason
    return None


warm_up([issuer for issuer in issuers if issuer.alg == -7])
verify()
gc.collect()
count = 0
for size in SIZES:
    try:
        while True:
            filled[count] = bytearray(size)
            count += 1
    except MemoryError:
        pass
tried = 0
while tried < len(reasons) - 1:
    given_back = 0
    while given_back < STEP:
        count -= 1
        given_back += len(filled[count])
        filled[count] = None
    gc.collect()
    reasons[tried] = verify()
    tried += 1
    if reasons[tried - 1] is None:
        break
filled = None
gc.collect()
reasons[tried] = verify()
print(json.dumps(reasons[: tried + 1]))
