"""Power on: runs the unchanged firmware on simulated hardware. The simulator's first file.

Puts asyncio on simulated time, sends what the firmware prints to the simulator as notes, then runs
boot.py and main.py as the board would.
"""

import builtins
import io
import sys

import _tasks

sys.modules["_asyncio"] = _tasks

import asyncio.core  # noqa: E402

from _wire import wire  # noqa: E402

_tasks.core = asyncio.core


def _print(*values, sep=" ", end="\n", file=None):
    for line in (sep.join(str(value) for value in values) + end).rstrip("\n").split("\n"):
        wire.tell("note", line)


builtins.print = _print

try:
    __import__("boot")
    __import__("main")
    wire.flush()
except SystemExit:
    raise
except BaseException as error:
    report = io.StringIO()
    sys.print_exception(error, report)
    wire.tell("note", "stopped")
    _print(report.getvalue())
    wire.flush()
    sys.exit(1)
