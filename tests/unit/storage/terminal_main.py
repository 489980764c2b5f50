"""Runs on MicroPython: a terminal's folder through several starts, as the file named in argv tells.

Each line is one start: `-`, or changes to make before it, then what came out is printed as JSON.
`put NAME HEX`, `remove NAME`, `flip NAME` (one bit of it), all in site/, separated by semicolons.
"""

import json
import os
import sys

from gate.runtime import settings
from gate.runtime.settings import Site


def path_of(name):
    if name == "parts/*":  # the first one
        return "site/parts/" + sorted(os.listdir("site/parts"))[0]
    return "site/" + name


def change(words):
    path = path_of(words[1])
    if words[0] == "put":
        with open(path, "wb") as file:
            file.write(bytes.fromhex(words[2] if len(words) > 2 else ""))
    elif words[0] == "remove":
        os.remove(path)
    else:
        with open(path, "rb") as file:
            data = bytearray(file.read())
        data[len(data) // 2] ^= 1
        with open(path, "wb") as file:
            file.write(data)


os.chdir(sys.argv[2])
said = []
settings.log = lambda event, fields: said.append(dict(fields))
settings.fault = lambda where, error: said.append({"fault": repr(error)})
with open(sys.argv[1]) as steps:
    for line in steps:
        said.clear()
        for words in line.split(";"):
            if words.strip() != "-":
                change(words.split())
        site = Site()
        bundle = site.bundle
        parts = os.listdir("site/parts") if "parts" in os.listdir("site") else []
        told = [one.get("reason") or one.get("changed") or one.get("fault") for one in said]
        print(
            json.dumps({
                "version": bundle.version if bundle else None,
                "root": bundle.versions.root if bundle else None,
                "reason": site.reason,
                "said": told,
                "parts": len(parts),
                "left": sorted(name for name in os.listdir("site") if name.endswith("ing.bin")),
            })
        )  # fmt: skip
