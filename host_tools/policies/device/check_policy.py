"""Runs on MicroPython: opens the policy part in the file of argv as a terminal does.

Prints a line of JSON: the reason of the refusal or null, and what the policy takes of the heap.
"""

import gc
import json
import sys

from gate.policy.rules import Policy
from gate.refusal import Refusal

with open(sys.argv[1], "rb") as file:
    data = file.read()
for _ in range(2):  # the first time its modules are imported
    policy = None
    gc.collect()
    before = gc.mem_alloc()
    reason = None
    try:
        policy = Policy(data)
    except Refusal as refusal:
        reason = refusal.reason
    gc.collect()
    taken = gc.mem_alloc() - before
print(json.dumps([reason, taken]))
