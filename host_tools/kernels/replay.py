"""Counts a native kernel's instructions in whole verifications.

MicroPython on this computer verifies with the portable kernel and writes down each call of the
kernel; the calls are then repeated with the native one, emulated, and every slot it leaves must be
the same. So the count is of the very steps that a board would run, and the kernel is checked on
them. What stands around the kernel - the glue - is not in the count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from tempfile import NamedTemporaryFile

from host_tools import interpreter as micropython

from .rv32_kernel import Kernel

# Runs on MicroPython: argv[1] names a file with one verification.
RECORDER = """
import sys
from binascii import hexlify, unhexlify
import gate.crypto
from gate.crypto import kernel_viper, machine

class Recorder:
    NAME, FIELDS, SIZE = kernel_viper.NAME, kernel_viper.FIELDS, kernel_viper.SIZE
    @staticmethod
    def run(field, code, steps, regs, io, tab0, tab1):
        steps = bytes(steps)
        at = 0
        while steps[at] != 255:
            at += 2
        before = bytes(io)
        kernel_viper.run(field, code, steps, regs, io, tab0, tab1)
        # A table of the machine's own slots is recorded as such, by where it starts.
        tables = ["=%d" % (len(io) - len(t)) if t is io or len(t) < len(io) and
                  bytes(t) == bytes(io)[len(io) - len(t):] else hexlify(t).decode()
                  for t in (tab0, tab1)]
        print("run", field, hexlify(code).decode(), hexlify(steps[:at + 1]).decode(),
              hexlify(before).decode(), hexlify(io).decode(), *tables)

machine.use(Recorder)
with open(sys.argv[1]) as file:
    words = file.read().split()
parts = [b"" if word == "-" else unhexlify(word) for word in words[1:]]
print("answer", int(gate.crypto.verify(int(words[0]), *parts[:3], parts[3] or None)))
"""


class ReplayError(Exception):
    """The native kernel and the portable one disagree, or nothing could be recorded."""


@dataclass
class Verification:
    """What a verification took."""

    valid: bool
    instructions: int = 0  # of the kernel
    calls: list[int] = field(default_factory=list)  # the same, call by call
    stack: int = 0  # bytes at most


def verification(
    alg: int,
    key: bytes,
    message: bytes,
    signature: bytes,
    table: bytes = b"",
    kind: type[Kernel] = Kernel,
) -> Verification:
    """Run gate.crypto.verify on MicroPython and its kernel calls on the emulated native kernel.

    kind: the kernel, RV32's if none is named.
    """
    words = [str(alg), *(part.hex() or "-" for part in (key, message, signature, table))]
    with NamedTemporaryFile("w", suffix=".txt") as case, NamedTemporaryFile("w") as script:
        case.write(" ".join(words))
        case.flush()
        script.write(RECORDER)
        script.flush()
        done = micropython.run([script.name, case.name], timeout=300)
    if done.returncode:
        raise ReplayError(f"MicroPython: {done.stderr.strip()[-500:]}")
    *runs, answer = done.stdout.splitlines()
    result = Verification(answer == "answer 1")
    kernel, regs = kind(), bytearray(32 * 32)
    for number, line in enumerate(runs):
        _, number_of_field, *parts = line.split()
        code, steps, before, after = (bytes.fromhex(part) for part in parts[:4])
        io = bytearray(before)
        tables = [
            before[int(part[1:]) :] if part[0] == "=" else bytes.fromhex(part) for part in parts[4:]
        ]
        spent = kernel.instructions
        kernel.run(int(number_of_field), code, steps, regs, io, *tables)
        if io != after:
            raise ReplayError(f"call {number} of the kernel left other slots than the portable one")
        result.calls.append(kernel.instructions - spent)
    result.instructions = kernel.instructions
    result.stack = kernel.emulator.deepest
    return result
