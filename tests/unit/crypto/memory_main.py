"""Runs on MicroPython: prints the heap that each verification of the file in argv takes, warm.

A line is NAME ALG KEY MESSAGE SIGNATURE TABLE, bytes in hexadecimal, `-` for no table.
"""

import gc
import sys
from binascii import unhexlify

from gate.crypto import verify

with open(sys.argv[1]) as file:
    cases = [line.split() for line in file.read().split("\n") if line]
for words in cases:
    key, message, signature = (unhexlify(word) for word in words[2:5])
    table = None if words[5] == "-" else unhexlify(words[5])
    alg = int(words[1])
    for _ in range(2):
        valid = verify(alg, key, message, signature, table)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    verify(alg, key, message, signature, table)
    taken = gc.mem_alloc() - before
    gc.enable()
    print(words[0], int(valid), taken)
