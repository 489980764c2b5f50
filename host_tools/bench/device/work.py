"""Runs on MicroPython: does one piece of work a number of times, or says what it takes.

    work.py TREE CASE.json run COUNT        the work, COUNT times after one for warm-up
    work.py TREE CASE.json heap             bytes allocated by one
    work.py TREE CASE.json time COUNT       microseconds of the fastest of COUNT
    work.py TREE CASE.json ask NAMES SIZE   once, and the host answers every call of the kernel
    work.py TREE CASE.json replay COUNT     as run, with the answers in CASE.json.calls
    work.py TREE CASE.json calls WHO COUNT  the same calls alone: WHO is "replay" or "stub"

TREE is a built firmware (gatectl board build). The collector is off: what is counted is the work.
"""

import gc
import json
import sys
import time
from binascii import unhexlify

_AHEAD = 3  # iterations for which what may not be counted is made beforehand


def _bytes(case, *names):
    return [unhexlify(case[name]) if case.get(name) else None for name in names]


def verify(case):
    """gate.crypto.verify with the answer True."""
    from gate.crypto import verify as check

    alg = case["alg"]
    key, message, signature, table = _bytes(case, "key", "message", "signature", "table")

    def step():
        if not check(alg, key, message, signature, table):
            raise ValueError("not verified")

    return step


def plain(case):
    """The same with integers in bytecode and nothing else."""
    import plain as reference

    check = reference.ALGORITHMS[case["alg"]]
    key, message, signature = _bytes(case, "key", "message", "signature")

    def step():
        if not check(key, message, signature):
            raise ValueError("not verified")

    return step


def hashing(case):
    """A hash of the firmware's own: sm3 or sha512."""
    name = case["hash"]
    function = getattr(__import__("gate.crypto.%s" % name, None, None, (name,)), name)
    message, expected = _bytes(case, "message", "expected")

    def step():
        if function(message) != expected:
            raise ValueError("wrong hash")

    return step


def decoding(case):
    """A code from text to the bytes that were signed and the decoded claims."""
    from gate.codec import formats

    code = case["code"].encode()

    def step():
        _, _, adapter, start = formats.find(code)
        read = adapter.read(code, start)
        for statement in read.statements:
            statement.signed()
        read.open()
        for statement in read.statements:
            statement.open()

    return step


def authenticating(case):
    """From a code to its Presentation."""
    from gate.trust.issuers import Issuers
    from gate.verifier import authenticate

    code = case["code"].encode()
    issuers = Issuers(unhexlify(case["trust"]))
    now = case["now"]
    return lambda: authenticate(code, issuers, now)


def deciding(case):
    """From the last byte that the reader sends to the level on the relay's pin."""
    from chip import Opened, terminals

    code = case["code"].encode() + b"\r"
    split = len(code) - case["last"]
    turns = terminals(_AHEAD, code[:split], case["now"])
    last = code[split:]

    def step():
        try:
            turns.pop()(last)
        except Opened:
            return
        raise ValueError("not opened")

    return step


KINDS = {
    "verify": verify,
    "plain": plain,
    "hash": hashing,
    "decode": decoding,
    "authenticate": authenticating,
    "decide": deciding,
}


def _fastest(step, count):
    best = None
    for _ in range(count):
        gc.collect()
        began = time.ticks_us()
        step()
        took = time.ticks_diff(time.ticks_us(), began)
        if best is None or took < best:
            best = took
    return best


def main(tree, path, mode, *more):
    """Do what the arguments say; the last line printed is the answer."""
    sys.path.insert(0, tree)
    sys.path.insert(0, __file__.rsplit("/", 1)[0])
    gc.disable()
    if mode == "calls":
        import kernels

        kernels.calibrate(path, more[0], int(more[1]))
        return
    with open(path) as file:
        case = json.load(file)
    if mode == "ask" or mode == "replay":
        import kernels

        kernels.install(mode, path, *more)
    step = KINDS[case["kind"]](case)
    if mode == "ask":
        step()
        print(json.dumps("again"))  # what came before was done once in the life of a terminal
    step()
    if mode == "run" or mode == "replay":
        for _ in range(int(more[-1])):
            step()
    elif mode == "heap":
        before = gc.mem_alloc()
        step()
        after = gc.mem_alloc()
        step()
        print(json.dumps(min(after - before, gc.mem_alloc() - after)))
    elif mode == "time":
        print(json.dumps(_fastest(step, int(more[0]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
