"""Runs on MicroPython: one start of the log in a folder of this computer.

argv: the folder with `site`, how many records to write, the time of the first (Unix seconds; - for
a clock that is not trusted), seconds between two of them, days and bytes that the log may have.
"""

import json
import os
import sys

from gate.storage.audit import Audit

os.chdir(sys.argv[1])
count = int(sys.argv[2])
unix = None if sys.argv[3] == "-" else int(sys.argv[3])
log = Audit("site/", "folder", int(sys.argv[6]), int(sys.argv[5]))
found = {"boot": log.boot, "floor": log.floor, "notes": list(log._notes), "next": log._next}
written = 0
for number in range(count):
    written += log.record(
        "decision",
        (("gate", "A-1"), ("verdict", "granted"), ("ms", 700), ("subject", bytes(16))),
        None if unix is None else unix + number * int(sys.argv[4]),
        number * 1000,
    )
found["written"] = written
found["failing"] = log.failing
print(json.dumps(found))
