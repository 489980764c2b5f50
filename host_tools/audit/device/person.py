"""Runs on MicroPython: the replay key of the code in the file that argv names, for `log find`.

Nothing is verified: the question is who was seen, not who is right.
"""

import json
import sys

from gate.codec import formats
from gate.refusal import Refusal
from gate.verifier import replay_key

with open(sys.argv[1], "rb") as file:
    code = file.read()
try:
    name, _, adapter, start = formats.find(code)
    read = adapter.read(code, start)
    read.open()
    for statement in read.statements:
        statement.open()
    print(json.dumps({"format": name, "key": replay_key(name, read.subject).hex()}))
except Refusal as refusal:
    print(json.dumps({"refused": refusal.reason}))
