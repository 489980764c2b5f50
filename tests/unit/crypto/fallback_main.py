"""Runs on MicroPython: verifies with a native kernel of which one thing is broken.

argv is CASES BROKEN HOW. The kernel stands in for kernel_rv32: its routines are the portable ones,
but BROKEN raises, lacks a field, or gives answers with one bit changed, as HOW says. Prints JSON:
the kernel in use, the notes, the routines that verifying called, and each case's answer.
"""

import json
import sys
from binascii import unhexlify

import gate.crypto
from gate.crypto import es256, inverse, kernel_viper, machine, rsa, sha512, sm3, steps

path, broken, how = sys.argv[1:4]
called = set()


def _rsa(n, s, size, work):
    space = bytearray(rsa.work_size(size))
    rsa.rsa(n, s, size, space)
    work[:size] = space[:size]


# What each routine is made of, and which of its arguments has the answer.
ROUTINES = {
    "run": (kernel_viper.run, 4),
    "invert": (inverse._portable, 0),
    "ecdsa": (es256._scalars, 0),
    "plan": (steps.plan, 0),
    "rsa": (_rsa, 3),
    "sha512_rounds": (sha512._rounds, 0),
    "sm3_rounds": (sm3._rounds, 0),
}


def _native(name):
    portable, answer = ROUTINES[name]

    def routine(*arguments):
        called.add(name)
        if name == broken and how == "raises":
            raise ValueError("broken")
        result = portable(*arguments)
        if name == broken and how == "wrong":
            arguments[answer][0] ^= 1
        return result

    return routine


class Kernel:
    NAME = "native"
    FIELDS = (0, 1) if how == "lacks a field" else (0, 1, 2)
    SIZE = kernel_viper.SIZE


for name in ROUTINES:
    setattr(Kernel, name, staticmethod(_native(name)))
sys.modules["gate.crypto.kernel_rv32"] = Kernel
gate.crypto.kernel_rv32 = Kernel

with open(path) as file:
    cases = [line.split() for line in file.read().split("\n") if line]
answers = []
for _round in range(2):
    answers.clear()
    called.clear()  # self-tests are in the first round
    for words in cases:
        key, message, signature, table = (unhexlify("" if w == "-" else w) for w in words[1:])
        answers.append(gate.crypto.verify(int(words[0]), key, message, signature, table or None))
print(json.dumps([machine.active(), machine.notes(), sorted(called), answers]))
