"""Runs on MicroPython: verifies the codes of a file one after the other.

argv: a trust part, codes, a revocation part and a values part; the last two may be empty. The file
of codes holds them after their length in two bytes. Prints a line of JSON for each: null or the
reason. Codes are read into one buffer, as a reader does.
"""

import gc
import json
import os
import sys

gc.threshold(4096)  # as the terminal has it while it starts (main.py)
_buffer = bytearray(4300)

from gate.refusal import Refusal  # noqa: E402 - after the buffer, while the heap is in one piece
from gate.trust.issuers import Issuers  # noqa: E402
from gate.verifier import authenticate, warm_up  # noqa: E402

NOW = 1_790_000_000

with open(sys.argv[1], "rb") as file:
    issuers = Issuers(file.read())
revocations = None
if os.stat(sys.argv[3])[6]:
    from gate.storage.source import File
    from gate.trust.revocation import Revocations

    revocations = Revocations(File(sys.argv[3], 0, os.stat(sys.argv[3])[6]))
values = None
if os.stat(sys.argv[4])[6]:
    from gate.trust.values import Values

    with open(sys.argv[4], "rb") as file:
        values = Values(file.read())
warm_up([issuer for issuer in issuers if issuer.alg == -7])  # most codes here are of ES256
gc.collect()
gc.threshold(-1)
with open(sys.argv[2], "rb") as file:
    view = memoryview(_buffer)
    while True:
        head = file.read(2)
        if not head:
            break
        size = int.from_bytes(head, "big")
        file.readinto(view[:size])
        gc.collect()  # as the terminal does before each code
        reason = None
        try:
            authenticate(view[:size], issuers, NOW, 60, revocations, values)
        except Refusal as refusal:
            reason = refusal.reason
        print(json.dumps(reason))
