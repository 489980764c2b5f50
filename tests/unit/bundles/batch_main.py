"""Runs on MicroPython: opens the bundles of the file named in argv; a line of JSON for each.

A line is `root bundle [installed bundle]`, hexadecimal.
"""

import binascii
import json
import sys

from gate.bundle import open_bundle
from gate.refusal import Refusal
from gate.trust.versions import refusal_to_follow

with open(sys.argv[1]) as lines:
    for line in lines:
        root, *files = (binascii.unhexlify(word) for word in line.split())
        try:
            bundle = open_bundle(files[0], root)
            answer = {"site": bundle.site, "version": bundle.version, "keys": len(bundle.issuers)}
            if len(files) == 2:
                installed = open_bundle(files[1], root)
                answer = {"follows": refusal_to_follow(installed.versions, bundle.versions)}
        except Refusal as refusal:
            answer = {"refused": refusal.reason}
        print(json.dumps(answer))
