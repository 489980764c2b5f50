"""A lane whose reader is set up and watched, with the whole firmware behind it.

Drivers and framing by themselves: tests/unit/readers. Here a person stands before the gate.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from host_tools.boards.profiles import BOARDS
from host_tools.simulator.readers.gm65 import LOCKED, MODE, SENSOR, SET_UP_CODES
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

KINDS = ("gm65", "de2120", "m5-unit", "m5-atomic")
NOTICED_MS = 6000
FOUND_MS = 35_000  # the longest back-off, and every speed

WithReader = Callable[..., Turnstile]


@pytest.fixture
def with_reader(turnstile_of: MakeTurnstile, tmp_path: Path) -> WithReader:
    """A turnstile on an ESP32 DevKit with a reader of a kind, ready; second: with two of them."""

    def make(kind: str, second: bool = False, **options: Any) -> Turnstile:
        yaml = YAML(typ="safe")
        profile = yaml.load(BOARDS / "esp32-devkit.yaml")
        profile["readers"][0]["kind"] = kind
        if second:
            profile["readers"].append({"kind": kind, "uart": 1, "rx": 18, "tx": 19, "baud": 9600})
            profile["lanes"][0]["readers"].append(1)
        path = tmp_path / f"{kind}.yaml"
        yaml.dump(profile, path)
        turnstile = turnstile_of(board=str(path), **options)
        until(turnstile, "ready", 5000)
        return turnstile

    return make


def states(turnstile: Turnstile) -> list[str]:
    return [note.fields["state"] for note in turnstile.record.events("reader")]


def until(turnstile: Turnstile, state: str, within_ms: int) -> None:
    assert turnstile.gate.run_ms(within_ms, lambda: states(turnstile)[-1:] == [state]), (
        f"not {state} within {within_ms} ms, but {states(turnstile)}"
    )


def reasons(turnstile: Turnstile) -> list[str | None]:
    return [note.fields["reason"] for note in turnstile.record.events("decision")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_from_the_factory_lets_people_in(
    with_reader: WithReader, kind: str, codes: dict[str, str]
) -> None:
    turnstile = with_reader(kind)
    for name in ("lin", "erika", "zhou"):
        turnstile.wait_ms(1200)
        assert turnstile.present(codes[name]).granted
    turnstile.wait_ms(11_000)
    assert reasons(turnstile) == [None] * 3, "what a reader answers is no code"
    assert states(turnstile) == ["starting", "ready"]


def test_somebody_shows_the_reader_a_printed_set_up_code(
    with_reader: WithReader, codes: dict[str, str]
) -> None:
    turnstile = with_reader("gm65")
    reader: Any = turnstile.reader
    assert not reader.show_set_up_code(MODE, 0x00)
    assert turnstile.present(codes["lin"]).granted


def test_the_reader_resets_while_people_queue(
    with_reader: WithReader, codes: dict[str, str]
) -> None:
    """The first one after it is refused, for noise is no code; the next ones pass."""
    turnstile = with_reader("gm65")
    reader: Any = turnstile.reader
    assert turnstile.present(codes["lin"]).granted
    reader.reset()
    reader.zones[MODE] |= SENSOR  # this one reads by itself from the factory
    turnstile.wait_ms(500)
    assert turnstile.present(codes["erika"]).reason == "reader_garbage"
    until(turnstile, "silent", NOTICED_MS)
    until(turnstile, "ready", 5000)
    assert reader.zones[SET_UP_CODES] == LOCKED
    turnstile.wait_ms(5000)  # or it is the same code, to the reader
    assert turnstile.present(codes["erika"]).granted


@pytest.mark.parametrize("kind", ["gm65", "m5-unit"])
def test_the_reader_dies_and_another_is_plugged_in(
    with_reader: WithReader, kind: str, codes: dict[str, str]
) -> None:
    turnstile = with_reader(kind)
    turnstile.reader.faults.dead = True
    until(turnstile, "silent", 30_000)
    turnstile.fire(True)  # the rest of the lane works on
    turnstile.wait_ms(50)
    assert turnstile.relay_open
    turnstile.fire(False)
    turnstile.wait_ms(5000)
    turnstile.reader.faults.dead = False
    turnstile.reader.reset()
    until(turnstile, "ready", FOUND_MS)
    turnstile.wait_ms(1200)
    assert turnstile.present(codes["lin"]).granted


def test_one_of_two_readers_dies(with_reader: WithReader, codes: dict[str, str]) -> None:
    """The lamp says so until it is back, whatever the other one does; that one lets people in."""
    turnstile = with_reader("gm65", second=True)
    red = turnstile.board.red
    assert red is not None

    def remark() -> bool:
        """Whether the lamp blinks red within its two seconds, while nobody is there."""
        since = turnstile.gate.clock.now()
        turnstile.wait_ms(2000)
        changes = [c for c in turnstile.record.changes if c.pin == red.pin and c.at_us > since]
        return bool(changes)

    turnstile.wait_ms(1000)
    assert not remark()
    turnstile.readers[0].faults.dead = True
    until(turnstile, "silent", NOTICED_MS)
    assert remark()
    assert turnstile.present(codes["lin"], reader=1).granted
    turnstile.readers[1].faults.dead = True
    turnstile.wait_ms(NOTICED_MS)
    turnstile.readers[1].faults.dead = False
    until(turnstile, "ready", FOUND_MS)
    assert remark(), "the first one is still dead"
    turnstile.readers[0].faults.dead = False
    turnstile.wait_ms(FOUND_MS)
    assert not remark()
    assert turnstile.present(codes["erika"], reader=0).granted


@pytest.mark.parametrize("kind", KINDS)
def test_an_acknowledgement_in_the_middle_of_a_persons_code(
    with_reader: WithReader, kind: str, codes: dict[str, str]
) -> None:
    turnstile = with_reader(kind)
    for name, at in (("lin", 3), ("erika", 200), ("zhou", 5000)):
        turnstile.reader.faults.answer_at = min(at, len(codes[name]))
        turnstile.wait_ms(1200)
        assert turnstile.present(codes[name]).granted


@pytest.mark.parametrize("kind", ["gm65", "de2120"])
def test_a_reader_that_loses_bytes_lets_nobody_in_and_recovers(
    with_reader: WithReader, kind: str, codes: dict[str, str]
) -> None:
    turnstile = with_reader(kind)
    source = random.Random(kind)
    turnstile.reader.faults.lose_every = 7
    for name in ("lin", "erika", "zhou", "max"):
        turnstile.wait_ms(source.randint(500, 3000))
        turnstile.show(codes[name])
    turnstile.wait_ms(5000)
    assert turnstile.pulses() == []
    assert None not in reasons(turnstile)
    turnstile.reader.faults.lose_every = 0
    turnstile.wait_ms(11_000)  # a DE2120 is asked every 10 s
    until(turnstile, "ready", FOUND_MS)
    turnstile.wait_ms(1200)
    assert turnstile.present(codes["lin"]).granted


@pytest.mark.parametrize("fault", [{"late_ms": 450}, {"echo": True}], ids=["late", "echo"])
def test_faults_with_which_people_still_pass(
    with_reader: WithReader, fault: dict[str, Any], codes: dict[str, str]
) -> None:
    turnstile = with_reader("gm65")
    for name, value in fault.items():
        setattr(turnstile.reader.faults, name, value)
    for name in ("lin", "erika", "zhou"):
        turnstile.wait_ms(7000)
        assert turnstile.present(codes[name]).granted
    assert states(turnstile) == ["starting", "ready"]


def test_a_reader_that_hears_nothing_lets_people_in(
    with_reader: WithReader, codes: dict[str, str]
) -> None:
    """The wire to it is broken. Until it has sent a code it is looked for at other speeds too."""
    turnstile = with_reader("gm65")
    turnstile.reader.faults.deaf = True
    until(turnstile, "silent", NOTICED_MS)
    while not reasons(turnstile):
        turnstile.show(f"a ticket of {turnstile.gate.clock.now()}")
        turnstile.wait_ms(1000)
    for name in ("lin", "erika", "zhou", "max"):
        turnstile.wait_ms(7000)
        assert turnstile.present(codes[name]).granted
    assert states(turnstile)[-1] == "silent"


def test_a_babbling_reader_is_one_refusal_and_then_silent(
    with_reader: WithReader, codes: dict[str, str]
) -> None:
    turnstile = with_reader("gm65")
    end = turnstile.reader.babble(bytes(range(128, 228)), 12_000)
    turnstile.gate.run(end - turnstile.gate.clock.now())
    assert states(turnstile)[-1] == "silent"
    until(turnstile, "ready", FOUND_MS)
    assert turnstile.present(codes["lin"]).granted
    assert reasons(turnstile) == ["reader_garbage", None]
