"""Runs on the board, by `gatectl bench --port`: times each case; a line of JSON for each.

The folder that it lies in holds the built firmware, work.py and cases/.
"""

import gc
import json
import os
import sys
import time

import work

REPEATS = 3


def _cycles_per_us():
    try:
        from machine import freq
    except ImportError:
        return None  # not on a chip
    hertz = freq()
    return (hertz[0] if isinstance(hertz, tuple) else hertz) // 1000000


def main(folder):
    """Time everything in cases/."""
    from gate.crypto import machine

    print(
        json.dumps({"kernel": machine.active(), "notes": machine.notes(), "mhz": _cycles_per_us()})
    )
    for name in sorted(os.listdir(folder + "/cases")):
        gc.collect()
        try:
            with open("%s/cases/%s" % (folder, name)) as file:
                case = json.load(file)
            step = work.KINDS[case["kind"]](case)
            step()  # imports and tables
            best = None
            for _ in range(REPEATS):
                gc.collect()
                began = time.ticks_us()
                step()
                took = time.ticks_diff(time.ticks_us(), began)
                best = took if best is None else min(best, took)
            print(json.dumps({"name": case["name"], "us": best}))
        except Exception as error:
            print(json.dumps({"name": name, "error": repr(error)}))
        case = step = None


if __name__ == "__main__":
    main(sys.argv[1])
