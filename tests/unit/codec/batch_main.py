"""Runs on MicroPython: for each line `operation hex` of the file in argv, one line of JSON.

`{"is": value}` or `{"refused": reason}`; anything else that is raised ends the process.
"""

import binascii
import json
import sys

from gate.codec import base45, cbor, cose, dates, hc1, inflate, real
from gate.refusal import Refusal


def plain(value):
    """Values as JSON has them; others as [type, content], so that nothing is lost on the way."""
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", value.hex()]
    if isinstance(value, dict):
        return ["map", [[plain(key), plain(item)] for key, item in value.items()]]
    if isinstance(value, list):
        return ["list", [plain(item) for item in value]]
    if isinstance(value, real.Real):
        return ["real", str(value.whole)]
    if isinstance(value, int) and not isinstance(value, bool):
        return ["int", str(value)]
    return value


def sign1(data):
    """[alg, kid, Sig_structure] of a COSE_Sign1 as `HC1:` has it."""
    read = hc1.read_envelope(data)
    return [read.alg, read.kid, read.signed()]


def structure(data):
    """The Sig_structure of [protected, aad, payload]."""
    protected, aad, payload = cbor.decode(data)
    return cose.Sign1(protected, 0, None, payload, b"").signed(aad)


OPERATIONS = {
    "base45": base45.decode,
    "base45-view": lambda data: base45.decode(memoryview(b"OC1:" + data), 4),
    "inflate": lambda data: bytes(inflate.inflate(data)),
    "inflate-raw": lambda data: bytes(inflate.inflate_raw(data)),
    "cbor": cbor.decode,
    "cbor-view": lambda data: cbor.decode(memoryview(data)),
    "cbor-lenient": lambda data: cbor.decode(data, False),
    "sign1": sign1,
    "structure": structure,
    "date": lambda data: dates.parse_date(data.decode()),
    "time": lambda data: dates.parse_time(data.decode()),
}

with open(sys.argv[1]) as lines:
    for line in lines:
        operation, _, data = line.rstrip("\n").partition(" ")
        try:
            answer = {"is": plain(OPERATIONS[operation](binascii.unhexlify(data)))}
        except Refusal as refusal:
            answer = {"refused": refusal.reason}
        print(json.dumps(answer))
