"""Tasks that raise or hang, the watchdog, and what the terminal says when it starts again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import WDT_RESET
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

RIG = """
name: rig
title: Two lanes with everything
chip: esp32s3
flash: 8
readers:
  - {kind: plain, uart: 1, rx: 18, tx: 17, baud: 9600}
  - {kind: plain, uart: 2, rx: 8, tx: 9, baud: 9600}
relays: [{pin: 4, safe: low, bias: down}, {pin: 5, safe: high, bias: up}]
lanes:
  - {readers: [0], relays: [0]}
  - {readers: [1], relays: [1]}
inputs:
  fire: {pin: 10, active: high, pull: up}
i2c: {bus: 0, scl: 13, sda: 14, resistors: true}
rtc: {kind: ds3231}
"""

# The firmware with one of its tasks changed: `work` takes the place of its function.
CHANGED = """
import asyncio, time
from gate.runtime.supervisor import Supervisor
add = Supervisor.add

def change(self, name, function, within_ms=None):
    good = function
    async def work():
{work}
    add(self, name, work if name == {name!r} else good, within_ms)

Supervisor.add = change
{more}
from gate.runtime.app import start
start()
"""

# It works until somebody passes, and raises while the relay is open.
RAISES = """
        if left:
            task = asyncio.create_task(good())
            while not opened:
                await asyncio.sleep_ms(5)
            await asyncio.sleep_ms(200)
            task.cancel()
            left.pop()
            raise OSError("injected")
        await good()
"""
WATCHES = """
from gate.lane.relay import Relay
left, opened = [1], []
relay_open = Relay.open
def open_(self, *arguments):
    opened.append(1)
    relay_open(self, *arguments)
Relay.open = open_
"""
# It works for three seconds, and then waits for what never comes.
HANGS = """
        task = asyncio.create_task(good())
        await asyncio.sleep_ms(3000)
        task.cancel()
        await asyncio.Event().wait()
"""
BLOCKS = """
        await asyncio.sleep_ms(3000)
        while True:
            time.sleep_ms(1)
"""


Change = Callable[..., list[Path]]


@pytest.fixture
def changed(tmp_path_factory: pytest.TempPathFactory) -> Change:
    def make(name: str, work: str, more: str = "") -> list[Path]:
        folder = tmp_path_factory.mktemp("changed")
        (folder / "main.py").write_text(CHANGED.format(name=name, work=work, more=more))
        return [folder]

    return make


def starts(turnstile: Turnstile) -> list[dict[str, object]]:
    return [note.fields for note in turnstile.record.events("start")]


# A task that raises


@pytest.mark.parametrize("task", ["lane", "relay", "reader_0", "silence_0"])
def test_a_task_of_the_lane_that_raises_shuts_it_and_it_serves_again(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, task: str, codes: dict[str, str]
) -> None:
    first = changed(task, RAISES, WATCHES)
    turnstile = turnstile_of(board=rig, first=first, faults=1)
    turnstile.show(codes["lin"])
    turnstile.wait_ms(5000)
    [pulse] = turnstile.pulses()
    assert pulse.length_us is not None
    assert pulse.length_us <= 250_000, "shut at once, not when the pulse is over"
    [fault] = turnstile.record.events("fault")
    assert (fault.fields["where"], fault.fields["error"]) == (task, "OSError: injected")
    assert turnstile.present(codes["erika"]).granted
    assert turnstile.present(codes["zhou"], reader=1).granted, "and so does the other lane"


@pytest.mark.parametrize("task", ["upkeep", "rtc"])
def test_a_task_that_the_gate_can_do_without_disturbs_nobody(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, task: str, codes: dict[str, str]
) -> None:
    first = changed(task, RAISES, WATCHES)
    turnstile = turnstile_of(board=rig, first=first, faults=1)
    assert turnstile.present(codes["lin"]).granted
    [pulse] = turnstile.pulses()
    assert 599_000 <= (pulse.length_us or 0) <= 600_000
    turnstile.wait_ms(5000)
    assert turnstile.present(codes["erika"]).granted
    assert turnstile.record.resets == []


def test_while_its_task_is_down_a_lane_takes_no_code_but_fire_opens(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, codes: dict[str, str]
) -> None:
    """The lane's task raises again and again: the pauses grow, and nothing opens in them."""
    always = """
        await asyncio.sleep_ms(1000)
        raise MemoryError
"""
    first = changed("lane", always)
    turnstile = turnstile_of(board=rig, first=first, faults=6)
    turnstile.wait_ms(9800)  # tries at 0, 1.2, 2.6, 4.4, 7.0, 11.2 s
    assert len(turnstile.record.events("fault")) == 5
    assert turnstile.present(codes["lin"]).reason == "internal_error"
    assert turnstile.pulses() == []
    began = turnstile.gate.clock.now()
    turnstile.fire(True)
    turnstile.wait_ms(4000)
    assert turnstile.pulses()[0].on_us == began
    assert turnstile.open(0)
    assert turnstile.open(1)


# A task that hangs


@pytest.mark.parametrize("task", ["lane", "relay"])
def test_a_critical_task_that_hangs_restarts_the_terminal_which_says_so(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, task: str, codes: dict[str, str]
) -> None:
    hangs = HANGS
    if task == "relay":  # it waits for an opening; that it hangs is seen when there is one
        hangs = RAISES.replace('raise OSError("injected")', "await asyncio.Event().wait()")
    turnstile = turnstile_of(board=rig, first=changed(task, hangs, WATCHES))
    turnstile.show(codes["lin"])
    turnstile.wait_ms(8000)
    assert [note.fields["task"] for note in turnstile.record.events("stuck")] == [task]
    assert not turnstile.open(0)
    turnstile.wait_ms(30_000)
    assert [reset.cause for reset in turnstile.record.resets] == [WDT_RESET]
    first, second = starts(turnstile)
    assert (first["reset"], first["hung"]) == ("power_on", None)
    assert (second["reset"], second["hung"]) == ("watchdog", task)
    assert (second["starts"], second["watchdog_resets"]) == (2, 1)


def test_a_loop_that_stands_still_is_found_in_the_task_that_holds_it(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig, first=changed("upkeep", BLOCKS))
    assert turnstile.present(codes["lin"]).granted
    turnstile.wait_ms(33_000)
    second = starts(turnstile)[1]
    assert (second["reset"], second["hung"]) == ("watchdog", "upkeep")
    assert turnstile.present(codes["erika"]).granted, "it serves again"


def test_a_fault_is_told_after_the_next_start(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, codes: dict[str, str]
) -> None:
    first = changed("upkeep", RAISES, WATCHES)
    turnstile = turnstile_of(board=rig, first=first, faults=1)
    turnstile.present(codes["lin"])
    turnstile.power_off()
    turnstile.wait_ms(500)
    turnstile.power_on(memory=True)
    turnstile.wait_ms(2000)
    assert starts(turnstile)[1]["reset"] == "brown_out"
    assert starts(turnstile)[1]["last_fault"] == "upkeep: OSError"
    turnstile.power_off()
    turnstile.wait_ms(5000)
    turnstile.power_on()
    turnstile.wait_ms(2000)
    assert starts(turnstile)[2]["reset"] == "power_on"
    assert starts(turnstile)[2]["last_fault"] is None


def test_a_terminal_at_work_feeds_the_watchdog_and_is_not_restarted(
    turnstile_of: MakeTurnstile, rig: str, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig)
    turnstile.present(codes["lin"])
    turnstile.wait_ms(120_000)
    feeds = turnstile.record.feeds
    assert max(after - before for before, after in itertools.pairwise(feeds)) <= 1_100_000
    assert turnstile.record.resets == []


def test_nothing_opens_across_restarts(
    turnstile_of: MakeTurnstile, rig: str, changed: Change, codes: dict[str, str]
) -> None:
    """Power fails while the gate is open, and while a code is on its way."""
    turnstile = turnstile_of(board=rig)
    for number in range(3):
        turnstile.show(codes["lin"])
        turnstile.wait_ms(150 + 250 * number)
        turnstile.power_off()
        turnstile.wait_ms(300)
        began = turnstile.gate.clock.now()
        turnstile.power_on(memory=bool(number % 2))
        turnstile.wait_ms(3000)
        assert turnstile.pulses(began) == []
    assert turnstile.present(codes["lin"]).granted


# Two lanes


SLOW = """
import time, gate.runtime.judge as judge
authenticate = judge.authenticate
def slowly(code, *rest):
    if len(code) < 400:
        for _ in range(2000):
            time.sleep_ms(1)
    return authenticate(code, *rest)
judge.authenticate = slowly
from gate.runtime.app import start
start()
"""


def test_a_relay_shuts_in_time_while_another_lane_verifies(
    turnstile_of: MakeTurnstile, rig: str, tmp_path_factory: pytest.TempPathFactory,
    codes: dict[str, str],
) -> None:  # fmt: skip
    """Lane 0 opens for 600 ms; then lane 1 has a code that takes two seconds."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "main.py").write_text(SLOW)
    turnstile = turnstile_of(board=rig, first=[folder])
    assert len(codes["zhou"]) > 400 > len(codes["lin"])
    turnstile.gate.run(turnstile.show(codes["zhou"]).last_byte_us - turnstile.gate.clock.now())
    turnstile.wait_ms(1)
    began = turnstile.show("OC1:NOTHING", reader=1).last_byte_us
    assert turnstile.open(0)
    turnstile.wait_ms(4000)
    [pulse] = turnstile.pulses()
    assert pulse.on_us < began
    assert 599_000 <= (pulse.length_us or 0) <= 610_000
    assert turnstile.record.events("decision")[-1].fields["ms"] >= 2000


def test_a_scan_at_one_lane_does_not_wait_for_the_other(
    turnstile_of: MakeTurnstile, rig: str, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig)
    for reader, name in ((0, "erika"), (1, "lin")):
        turnstile.show(codes[name], reader=reader)
    turnstile.wait_ms(2000)
    first, second = turnstile.pulses(relay=0)[0], turnstile.pulses(relay=1)[0]
    assert max(first.on_us, second.on_us) < min(first.off_us or 0, second.off_us or 0)


def test_lanes_share_who_went_through(
    turnstile_of: MakeTurnstile, rig: str, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig)
    assert turnstile.present(codes["lin"]).granted
    assert turnstile.present(codes["lin"], reader=1).reason == "replayed"


def test_fire_opens_every_lane(turnstile_of: MakeTurnstile, rig: str, site: DemoSite) -> None:
    turnstile = turnstile_of(board=rig)
    began = turnstile.gate.clock.now()
    turnstile.fire(True)
    turnstile.wait_ms(100)
    assert [turnstile.pulses(relay=relay)[0].on_us for relay in (0, 1)] == [began, began]
