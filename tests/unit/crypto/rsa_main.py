"""Runs on MicroPython: answers one line for each line of the file named in argv, in hexadecimal.

power N S      rsa.rsa: S^65537 modulo N, as long as N
divide X N     limbs.divide: X modulo N, both little-endian, X at most twice as long
"""

import sys
from array import array
from binascii import hexlify, unhexlify

from gate.crypto import limbs, rsa

_work = bytearray(rsa.work_size(512) + 3)


def _power(n, s):
    _work[:] = b"\xa5" * len(_work)  # whatever an earlier use left
    rsa.rsa(n, s, len(n), _work)
    assert _work[rsa.work_size(len(n)) :] == b"\xa5" * (len(_work) - rsa.work_size(len(n)))
    return _work[: len(n)]


def _divide(x, n):
    short = array("H", bytes(2 * (8 * len(n) // 13 + 24)))
    long = array("I", bytes(4 * (8 * (len(x) + len(n)) // 13 + 24)))
    limbs.load(short, 8, n, 0, len(n), 1)
    read = array("H", bytes(2 * (8 * len(x) // 13 + 2)))
    limbs.load(read, 0, x, 0, len(x), 1)
    for i in range(len(read)):
        long[8 + i] = read[i]
    high = len(short) - 1
    while short[high] == 0:
        high -= 1
    high -= 8
    limbs.divide(0, long, short, 8, 8, high, max(len(read) - high - 1, 0))
    out = bytearray(len(n))
    limbs.store(out, 0, long, 8, len(n), 1)
    return out


with open(sys.argv[1]) as file:
    for line in file:
        kind, *words = line.split()
        first, second = (unhexlify(word) for word in words)
        print(hexlify((_power if kind == "power" else _divide)(first, second)).decode())
