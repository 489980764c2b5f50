"""The page's stage with the unchanged firmware on real MicroPython, in virtual time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_tools import times
from host_tools.boards import profiles
from host_tools.cli.sim_serve import LANE, WIRED
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.serve.commands import COMMANDS, INPUTS, Command
from host_tools.simulator.serve.hardware import Hardware
from host_tools.simulator.serve.people import NEWCOMER, People
from host_tools.simulator.serve.stage import Stage
from host_tools.simulator.turnstile import Turnstile

SLICE_MS = 15
TWO_WAY = """
name: two-way
title: A two-way turnstile
chip: esp32
flash: 4
readers:
  - {kind: plain, uart: 2, rx: 16, tx: 17, baud: 115200}
  - {kind: plain, uart: 1, rx: 18, tx: 19, baud: 115200}
relays: [{pin: 26, safe: low}, {pin: 25, safe: low}]
lanes:
  - {readers: [0, 1], relays: [0, 1], passage: {pin: 13, active: low, pull: up}}
lamp: {ws2812: {pin: 32, count: 2}}
"""


class Played:
    """A stage whose time goes on when it is asked to."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.picture: dict[str, Any] = {}
        self.happened: list[dict[str, Any]] = []
        self.wait(100)

    def do(self, do: str, **arguments: Any) -> None:
        self.stage.do(Command(do, arguments))

    def wait(self, ms: int, until: Callable[[], bool] = lambda: False) -> bool:
        for _ in range(0, ms, SLICE_MS):
            self.picture, new = self.stage.step(SLICE_MS)
            self.happened += new
            if until():
                return True
        return until()

    def events(self, event: str) -> list[dict[str, Any]]:
        return [one["fields"] for one in self.happened if one["fields"].get("event") == event]

    def come(self, person: str, reader: int = 0) -> dict[str, Any]:
        """Send somebody and wait until the hall is empty; gives the decision."""
        before = len(self.events("decision"))
        self.do("show", person=person, reader=reader)
        assert self.wait(20_000, lambda: len(self.events("decision")) > before)
        assert self.wait(20_000, lambda: not self.picture["actors"])
        return self.events("decision")[-1]


Play = Callable[..., Played]


@pytest.fixture(scope="session")
def site() -> DemoSite:
    return DemoSite.make(times.now(), lane=LANE)


@pytest.fixture
def play(site: DemoSite, micropython: Interpreter, tmp_path: Path) -> Iterator[Play]:
    with ExitStack() as running:

        def start(board: str = WIRED.read_text()) -> Played:
            folder = tmp_path / "terminal"
            folder.mkdir()
            (tmp_path / "board.yaml").write_text(board)
            turnstile = Turnstile(
                folder, profiles.load(str(tmp_path / "board.yaml")), bundle=site.bundle,
                root=site.root, interpreter=micropython, unix=times.now(),
            )  # fmt: skip
            hardware = Hardware(turnstile)
            running.enter_context(turnstile)
            return Played(Stage(hardware, People(site), site.next_bundle, {"board": "test"}))

        yield start


@pytest.fixture
def stage(play: Play) -> Played:
    return play()


def test_everybody_of_the_cast_gets_what_is_expected(stage: Played, site: DemoSite) -> None:
    people = People(site).told()
    assert len(people) == 14
    for person in people:
        if person["slug"] not in ("garbage", "zheng-half", "chen-forged"):
            assert stage.come(person["slug"])["reason"] == person["expected"], person["slug"]
    assert stage.events("fault") == []


def test_newcomers_are_never_taken_for_each_other(stage: Played) -> None:
    assert [stage.come(NEWCOMER)["verdict"] for _ in range(3)] == ["granted"] * 3
    assert len(stage.events("passage")) >= 3 and stage.events("alarm") == []


def test_the_display_is_what_the_driver_drew(stage: Played) -> None:
    stage.wait(2000)
    screen = stage.stage.hardware.screen
    assert screen is not None
    ready, told = screen.png(), stage.picture["panel"]
    assert (told["width"], told["height"]) == (240, 240)
    assert ready.startswith(b"\x89PNG") and screen.png() is ready, "made once"
    stage.do("input", name="fire", lane=0, on=True)
    stage.wait(2000)
    assert stage.picture["panel"]["version"] > told["version"]
    assert screen.png() != ready


def test_a_two_way_turnstile_lets_people_in_and_out(play: Play) -> None:
    stage = play(TWO_WAY)
    assert stage.come(NEWCOMER, reader=1)["verdict"] == "granted"
    opened = [one["fields"]["relay"] for one in stage.happened
              if one["source"] == "relay" and one["fields"]["open"]]  # fmt: skip
    assert opened == [1], "the relay of the way out"
    assert len(stage.picture["lamp"]["pixels"]) == 2
    assert stage.picture["inputs"]["door"] == [None], "this board has no such contact"
    stage.do("force", lane=0)
    stage.do("exit", lane=0)
    stage.wait(5000)


def test_without_power_nothing_is_shown_and_nobody_can_come(stage: Played) -> None:
    stage.do("power", on=False)
    stage.do("show", person=NEWCOMER, reader=0)
    stage.wait(500)
    assert stage.picture["power"] is False and stage.picture["actors"] == []
    stage.do("power", on=True)
    assert stage.wait(5000, lambda: bool(stage.picture["start"]))
    assert stage.come(NEWCOMER)["verdict"] == "granted"


def test_a_lost_clock_is_noticed(stage: Played) -> None:
    stage.do("clock", trusted=False)
    assert stage.wait(5000, lambda: bool(stage.picture["start"]))
    assert stage.picture["start"]["clock"] != "rtc"


def test_updates_are_installed_one_after_the_other(stage: Played) -> None:
    stage.do("update")
    assert stage.wait(5000, lambda: len(stage.events("update")) == 2)
    assert stage.events("update")[-1]["verdict"] == "installed"


_LANES = st.integers(0, 1)
ARGUMENTS = {
    "person": st.sampled_from([NEWCOMER, "lin-all-green", "garbage", "nobody"]),
    "code": st.sampled_from(["x", "OC1:ABC", "HC1:6BF"]),
    "reader": _LANES, "lane": _LANES, "name": st.sampled_from(INPUTS),
    "on": st.booleans(), "alive": st.booleans(), "trusted": st.booleans(),
}  # fmt: skip


def commands() -> st.SearchStrategy[Command]:
    made = [
        st.builds(Command, st.just(do), st.fixed_dictionaries({n: ARGUMENTS[n] for n in wanted}))
        for do, wanted in COMMANDS.items()
        if do != "update"
    ]
    return st.one_of(made)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(commands(), st.integers(0, 900)), max_size=12))
def test_no_command_at_any_moment_ends_the_gate(
    stage: Played, acts: list[tuple[Command, int]]
) -> None:
    """One gate for all of it: what an example leaves, the next one finds."""
    for command, ms in acts:
        stage.stage.do(command)
        stage.wait(ms)
        json.dumps(stage.picture)
