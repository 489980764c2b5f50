"""Runs on MicroPython: how deep in calls the program in a file (argv) can be evaluated and checked.

Prints the greatest number of calls around evaluate() and check() at which both still work: the less
of the stack they need, the greater. Data: 1.
"""

import sys

from gate.policy.certlogic import evaluate
from gate.policy.certlogic_check import check

with open(sys.argv[1], "rb") as file:
    program = file.read()


def within(calls):
    if calls:
        return within(calls - 1)
    check(program)
    return evaluate(program, 1)


low = 0
high = 100000
while high - low > 1:
    middle = (low + high) // 2
    try:
        within(middle)
        low = middle
    except RuntimeError:
        high = middle
print(low)
