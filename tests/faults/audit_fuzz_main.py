"""Runs on MicroPython: starts on a log whose files are altered at random.

argv: a folder with `site`, how many starts, a seed. Each must come to a log that takes records and
to which the next start has nothing to say. Prints how many starts found something wrong.
"""

import json
import os
import random
import sys

from gate.storage.audit import Audit

os.chdir(sys.argv[1])
random.seed(int(sys.argv[3]))
FOLDERS = ("site", "site/log", "site/log/tail")


def names():
    found = []
    for folder in FOLDERS:
        for name, kind, *_ in os.ilistdir(folder):
            if kind == 0x8000:
                found.append(folder + "/" + name)
    return sorted(found)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def altered(data):
    data = bytearray(data)
    what = random.getrandbits(3)
    at = random.randrange(len(data) + 1)
    if what < 3 and at < len(data):
        data[at] ^= 1 << random.getrandbits(3)
    elif what == 3:
        data = data[:at]
    elif what == 4:
        data[at:at] = bytes([random.getrandbits(8) for _ in range(random.getrandbits(6))])
    elif what == 5:
        data[at : at + random.getrandbits(7)] = b""
    elif what == 6:
        data = bytearray([random.getrandbits(8) for _ in range(random.getrandbits(9))])
    else:
        data += data[at : at + 200]
    return data


def start():
    log = Audit("site/", "fuzz", 65536)
    assert log.failing is None, log.failing
    noted = list(log._notes)
    for number in range(3):
        assert log.record("passage", (("gate", "A-1"),), None, number)
    return noted


whole = {name: read(name) for name in names()}
noticed = 0
for _ in range(int(sys.argv[2])):
    for name in names():
        os.remove(name)
    for name in whole:
        write(name, whole[name])
    for _ in range(1 + random.getrandbits(1)):
        name = random.choice(sorted(whole))
        if random.getrandbits(3):
            write(name, altered(whole[name]))
        elif name in names():
            os.remove(name)
    noticed += bool(start())
    again = start()
    assert not again, again
print(json.dumps(noticed))
