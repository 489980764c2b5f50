"""The simulated DS3231 does what the datasheet says of the real one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.simulator.ds3231 import Ds3231

from .conftest import Board, notes

SET = int(datetime(2026, 11, 24, 16, 5, 30, tzinfo=UTC).timestamp())


class World:
    us = 0

    def now(self) -> int:
        return self.us

    def wait(self, seconds: float) -> None:
        self.us += round(seconds * 1_000_000)


def registers(chip: Ds3231, at: int, count: int) -> str:
    assert chip.write(bytes([at]))
    return chip.read(count).hex(" ")


def test_time_is_bcd_and_goes_on() -> None:
    world = World()
    chip = Ds3231(world.now, SET)
    assert registers(chip, 0, 7) == "30 05 16 02 24 11 26"
    world.wait(29.999)
    assert registers(chip, 0, 2) == "59 05"
    world.wait(0.001)
    assert registers(chip, 0, 2) == "00 06"
    assert registers(chip, 0x0F, 1) == "08", "it has not stopped"


def test_a_new_chip_says_that_it_has_never_been_set() -> None:
    chip = Ds3231(World().now)
    assert registers(chip, 0, 7) == "00 00 00 06 01 01 00"
    assert registers(chip, 0x0F, 1) == "88"
    chip.write(b"\x0f\x08")
    assert registers(chip, 0x0F, 1) == "08"
    chip.write(b"\x0f\x88")
    assert registers(chip, 0x0F, 1) == "08", "the flag can only be cleared"


def test_it_is_set_over_the_bus_and_the_pointer_moves_on_and_around() -> None:
    world = World()
    chip = Ds3231(world.now)
    chip.write(bytes.fromhex("00 30 05 16 02 24 11 26"))
    assert chip.unix == SET
    assert chip.read(2) == b"\x00\x00", "the alarm behind it"
    chip.write(b"\x11")
    assert chip.read(3) == b"\x19\x00\x30", "25 degrees, and from the last register to the first"
    world.wait(60)
    assert registers(chip, 1, 1) == "06"


def test_hours_of_twelve() -> None:
    chip = Ds3231(World().now)
    chip.write(bytes.fromhex("00 00 00 72 02 24 11 26"))  # 12 PM
    assert registers(chip, 2, 1) == "72"
    assert chip.unix % 86400 == 12 * 3600


@pytest.mark.parametrize(("battery", "goes_on", "flag"), [(True, 60, "08"), (False, None, "88")])
def test_the_battery(battery: bool, goes_on: int | None, flag: str) -> None:
    world = World()
    chip = Ds3231(world.now, SET, battery=battery)
    chip.power(False)
    world.wait(60)
    chip.power(True)
    assert chip.unix == (
        SET + goes_on if goes_on else int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
    )
    assert registers(chip, 0x0F, 1) == flag
    before = chip.unix
    world.wait(5)
    assert chip.unix == before + 5


def test_with_the_oscillator_switched_off_on_battery_it_stands_still() -> None:
    world = World()
    chip = Ds3231(world.now, SET)
    chip.write(b"\x0e\x9c")
    chip.power(False)
    world.wait(3600)
    chip.power(True)
    assert chip.unix == SET
    assert registers(chip, 0x0F, 1) == "88"


def test_one_that_runs_fast() -> None:
    world = World()
    chip = Ds3231(world.now, SET, ppm=100)
    world.wait(86400)
    assert chip.unix == SET + 86400 + 8


@given(st.binary(min_size=7, max_size=7))
def test_nonsense_in_the_registers_is_some_time(data: bytes) -> None:
    chip = Ds3231(World().now)
    chip.write(b"\0" + data)
    again = Ds3231(World().now)
    again.write(b"\0" + bytes.fromhex(registers(chip, 0, 7)))
    assert again.unix == chip.unix


def test_on_the_board_by_the_firmwares_own_driver(board: Board) -> None:
    program = """
        import sys, time
        sys.path.append("%s")
        from machine import I2C
        from gate.runtime.ds3231 import DS3231
        clock = DS3231(I2C(0), 0x68)
        print(clock.read())
        print(clock.write(1795536330), clock.read())
        time.sleep(5)
        print(clock.read())
    """
    from host_tools.firmware import FIRMWARE

    with board(program % FIRMWARE) as gate, pytest.raises(Exception, match="ended"):
        chip = Ds3231(gate.clock.now)
        gate.attach_i2c(0, 0x68, chip)
        gate.run_ms(10_000)
    assert notes(gate) == ["rtc_stopped", "True 1795536330", "1795536335"]
