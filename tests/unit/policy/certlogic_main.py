"""Runs on MicroPython: each line of the file in argv is a program in hex, a budget, data in JSON.

Prints for each what happened: the kind of the error or null, the same of check(), how often
the program was looked at, how many bytes the value keeps, how many all that was made would take.
Anything that is raised but a CertLogicError ends the process.
"""

import binascii
import gc
import json
import sys

from gate.policy.certlogic import CertLogicError, evaluate
from gate.policy.certlogic_check import check

weighed = sys.argv[2:] == ["weighed"]  # it takes long, so only if asked for
reads = []


class Watched:
    """Bytes that count how often they are looked at."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, key):
        reads[0] += 1
        return self.data[key]


def checked(program):
    try:
        check(program)
    except CertLogicError as error:
        return error.kind


def outcome(program, budget, data):
    """Kind of the error, bytes that the value keeps, bytes of all that was made."""
    if weighed:
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
    kind = value = None
    try:
        value = evaluate(program, data, budget)
    except CertLogicError as error:
        kind = error.kind
    if not weighed:
        return kind, 0, 0, value
    made = gc.mem_alloc() - before
    gc.enable()
    gc.collect()
    return kind, gc.mem_alloc() - before, made, value


with open(sys.argv[1]) as lines:
    for line in lines:
        program, budget, data = line.rstrip("\n").split(" ", 2)
        program = memoryview(binascii.unhexlify(program))
        reads[:] = [0]
        kind, kept, made, _ = outcome(
            program if weighed else Watched(program), int(budget), json.loads(data)
        )
        print(json.dumps([kind, checked(program), reads[0], kept, made]))
