"""Runs on MicroPython: the power goes at every operation of a sequence of records.

The segments are made small, so that the sequence has all there is: slots, their move to a segment,
a new segment with a new key, the removal of the oldest. Each outcome is a line: what had been
acknowledged, what the next start finds and writes, and all files of the log.

argv: a tear of flash.TEARS; `write`, or `mend` for a log with something torn at its end, which the
start cuts off.
"""

import json
import os
import sys

from flash import Flash, Powered, cuts, formatted

from gate.storage import audit, audit_ring
from gate.storage.audit import Audit

SIZE = 1100  # bytes of a segment
LOG = 5 * 4096  # bytes of them all
BEFORE = 70  # records in the image that each cut begins with
DURING = 24 if sys.argv[2] == "write" else 2
AFTER = 2
NOON = 1795521600

audit.SEGMENT = audit_ring.SEGMENT = SIZE


def decision(log, number):
    fields = (
        ("gate", "A-1"),
        ("verdict", "granted" if number % 3 else "refused"),
        ("reason", None if number % 3 else "health_stale"),
        ("ms", 700 + number),
        ("subject", bytes([number % 256]) * 16),
    )
    return log.record("decision", fields, NOON + number, 1000 * number)


def prepared():
    flash = formatted(48)
    with Powered(flash):
        os.mkdir("site")
        log = Audit("site/", "cuts", LOG)
        for number in range(BEFORE):
            assert decision(log, number)
        if sys.argv[2] == "mend":
            newest = sorted(name for name in os.listdir("site/log") if name.endswith(".seg"))[-1]
            with open("site/log/" + newest, "ab") as file:
                file.write(b"\x58\x40torn")
    return bytes(flash.content)


acknowledged = []


def work():
    """What happens while the power may go."""
    acknowledged.clear()
    log = Audit("site/", "cuts", LOG)
    for number in range(BEFORE, BEFORE + DURING):
        if decision(log, number):
            acknowledged.append(number)


def files():
    found = {}
    for folder in ("site/log", "site/log/tail"):
        for name, kind, *_ in os.ilistdir(folder):
            if kind == 0x8000:
                with open(folder + "/" + name, "rb") as file:
                    found[folder + "/" + name] = file.read().hex()
    with open("site/audit.key", "rb") as file:
        found["site/audit.key"] = file.read().hex()
    return found


def main():
    image = prepared()
    with Powered(Flash(bytearray(image))), open("site/audit.key", "rb") as file:
        key = file.read().hex()
    for left, _, flash in cuts(image, work, (sys.argv[1],)):
        count = len(acknowledged)
        with Powered(flash):
            log = Audit("site/", "cuts", LOG)
            told = [kind for kind, _ in log._notes]
            after = [decision(log, 1000 + i) for i in range(AFTER)]
            print(json.dumps({
                "operation": left, "acknowledged": count, "told": told, "floor": log.floor,
                "after": after, "failing": log.failing, "files": files(), "key": key,
            }))  # fmt: skip


main()
