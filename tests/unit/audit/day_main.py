"""Runs on MicroPython: a terminal's log of a day, written by the firmware.

argv: the folder for `site`. From 8:00 on somebody comes each two minutes; each tenth is refused,
each fifteenth does not walk through. At 9:00 somebody climbs over. At 12:00 the power fails for a
quarter of an hour, and until 12:20 the clock is not trusted.
"""

import hashlib
import json
import os
import sys

from gate.storage.audit import Audit

EIGHT = 1795507200  # 2026-11-24T08:00:00Z
os.chdir(sys.argv[1])
os.mkdir("site")


def start(unix, ms, reset):
    log = Audit("site/", "terminal-7")
    assert log.record("start", (("reset", reset), ("version", 12)), unix, ms)
    return log


log = start(EIGHT - 60, 900, "power_on")
began = EIGHT - 60
for number in range(240):
    unix = EIGHT + 120 * number
    if unix == EIGHT + 4 * 3600 + 15 * 60 + 60:
        log.close()
        log = start(None, 800, "power_on")
        began = unix
    if EIGHT + 4 * 3600 <= unix < EIGHT + 4 * 3600 + 15 * 60:
        continue
    trusted = not EIGHT + 4 * 3600 <= unix < EIGHT + 4 * 3600 + 20 * 60
    ms = 1000 * (unix - began) + 1000
    when = (unix if trusted else None, ms)
    refused = number % 10 == 9
    subject = hashlib.sha256(b"OC1" + bytes([number % 100]) * 8).digest()[:16]
    assert log.record(
        "decision",
        (
            ("gate", "A-1"),
            ("lane", 0),
            ("verdict", "refused" if refused else "granted"),
            ("reason", "health_stale" if refused else None),
            ("rule", None if refused else "residents"),
            ("format", "HC1" if number % 4 == 0 else "OC1"),
            ("kid", "631a6693"),
            ("ms", 700 + number % 50),
            ("subject", subject),
        ),
        *when,
    )
    if not refused:
        kind = "annulled" if number % 15 == 0 else "passage"
        assert log.record(kind, (("gate", "A-1"), ("direction", 1)), *when)
    if number == 30:
        assert log.record("alarm", (("lane", 0), ("kind", "forced")), *when)
        assert log.record("alarm_over", (("lane", 0), ("kind", "forced")), *when)
assert log.record(
    "fault", (("where", "reader"), ("error", "OSError"), ("colour_of_sky", "灰")), None, 9
)
print(json.dumps(log.failing))
