"""Runs on MicroPython: a look-up in Golomb-Rice coded gaps, the layout that was not taken.

    rice.py BLOCK TARGET COUNT      COUNT times over a block

A gap is its high part, unary, and its 24 low bits.
BLOCK: a file. TARGET: the sum of gaps that is looked for. Only the decoding is here: hashing,
reading and the check sum cost the same in either layout. See host_tools/revocation/alternatives.py.
"""

import gc
import sys


@micropython.viper
def find(block: ptr8, size: int, target: int) -> int:
    """Whether a sum of gaps is the target: 1, or 0 once it is passed."""
    total = 0
    bit = 0
    end = size << 3
    while bit < end:
        while (int(block[bit >> 3]) >> (7 - (bit & 7))) & 1:
            total += 1 << 24
            bit += 1
        bit += 1
        at = bit >> 3
        low = int(block[at]) << 16 | int(block[at + 1]) << 8 | int(block[at + 2])
        shift = bit & 7
        low = ((low << shift) | (int(block[at + 3]) >> (8 - shift))) & 0xFFFFFF
        total += low
        bit += 24
        if total >= target:
            return 1 if total == target else 0
    return 0


with open(sys.argv[1], "rb") as file:
    block = file.read()
target = int(sys.argv[2])
gc.disable()
for _ in range(1 + int(sys.argv[3])):
    if not find(block, len(block) - 4, target):
        raise ValueError("not found")
