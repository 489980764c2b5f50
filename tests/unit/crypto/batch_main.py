"""Runs on MicroPython: answers one line for each line of the file named in argv.

v ALG KEY MESSAGE SIGNATURE TABLE   gate.crypto.verify           0 or 1
x ALG K M KEY R TABLE               Curve.x_is: x(kG + mQ) = r?  0 or 1
d ALG X ODD                         gate.crypto.decompress       hexadecimal or -
h NAME DATA CUT                     sha512 or sm3, in two parts  hexadecimal
i X MODULUS                         inverse                      hexadecimal

t TABLE                             keeps a table, which `=` names from now on; no answer

Bytes are hexadecimal; `-` is empty, or no table.
"""

import sys
from binascii import hexlify, unhexlify

import gate.crypto


def _bytes(text):
    return b"" if text == "-" else unhexlify(text)


_kept = [None]


def _table(text):
    if text == "=":
        return _kept[0]
    return None if text == "-" else unhexlify(text)


def _number(text):
    return int(text, 16)


def _curve(alg):
    if alg == gate.crypto.ES256:
        from gate.crypto.es256 import _curve
    else:
        from gate.crypto.sm2 import _curve
    return _curve


def _answer(kind, words):
    if kind == "v":
        key, message, signature = (_bytes(word) for word in words[1:4])
        return gate.crypto.verify(int(words[0]), key, message, signature, _table(words[4]))
    if kind == "x":
        k, m = _number(words[1]), _number(words[2])
        key, r, table = _bytes(words[3]), _number(words[4]), _table(words[5])
        k, m, r = (x.to_bytes(32, "little") for x in (k, m, r))
        return _curve(int(words[0])).x_is(k, m, key, r, table)
    if kind == "d":
        key = gate.crypto.decompress(int(words[0]), _bytes(words[1]), words[2] == "1")
        return "-" if key is None else hexlify(key).decode()
    if kind == "h":
        if words[0] == "sm3":
            from gate.crypto.sm3 import sm3 as digest
        else:
            from gate.crypto.sha512 import sha512 as digest
        data, cut = _bytes(words[1]), int(words[2])
        return hexlify(digest(data[:cut], data[cut:])).decode()
    if kind == "i":
        from gate.crypto.inverse import invert

        x = bytearray(_number(words[0]).to_bytes(32, "little"))
        invert(x, _number(words[1]).to_bytes(32, "little"))
        return hex(int.from_bytes(x, "little"))
    raise ValueError(kind)


def _lines(file):
    """Give the lines; MicroPython's own readline reads byte by byte."""
    rest = ""
    while True:
        chunk = file.read(16384)
        if not chunk:
            return
        parts = (rest + chunk).split("\n")
        rest = parts.pop()
        yield from parts


with open(sys.argv[1]) as file:
    for line in _lines(file):
        kind, *words = line.split()
        if kind == "t":
            _kept[0] = unhexlify(words[0])
            continue
        result = _answer(kind, words)
        print(result if isinstance(result, str) else int(result))
