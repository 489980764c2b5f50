"""Kernels that ask the host for every answer, or that replay the answers without working.

Asking, the host runs the native kernel on an emulated chip and counts. Replaying, the instructions
of everything around the kernel are counted here, and the two add up to a verification. The module
`native_stub` is the native kernel's own with its machine code taken out: what its wrappers cost is
counted too, and it computes nothing.
"""

import json
import sys
from binascii import hexlify, unhexlify

from gate.crypto import machine

_stubs = []  # the stub's module
_answers = []  # of each call in order: (name, value, ((argument, bytes), ...))
_next = [0]
_again = []  # where the calls of the second and every later iteration begin


@micropython.viper
def _copy(to: ptr8, source: ptr8, n: int):
    i = 0
    while i < n:
        to[i] = source[i]
        i += 1


def _asking(name):
    def routine(*arguments):
        said = [a if isinstance(a, int) else hexlify(bytes(a)).decode() for a in arguments]
        print(json.dumps([name, said]))
        value, changed = json.loads(sys.stdin.readline())
        for index, data in changed:
            data = unhexlify(data)
            _copy(arguments[index], data, len(data))
        return value

    return routine


def _replay(name, arguments):
    """What every replayed call does, whatever its arguments."""
    at = _next[0]
    if at == len(_answers):
        at = _again[0]
    _next[0] = at + 1
    expected, value, changed = _answers[at]
    if expected != name:
        raise ValueError("%s was recorded, %s is called" % (expected, name))
    getattr(_stubs[0], name)(*arguments)
    for index, data in changed:
        _copy(arguments[index], data, len(data))
    return value


def _replaying(name):
    def routine(*arguments):
        return _replay(name, arguments)

    return routine


class _Kernel:
    """Stands in for a kernel's module."""

    NAME = "bench"
    FIELDS = (0, 1, 2)

    def __init__(self, names, size, make):
        self.SIZE = size
        for name in names:
            setattr(self, name, make(name))


def _load(path):
    """Read the recorded calls; give their names, the size of a register, and the arguments.

    Each warm-up call is there as well: a terminal's first verification is replayed with the rest.
    """
    _stubs.append(__import__("native_stub"))
    with open(path + ".calls") as file:
        names, size, first = json.loads(file.readline())
        sizes = []
        for line in file:
            name, value, changed, arguments = json.loads(line)
            _answers.append((name, value, [(i, unhexlify(data)) for i, data in changed]))
            sizes.append(arguments)
    return names, size, first, sizes


def install(mode, path, names="", size=0):
    """Make machine use a kernel that asks (names, size) or one that replays PATH.calls."""
    if mode == "ask":
        kernel = _Kernel(names.split(","), int(size), _asking)
    else:
        names, size, first, _ = _load(path)
        _again.append(first)
        kernel = _Kernel(names, size, _replaying)
    machine.use(kernel)


def calibrate(path, who, count):
    """Do the calls of one iteration `count` times: by the stub, or as they are replayed."""
    _, _, first, sizes = _load(path)
    _again.append(first)
    _next[0] = first
    work = []
    for answer, arguments in zip(_answers[first:], sizes[first:]):
        work.append((answer[0], [a if a >= 0 else bytearray(-a) for a in arguments]))
    routines = {
        name: _replaying(name) if who == "replay" else getattr(_stubs[0], name)
        for name in {name for name, _ in work}
    }
    for _ in range(count):
        for name, values in work:
            routines[name](*values)
