"""A turnstile's contacts and equipment, as a profile says, seen by a program on the board."""

from __future__ import annotations

from pathlib import Path

import pytest

from host_tools.boards import profiles
from host_tools.interpreter import Interpreter
from host_tools.simulator.contacts import BOUNCE_US, Contacts
from host_tools.simulator.ds3231 import Ds3231
from host_tools.simulator.equipment import Equipment
from host_tools.simulator.gate import EPOCH_2000, NOON
from host_tools.simulator.storage import quiet_inputs
from host_tools.simulator.turnstile import Turnstile

from .conftest import Board, notes

BOARD = """
name: rig
title: Two lanes with everything
chip: esp32s3
flash: 8
readers:
  - {kind: plain, uart: 1, rx: 18, tx: 17, baud: 9600}
  - {kind: gm65, uart: 2, rx: 8, tx: 9, baud: 115200}
relays: [{pin: 4, safe: low, bias: down}, {pin: 5, safe: high, bias: up}]
lanes:
  - readers: [0]
    relays: [0]
    passage: {pin: 6, active: low, pull: up}
    request_to_exit: {pin: 7, active: low, pull: up}
  - readers: [1]
    relays: [1]
    door: {pin: 15, active: high, pull: up}
inputs:
  fire: {pin: 10, active: high, pull: up}
  tamper: {pin: 11, active: high, pull: up}
i2c: {bus: 0, scl: 13, sda: 14, resistors: true}
rtc: {kind: ds3231}
"""
WATCH = """
import time
from machine import I2C, Pin, UART
uart = UART(2, 9600)
pins = {6: 1, 7: 1, 15: 1, 10: 1, 11: 1}
for number in pins:
    pins[number] = Pin(number, Pin.IN, Pin.PULL_UP)
    pins[number].irq(lambda pin: print(pin._id, pin.value(), time.ticks_us()))
print([pins[number].value() for number in (6, 7, 10, 11, 15)], I2C(0).scan())
while True:
    time.sleep_ms(10)
"""


@pytest.fixture
def profile(tmp_path: Path) -> profiles.Profile:
    path = tmp_path / "rig.yaml"
    path.write_text(BOARD)
    return profiles.load(str(path))


def edges(lines: list[str], pin: int) -> list[tuple[int, int]]:
    """(level, us) of a pin, as the program saw them."""
    found = [tuple(map(int, line.split())) for line in lines if line.startswith(f"{pin} ")]
    return [(level, at) for _, level, at in found]


def test_at_rest_no_contact_is_active(board: Board, profile: profiles.Profile) -> None:
    with board(WATCH, inputs=quiet_inputs(profile)) as gate:
        Equipment(gate, profile)
        gate.run_ms(100)
    assert notes(gate) == ["[1, 1, 0, 0, 0] [104]"]


def test_a_person_who_walks(board: Board, profile: profiles.Profile) -> None:
    with board(WATCH, inputs=quiet_inputs(profile)) as gate:
        contacts = Contacts(gate, profile)
        gate.run_ms(1000)
        ends = [contacts.walk_through(lane) for lane in (0, 1)]
        gate.run_ms(3000)
    beam, leaf = edges(notes(gate), 6), edges(notes(gate), 15)
    assert [beam[0], beam[-1][0]] == [(0, 1_400_000), 1], "broken, and free in the end"
    assert 2_100_000 <= beam[-1][1] <= 2_100_000 + BOUNCE_US
    assert len(beam) == 10, "each contact bounces"
    assert leaf[0] == (1, 1_200_000)
    assert ends == [2_100_000 + BOUNCE_US, 2_900_000 + BOUNCE_US]


def test_the_first_edge_of_a_contact_is_at_once_and_it_ends_where_it_should(
    board: Board, profile: profiles.Profile
) -> None:
    with board(WATCH, inputs=quiet_inputs(profile)) as gate:
        contacts = Contacts(gate, profile)
        gate.run_ms(100)
        contacts.switch("fire", True)
        end = contacts.press("request-to-exit", 0, 200)
        gate.run_ms(500)
        assert not contacts.has("door", 0)
        with pytest.raises(AssertionError, match="no lock"):
            contacts.switch("lock", True)
    fire, button = edges(notes(gate), 10), edges(notes(gate), 7)
    assert fire[0] == (1, 100_000)
    assert fire[-1][0] == 1
    assert (button[0], button[-1][0], end) == ((0, 100_000), 1, 300_000)


def test_readers_relays_and_lanes_go_together(
    tmp_path: Path, profile: profiles.Profile, micropython: Interpreter
) -> None:
    firmware = tmp_path / "firmware"
    firmware.mkdir()
    (firmware / "boot.py").write_text("from machine import Pin\nPin(4, Pin.OUT, value=0)\n")
    (firmware / "main.py").write_text(
        'import time\nfrom machine import Pin\nprint(\'{"event": "display"}\')\n'
        "Pin(5, Pin.OUT, value=0)\ntime.sleep(1)\nPin(5, Pin.OUT, value=1)\ntime.sleep(9)\n"
    )
    folder = tmp_path / "state"
    turnstile = Turnstile(
        folder, profile, bundle=None, root=None, gates=["A-1", "B-1"], firmware=firmware,
        interpreter=micropython,
    )  # fmt: skip
    assert (folder / "site" / "gate.json").read_text() == '{"gates": ["A-1", "B-1"]}'
    with turnstile:
        turnstile.wait_ms(500)
        assert [turnstile.open(relay) for relay in (0, 1)] == [False, True]
        turnstile.wait_ms(2000)
        assert [turnstile.relay_of(reader) for reader in (0, 1)] == [0, 1]
        assert not turnstile.open(1)
        assert [pulse.length_us for pulse in turnstile.pulses(relay=1)] == [1_000_000]
        assert turnstile.pulses(relay=0) == []


def test_equipment_has_its_own_power(
    tmp_path: Path, profile: profiles.Profile, micropython: Interpreter
) -> None:
    firmware = tmp_path / "firmware"
    firmware.mkdir()
    (firmware / "boot.py").write_text("")
    (firmware / "main.py").write_text(
        "import time, machine\nfrom machine import Pin\nPin(5, Pin.OUT, value=0)\n"
        'print(\'{"event": "display"}\', machine.reset_cause(), time.time())\ntime.sleep(999)\n'
    )
    turnstile = Turnstile(
        tmp_path / "state", profile, bundle=None, root=None, firmware=firmware,
        interpreter=micropython,
    )  # fmt: skip
    with turnstile.gate:
        turnstile.wait_ms(100)
        clock = turnstile.equipment.clock
        assert isinstance(clock, Ds3231)
        turnstile.power_off()
        assert not turnstile.open(1), "a relay lets go without power, whatever its level"
        turnstile.wait_ms(60_000)
        turnstile.power_on()
        turnstile.wait_ms(100)
        assert turnstile.open(1)
    assert clock.unix == NOON + 60, "the battery keeps it"
    first, second = [note.text.split("} ")[1] for note in turnstile.record.notes]
    assert first == f"1 {NOON - EPOCH_2000}"
    assert second == "1 0", "the chip's own clock begins anew"
