"""The watchdog's and the timer's use, against a chip that only writes down what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., list[Any]]

CHIP = """
import json, sys
said = []
class Timer:
    PERIODIC = 1
    def __init__(self, number):
        said.append(["timer", number])
    def init(self, period, mode, callback):
        said.append(["every", period])
        self.callback = callback
class WDT:
    def __init__(self, timeout):
        said.append(["watchdog", timeout])
    def feed(self):
        said.append("fed")
class machine:
    pass
machine.Timer, machine.WDT = Timer, WDT
sys.modules["machine"] = machine
from gate.runtime.guard import Guard
guard = Guard(lambda _: said.append("sampled"), lambda _: said.append("looked"))
timer = guard._timer
"""


def test_it_samples_while_a_code_is_verified_and_looks_now_and_then_otherwise(
    run_firmware: Run,
) -> None:
    [said] = run_firmware(f"""{CHIP}
timer.callback(timer)
guard.hold()
timer.callback(timer)
guard.release()
timer.callback(timer)
guard.feed()
print(json.dumps(said))
""")
    assert said == [
        ["timer", 1],
        ["watchdog", 30000],
        ["every", 8000],
        "looked",
        ["every", 10],
        "sampled",
        ["every", 8000],
        "looked",
        "fed",
    ]


def test_a_technician_at_the_console_is_not_cut_short(run_firmware: Run) -> None:
    """The watchdog cannot be stopped: from then on the timer feeds it."""
    [said] = run_firmware(f"""{CHIP}
said.clear()
guard.let_go()
timer.callback(timer)
timer.callback(timer)
print(json.dumps(said))
""")
    assert said == [["every", 8000], "fed", "fed"]
