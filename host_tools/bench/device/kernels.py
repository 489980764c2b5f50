"""Kernels that write down what they are asked, or answer from such a record without working.

So the instructions of a native kernel, counted on its own emulated chip, and those of everything
around it, counted here, add up to a verification. `native_stub` is the native kernel's module with
its machine code taken out: what its wrappers cost is counted, and it computes nothing.
"""

import json
from array import array
from binascii import hexlify, unhexlify

from gate.crypto import kernel_viper, machine

calls = []  # [name, arguments, answer] of each call
_answers = {}  # name -> its answers in order
_next = {}
_warming = [True]  # answer by computing: during warm-up and self-tests
_stubs = []  # the stub's module


def _compute(name, arguments):
    """Do what a kernel's routine of this name does, with portable code."""
    if name == "run":
        kernel_viper.run(*arguments)
    elif name == "invert":
        x, m = arguments
        number = int.from_bytes(m, "little")
        x[:] = pow(int.from_bytes(x, "little"), number - 2, number).to_bytes(32, "little")
    elif name == "rsa":
        n, s, size, work = arguments
        power = pow(int.from_bytes(s, "big"), 65537, int.from_bytes(n, "big"))
        work[:size] = power.to_bytes(size, "big")
    elif name == "sha512_rounds":
        from gate.crypto.sha512 import _rounds

        _rounds(*arguments)
    elif name == "sm3_rounds":
        from gate.crypto.sm3 import _rounds

        _rounds(*arguments)
    else:
        raise ValueError(name)


def _plain(name, arguments):
    """The arguments as JSON has them: hexadecimal and numbers."""
    if name != "run":
        return [a if isinstance(a, int) else hexlify(bytes(a)).decode() for a in arguments]
    field, code, steps, _, io, tab0, tab1 = arguments
    steps = bytes(steps)
    end = 0
    while steps[end] != 255:
        end += 2
    now = bytes(io)
    out = [field, hexlify(code).decode(), hexlify(steps[: end + 1]).decode(), hexlify(now).decode()]
    for table in (tab0, tab1):
        # A table of the machine's own slots is written down as where it starts.
        start = len(now) - len(table)
        out.append(start if start >= 0 and bytes(table) == now[start:] else hexlify(table).decode())
    return out


_ANSWER = {"run": 4, "invert": 0, "rsa": 3, "sha512_rounds": 0, "sm3_rounds": 0}


def _recorder(name):
    def routine(*arguments):
        if _warming:
            _compute(name, arguments)
            return
        entry = [name, _plain(name, arguments), None]
        _compute(name, arguments)
        answer = arguments[_ANSWER[name]]
        if name == "rsa":
            answer = answer[: arguments[2]]
        entry[2] = hexlify(bytes(answer)).decode()
        calls.append(entry)

    return routine


# Replaying is spelled out for each signature, so that it costs little and always the same.


def _run(field, code, steps, regs, io, tab0, tab1):
    if _warming:
        kernel_viper.run(field, code, steps, regs, io, tab0, tab1)
        return
    _stubs[0].run(field, code, steps, regs, io, tab0, tab1)
    io[:] = _answer("run")


def _invert(x, m):
    if _warming:
        _compute("invert", (x, m))
        return
    _stubs[0].invert(x, m)
    x[:] = _answer("invert")


def _rsa(n, s, size, work):
    if _warming:
        _compute("rsa", (n, s, size, work))
        return
    _stubs[0].rsa(n, s, size, work)
    work[:size] = _answer("rsa")


def _sha512_rounds(state, work, k):
    if _warming:
        _compute("sha512_rounds", (state, work, k))
        return
    _stubs[0].sha512_rounds(state, work, k)
    state[:] = _answer("sha512_rounds")


def _sm3_rounds(v, w, constants):
    if _warming:
        _compute("sm3_rounds", (v, w, constants))
        return
    _stubs[0].sm3_rounds(v, w, constants)
    v[:] = _answer("sm3_rounds")


_REPLAY = {
    "run": _run,
    "invert": _invert,
    "rsa": _rsa,
    "sha512_rounds": _sha512_rounds,
    "sm3_rounds": _sm3_rounds,
}


def _answer(name):
    at = _next[name]
    answers = _answers[name]
    _next[name] = (at + 1) % len(answers)
    return answers[at]


class _Kernel:
    """Stands in for a kernel's module."""

    def __init__(self, routines):
        self.NAME = "bench"
        self.FIELDS = kernel_viper.FIELDS
        self.SIZE = kernel_viper.SIZE
        for name in routines:
            setattr(self, name, routines[name])

    def begin(self):
        """From now on record or replay."""
        _warming.clear()

    def print_calls(self):
        for call in calls:
            print(json.dumps(call))


def _load(names):
    """Take the stub's module, and the answers' form for each routine."""
    _stubs.append(__import__("native_stub"))
    return {name: _REPLAY[name] for name in names if hasattr(_stubs[0], name)}


def _put(name, answer):
    data = unhexlify(answer)
    _next[name] = 0
    _answers.setdefault(name, []).append(array("I", data) if name.endswith("rounds") else data)


def install(mode, names, path):
    """Make machine use a recorder with the routines of `names`, or a replayer of PATH.calls."""
    if mode == "record":
        kernel = _Kernel({name: _recorder(name) for name in names.split(",")})
    else:
        kernel = _Kernel(_load(_REPLAY))
        with open(path + ".calls") as file:
            for line in file:
                name, answer = line.split()
                _put(name, answer)
    machine.use(kernel)
    return kernel


def calibrate(name, who, count):
    """Call one routine `count` times, as the stub has it or as the replayer does."""
    _warming.clear()
    routines = _load(_REPLAY)
    io = bytearray(1344)
    arguments = {
        "run": (0, b"code", b"\xff\xff", io, io, io, io),
        "invert": (bytearray(32), bytes(32)),
        "rsa": (bytes(256), bytes(256), 256, bytearray(2048)),
        "sha512_rounds": (array("I", bytes(64)), array("I", bytes(704)), array("I", bytes(640))),
        "sm3_rounds": (array("I", bytes(32)), array("I", bytes(272)), array("I", bytes(8))),
    }[name]
    sizes = {"run": 1344, "invert": 32, "rsa": 256, "sha512_rounds": 64, "sm3_rounds": 32}
    _put(name, hexlify(bytes(sizes[name])).decode())
    function = routines[name] if who == "replay" else getattr(_stubs[0], name)
    function(*arguments)
    for _ in range(count):
        function(*arguments)
