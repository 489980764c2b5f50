"""What breaks at the worst moment: telling of a fire fails, a reader babbles, a wire is loose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.conftest import MakeTurnstile

RIG = """
name: rig
title: Two lanes that share a fire contact
chip: esp32s3
flash: 8
readers:
  - {kind: plain, uart: 1, rx: 18, tx: 17, baud: 115200}
  - {kind: plain, uart: 2, rx: 8, tx: 9, baud: 115200}
relays: [{pin: 4, safe: low, bias: down}, {pin: 5, safe: high, bias: up}]
lanes:
  - {readers: [0], relays: [0], request_to_exit: {pin: 11, active: low, pull: up}}
  - {readers: [1], relays: [1]}
inputs:
  fire: {pin: 10, active: high, pull: up}
"""

Firmware = Callable[[str], list[Path]]


@pytest.fixture
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Firmware:
    """The firmware with something changed before it starts."""

    def make(change: str) -> list[Path]:
        folder = tmp_path_factory.mktemp("changed")
        (folder / "main.py").write_text(f"{change}\nfrom gate.runtime.app import start\nstart()\n")
        return [folder]

    return make


# Something raises, once, while a fire is told
RAISES_ONCE = """
import gate.runtime.teller as teller
import gate.runtime.doorway as doorway
left = [1]
def once(good, when):
    def work(*arguments):
        if left and when in arguments:
            left.pop()
            raise MemoryError("injected")
        return good(*arguments)
    return work
"""
TELLING = {
    "the line of the fire": 'teller.log = once(teller.log, "fire_on")',
    "what people see": 'teller.Teller.show = once(teller.Teller.show, "fire")',
    "the line of the lane": 'doorway.log = once(doorway.log, "lane")',
    "that it is over": 'teller.log = once(teller.log, "fire_off")',
}


@pytest.mark.parametrize("what", TELLING)
def test_a_fire_opens_every_lane_and_is_over_for_every_lane_though_telling_it_fails(
    turnstile_of: MakeTurnstile, rig: str, firmware: Firmware, what: str, codes: dict[str, str]
) -> None:
    first = firmware(RAISES_ONCE + TELLING[what])
    turnstile = turnstile_of(board=rig, first=first, faults=1)
    began = turnstile.gate.clock.now()
    turnstile.fire(True)
    turnstile.wait_ms(3000)
    for relay in (0, 1):
        assert [pulse.on_us for pulse in turnstile.pulses(relay=relay)] == [began]
        assert turnstile.open(relay)
    turnstile.fire(False)
    turnstile.wait_ms(2000)
    assert not turnstile.open(0)
    assert not turnstile.open(1)
    assert turnstile.present(codes["lin"]).granted
    assert turnstile.present(codes["erika"], reader=1).granted


# Telling is no reason to open or to shut
NO_LINES = """
import gate.runtime.log as log
class Json:
    def dumps(what):
        if what in ("granted", "passage", "decision"):
            raise MemoryError("injected")
        return good.dumps(what)
good, log.json = log.json, Json
"""


def test_what_cannot_be_told_leaves_the_relay_its_time(
    turnstile_of: MakeTurnstile, rig: str, firmware: Firmware, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig, first=firmware(NO_LINES), faults=None)
    for reader, name in ((0, "lin"), (1, "erika")):
        turnstile.show(codes[name], reader=reader)
    turnstile.wait_ms(3000)
    for relay in (0, 1):
        [pulse] = turnstile.pulses(relay=relay)
        assert 599_000 <= (pulse.length_us or 0) <= 601_000


NO_FAULT = """
import asyncio
import gate.runtime.log as log
from gate.lane.relay import Relay
from gate.readers.serial import SerialReader
class Sys:
    def print_exception(*_):
        raise MemoryError("injected")
log.sys = Sys
opened = []
relay_open = Relay.open
def open_(self, *arguments):
    opened.append(1)
    relay_open(self, *arguments)
Relay.open = open_
async def silence(self):
    while not opened:
        await asyncio.sleep_ms(5)
    await asyncio.sleep_ms(200)
    raise OSError("injected")
SerialReader._watch_silence = silence
"""


def test_a_fault_that_cannot_be_told_shuts_the_gate_all_the_same(
    turnstile_of: MakeTurnstile, rig: str, firmware: Firmware, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(board=rig, first=firmware(NO_FAULT), faults=None)
    turnstile.show(codes["lin"])
    turnstile.wait_ms(2000)
    [pulse] = turnstile.pulses()
    assert (pulse.length_us or 0) <= 250_000


# Bytes of a reader


def test_a_line_full_of_noise_holds_up_no_button_and_fills_no_log(
    turnstile_of: MakeTurnstile, rig: str, firmware: Firmware
) -> None:
    """Two bytes a refusal, for two seconds, where writing one to flash takes 20 ms."""
    slow_flash = """
import time
from gate.storage.audit import Audit
record = Audit.record
def slowly(*arguments):
    for _ in range(20):
        time.sleep_ms(1)
    return record(*arguments)
Audit.record = slowly
"""
    turnstile = turnstile_of(board=rig, first=firmware(slow_flash))
    turnstile.reader.send(b"\x80\r" * 11_000)
    turnstile.wait_ms(500)
    pressed = turnstile.gate.clock.now()
    turnstile.request_to_exit(lane=0)
    turnstile.wait_ms(3000)
    [pulse] = turnstile.pulses()
    assert pulse.on_us - pressed < 300_000
    assert 1 <= len(turnstile.record.events("decision")) <= 5
