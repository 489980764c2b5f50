"""The gate's thread: what becomes of commands, and of a firmware that ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from host_tools.simulator.displays import DisplayError
from host_tools.simulator.gate import GateError
from host_tools.simulator.serve.commands import Command
from host_tools.simulator.serve.people import People
from host_tools.simulator.serve.runner import Runner
from host_tools.simulator.turnstile import Turnstile

ON, OFF = Command("power", {"on": True}), Command("power", {"on": False})


class Failing:
    """Makes turnstiles that never start."""

    def __init__(self, error: Exception) -> None:
        self.made = 0
        self._error = error

    def __call__(self) -> Turnstile:
        self.made += 1
        raise self._error


def eventually(condition: Callable[[], bool]) -> bool:
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def ended(runner: Runner) -> dict[str, Any]:
    assert eventually(lambda: runner.feed.news(-1, 0) is not None)
    news = runner.feed.news(-1, 0)
    assert news is not None
    assert news.lines[-1].fields["source"] == "ended"
    return news.picture


@pytest.fixture
def run() -> Iterator[Callable[[Failing], Runner]]:
    running: list[Runner] = []

    def start(make: Failing) -> Runner:
        runner = Runner(make, People(None), None, {"board": "test"})
        running.append(runner)
        runner.start()
        return runner

    yield start
    for runner in running:
        runner.stop()
        assert not runner._thread.is_alive()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GateError("the firmware's process ended; it said last:\nboom"), "process ended"),
        (DisplayError("ST7789: half of a pixel"), "DisplayError: ST7789: half of a pixel"),
    ],
)
def test_a_firmware_that_ends_is_shown_and_started_anew_by_its_switch(
    run: Callable[[Failing], Runner], error: Exception, said: str
) -> None:
    make = Failing(error)
    runner = run(make)
    picture = ended(runner)
    assert said in picture["ended"] and picture["power"] is False
    assert runner.display() is None
    runner.ask(OFF)  # it is off already
    runner.ask(Command("update", {}))
    assert make.made == 1
    runner.ask(ON)
    assert eventually(lambda: make.made == 2)


def test_commands_are_bounded() -> None:
    """Nobody takes them: the thread does not run."""
    runner = Runner(Failing(GateError("")), People(None), None, {})
    taken = 0
    while runner.ask(ON):
        taken += 1
        assert taken <= 1000
    assert taken > 10
