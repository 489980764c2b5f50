"""Runs on MicroPython: looks up in a revocation part on a file system.

    revoked.py TREE PART HASHES run COUNT     COUNT look-ups after one for warm-up
    revoked.py TREE PART HASHES all           every hash of the file, and what that took

TREE is a built firmware. HASHES: 16 bytes each, first those that are revoked; how many is at the
end of the name, after a dash. The collector is off while a look-up is measured.
"""

import gc
import json
import os
import sys


class Watched:
    """A source that counts what is read."""

    def __init__(self, source):
        self._source = source
        self.size = source.size
        self.reads = 0
        self.bytes = 0

    def readinto(self, offset, buffer):
        self.reads += 1
        self.bytes += len(buffer)
        self._source.readinto(offset, buffer)


def _hashes(name):
    with open(name, "rb") as file:
        while True:
            one = file.read(16)
            if not one:
                return
            yield one


def _run(revocations, name, count):
    hashes = []
    for one in _hashes(name):
        hashes.append(one)
        if len(hashes) > count:
            break
    gc.collect()
    gc.disable()
    revocations.revoked(hashes[count])
    for i in range(count):
        revocations.revoked(hashes[i])


def _all(revocations, source, name):
    revoked = int(name.split("-")[-1])
    missed = wrong = reads = most = heap = 0
    for number, one in enumerate(_hashes(name)):
        source.reads = source.bytes = 0
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        found = revocations.revoked(one)
        heap = max(heap, gc.mem_alloc() - before)
        gc.enable()
        reads = max(reads, source.reads)
        most = max(most, source.bytes)
        if number < revoked:
            missed += not found
        else:
            wrong += found
    print(
        json.dumps({"missed": missed, "wrong": wrong, "reads": reads, "flash": most, "heap": heap})
    )


def main(tree, part, name, mode, *more):
    """Do what the arguments say; the last line printed is the answer."""
    sys.path.insert(0, tree)
    from gate.storage.source import File
    from gate.trust.revocation import Revocations

    gc.collect()
    before = gc.mem_alloc()
    source = File(part, 0, os.stat(part)[6])
    if mode == "run":
        _run(Revocations(source), name, int(more[0]))
        return
    source = Watched(source)
    revocations = Revocations(source)
    gc.collect()
    print(json.dumps({"held": gc.mem_alloc() - before}))
    _all(revocations, source, name)


main(*sys.argv[1:])
