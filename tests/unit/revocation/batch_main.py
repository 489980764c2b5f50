"""Runs on MicroPython: looks hashes up in the revocation parts of each line of the file in argv.

A line is a JSON object: base and recent (paths, or null), hashes (a path: 16 bytes each), and
perhaps `change`: [which, offset, xor], a byte of a part changed in RAM; `fail`: the number of the
read that fails. The answer is a JSON object: the refusal at opening; or for each hash 1, 0 or r
(refused); and the most that one look-up read and took of the heap, when nothing was changed.
"""

import gc
import json
import os
import sys

from gate.refusal import Refusal
from gate.storage.source import File, Memory
from gate.trust.revocation import Revocations


class Watched:
    """A source that counts, and fails when it is told to."""

    def __init__(self, source, fail):
        self._source = source
        self._fail = fail
        self.size = source.size
        self.reads = 0
        self.bytes = 0

    def readinto(self, offset, buffer):
        self.reads += 1
        self.bytes += len(buffer)
        if self.reads == self._fail:
            raise OSError(5)
        self._source.readinto(offset, buffer)


def source_of(case, which):
    path = case.get(which)
    if path is None:
        return None
    change = case.get("change")
    if change and change[0] == which:
        with open(path, "rb") as file:
            data = bytearray(file.read())
        data[change[1]] ^= change[2]
        return Memory(data)
    return File(path, 0, os.stat(path)[6])


def answer(case):
    parts = []
    for which in ("base", "recent"):
        source = source_of(case, which)
        parts.append(None if source is None else Watched(source, case.get("fail", 0)))
    try:
        revocations = Revocations(*parts)
    except Refusal as refusal:
        return {"refused": refusal.reason}
    found = []
    reads = flash = heap = 0
    at_hand = [part for part in parts if part is not None]
    with open(case["hashes"], "rb") as file:
        while True:
            one = file.read(16)
            if not one:
                break
            for part in at_hand:
                part.bytes = 0
                if not case.get("fail"):
                    part.reads = 0
            gc.collect()
            gc.disable()
            before = gc.mem_alloc()
            try:
                result = "1" if revocations.revoked(one) else "0"
            except Refusal as refusal:
                result = "r" if refusal.reason == "revocation_invalid" else "?"
            heap = max(heap, gc.mem_alloc() - before)
            gc.enable()
            found.append(result)
            reads = max(reads, sum([part.reads for part in at_hand]))
            flash = max(flash, sum([part.bytes for part in at_hand]))
    return {"found": "".join(found), "reads": reads, "flash": flash, "heap": heap}


with open(sys.argv[1]) as lines:
    for line in lines:
        print(json.dumps(answer(json.loads(line))))
