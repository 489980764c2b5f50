"""The supervisor in simulated time on real MicroPython: its tasks are stepped, nothing waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.simulator.process import DEVICE

Run = Callable[..., list[Any]]

# Stock asyncio on a clock that jumps to whatever is due next; the queue is the simulator's.
VIRTUAL = """
import sys
sys.path.insert(0, DEVICE)
import _tasks
sys.path.pop(0)  # nothing else of the simulated chip is wanted
sys.modules["_asyncio"] = _tasks
import asyncio, asyncio.core as core
_tasks.core = core
now = [0]
core.ticks = lambda: now[0]
core.ticks_diff = lambda a, b: a - b
core.ticks_add = lambda a, b: a + b

class Poller:
    def ipoll(self, ms):
        now[0] += max(0, ms)
        return ()

core._io_queue.poller = Poller()
core._io_queue.map = {1: 1}

import json
from gate.runtime.supervisor import Supervisor

said, fed, stuck = [], [], []
supervisor = Supervisor(
    lambda: now[0],
    lambda name, error: said.append((now[0], name, str(error))),
    lambda name: stuck.append((now[0], name)),
)

def run(ms):
    async def until():
        task = asyncio.create_task(supervisor.run(lambda: fed.append(now[0])))
        await asyncio.sleep_ms(ms)
        task.cancel()
    asyncio.run(until())
"""


@pytest.fixture
def supervised(run_firmware: Run) -> Run:
    def run(source: str) -> list[Any]:
        return run_firmware(f"DEVICE = {str(DEVICE)!r}\n{VIRTUAL}\n{source}")

    return run


def test_a_task_that_raises_starts_again_after_pauses_that_double_up_to_a_bound(
    supervised: Run,
) -> None:
    [said] = supervised("""
async def broken():
    raise OSError("display")
supervisor.add("display", broken)
run(200000)
print(json.dumps(said))
""")
    times = [at for at, _, _ in said]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert pauses[:8] == [200, 400, 800, 1600, 3200, 6400, 12800, 25600]
    assert set(pauses[8:]) == {30000}
    assert {(name, text) for _, name, text in said} == {("display", "display")}


def test_after_a_good_while_the_pause_is_short_again(supervised: Run) -> None:
    [said] = supervised("""
lives = [0, 0, 0, 70000, 0]
async def broken():
    await asyncio.sleep_ms(lives.pop(0) if lives else 1000000)
    raise OSError("x")
supervisor.add("x", broken)
run(100000)
print(json.dumps([at for at, _, _ in said]))
""")
    assert said == [0, 200, 600, 71400, 71600]


def test_other_tasks_run_on_and_a_task_that_ends_is_a_fault_too(supervised: Run) -> None:
    [answer] = supervised("""
ticks = [0]
async def ends():
    pass
async def ticking():
    while True:
        ticks[0] += 1
        await asyncio.sleep_ms(10)
supervisor.add("ends", ends)
supervisor.add("ticking", ticking)
run(1000)
print(json.dumps([ticks[0], said[0]]))
""")
    assert answer == [100, [0, "ends", "the task ended"]]


def test_the_watchdog_is_fed_while_every_critical_task_makes_progress(supervised: Run) -> None:
    [answer] = supervised("""
async def lane():
    while True:
        supervisor.progress("lane")
        await asyncio.sleep_ms(10 if now[0] < 20000 or now[0] >= 30000 else 10000)
async def other():
    await asyncio.sleep_ms(1000000)
supervisor.add("lane", lane, 2000)
supervisor.add("other", other)
run(40000)
print(json.dumps([fed, stuck]))
""")
    fed, stuck = answer
    assert fed == [*range(1000, 22001, 1000), *range(30000, 40000, 1000)]
    assert stuck == [[23000, "lane"], [30000, None]]


def test_a_loop_that_stood_still_is_no_task_that_hangs(supervised: Run) -> None:
    """Flash that takes five seconds to write holds up everybody; nobody is late for that."""
    [answer] = supervised("""
async def lane():
    while True:
        supervisor.progress("lane")
        await asyncio.sleep_ms(10)
async def writes():
    await asyncio.sleep_ms(3005)
    now[0] += 5000
    await asyncio.sleep_ms(100000)
supervisor.add("writes", writes)
supervisor.add("lane", lane, 2000)
run(20000)
print(json.dumps([fed, stuck]))
""")
    fed, stuck = answer
    assert stuck == []
    assert fed[2:4] == [3000, 8005]


def test_a_report_that_breaks_itself_stops_nothing(supervised: Run) -> None:
    [count] = supervised("""
tries = [0]
async def broken():
    tries[0] += 1
    raise OSError
def report(*_):
    raise MemoryError
supervisor._report = report
supervisor.add("x", broken)
run(1500)
print(json.dumps(tries[0]))
""")
    assert count == 4


def test_it_knows_in_which_task_the_loop_stands_still(supervised: Run) -> None:
    [answer] = supervised("""
seen = []
async def busy():
    await asyncio.sleep_ms(10)
    seen.append(supervisor.holder())
    now[0] += 6000  # and now an interrupt comes
    seen.append(supervisor.holder())
    await asyncio.sleep_ms(1000000)
supervisor.add("first", busy)
supervisor.add("second", busy)
run(20000)
print(json.dumps(seen))
""")
    assert answer == [None, "first", "second", "second"]
