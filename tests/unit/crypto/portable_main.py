"""Runs on MicroPython: runs the portable kernel on each line of the file named in argv.

r FIELD CODE STEPS IO TAB0 TAB1   run; answers io
m FIELD OP A B                    one operation on registers of 80 bytes; answers the register

Bytes are hexadecimal.
"""

import sys
from binascii import hexlify, unhexlify

from gate.crypto import kernel_viper as kernel

_regs = bytearray(32 * kernel.SIZE)


def _answer(words):
    if words[0] == "r":
        code, steps, io, tab0, tab1 = (unhexlify(word) for word in words[2:])
        io = bytearray(io)
        kernel.run(int(words[1]), code, steps, _regs, io, tab0, tab1)
        return io
    op, size = int(words[2]), kernel.SIZE
    _regs[size : 2 * size] = unhexlify(words[3])
    _regs[2 * size : 3 * size] = unhexlify(words[4])
    code = (
        bytes((2, 2, 0, 0)) + b"\x09\x00" * 16 + bytes((op, 0, 1, 1 if op == 2 else 2)) + bytes(4)
    )
    kernel.run(int(words[1]), code, b"\x00\x00\xff", _regs, bytearray(32), b"", b"")
    return _regs[:size]


with open(sys.argv[1]) as file:
    for line in file.read().split("\n"):
        if line:
            print(hexlify(_answer(line.split())).decode())
