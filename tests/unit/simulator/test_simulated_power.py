"""Resets, watchdog, power cuts, and what of the chip lives through them."""

from __future__ import annotations

import time

import pytest

from host_tools.simulator import gate as chip
from host_tools.simulator.clock import RealClock
from host_tools.simulator.gate import BOOT_US, EPOCH_2000, NOON, GateError
from host_tools.simulator.record import Change, Reset

from .conftest import Board, notes

DIARY = """
    import time, machine
    from machine import Pin, RTC
    relay = Pin(26, Pin.OUT, value=1)
    rtc = RTC()
    print(machine.reset_cause(), rtc.memory(), time.time(), time.ticks_ms())
    rtc.memory(rtc.memory() + b"x")
"""


def test_a_reset_keeps_memory_and_clock_and_lets_outputs_float(board: Board) -> None:
    program = (
        DIARY
        + """
    time.sleep_ms(1700)
    if len(rtc.memory()) < 3:
        machine.reset()
    time.sleep(100)
"""
    )
    with board(program, floating={26: 0}) as gate:
        gate.run_ms(10_000)
    start = NOON - EPOCH_2000
    assert notes(gate) == [
        f"{chip.PWRON_RESET} b'' {start} 0",
        f"{chip.HARD_RESET} b'x' {start + 2} 0",
        f"{chip.HARD_RESET} b'xx' {start + 4} 0",
    ]
    period = 1_700_000 + BOOT_US
    assert gate.record.resets == [
        Reset(at, chip.HARD_RESET) for at in (1_700_000, period + 1_700_000)
    ]
    assert gate.record.changes[:3] == [
        Change(0, 26, 1),
        Change(1_700_000, 26, 0),
        Change(period, 26, 1),
    ]


def test_a_watchdog_that_is_not_fed_restarts_the_chip(board: Board) -> None:
    program = (
        DIARY
        + """
    from machine import WDT
    wdt = WDT(timeout=2000)
    for _ in range(3):
        time.sleep_ms(1500)
        wdt.feed()
    time.sleep_ms(60000)
"""
    )
    with board(program) as gate:
        gate.run_ms(7000)
    assert gate.record.resets == [Reset(6_500_000, chip.WDT_RESET)]
    assert gate.record.feeds == [1_500_000, 3_000_000, 4_500_000]
    assert notes(gate)[1].startswith(f"{chip.WDT_RESET} b'x'")


@pytest.mark.parametrize("end", ["pass", "raise ValueError('broken')", "while True: pass"])
def test_a_program_that_ends_or_hangs_is_restarted_by_its_watchdog(board: Board, end: str) -> None:
    program = f"""
    import machine
    from machine import WDT
    print(machine.reset_cause())
    if machine.reset_cause() == machine.PWRON_RESET:
        WDT(timeout=3000)
        {end}
    import time
    time.sleep(100)
"""
    with board(program, hang_s=0.5) as gate:
        gate.run_ms(5000)
    assert gate.record.resets == [Reset(3_000_000, chip.WDT_RESET)]
    assert [note for note in notes(gate) if len(note) == 1] == ["1", "3"]


def test_a_program_that_hangs_without_a_watchdog_is_said_to(board: Board) -> None:
    with (
        board("while True: pass", hang_s=0.3) as gate,
        pytest.raises(GateError, match="neither waits nor ends"),
    ):
        gate.run_ms(100)


@pytest.mark.parametrize(("kept", "memory"), [(False, "b''"), (True, "b'x'")])
def test_a_power_cut(board: Board, kept: bool, memory: str) -> None:
    program = (
        DIARY
        + """
    print(Pin(27, Pin.IN).value())
    try:
        time.sleep(100)
    finally:
        open("after.txt", "w").close()
"""
    )
    with board(program, floating={26: 0}) as gate:
        gate.run_ms(1000)
        gate.power_off()
        gate.receive(2, b"lost", 9600)
        gate.set_input(27, 1)
        assert not gate.powered
        gate.run_ms(5000)
        gate.power_on(memory=kept)
        gate.run_ms(1)
        assert not (gate.folder / "after.txt").exists(), "nothing runs on when the power fails"
    assert notes(gate)[2:] == [f"{chip.PWRON_RESET} {memory} 0 0", "1"]
    assert gate.record.changes == [
        Change(0, 26, 1),
        Change(1_000_000, 26, 0),
        Change(6_000_000, 26, 1),
    ]
    assert gate.unix() == NOON + 6


def test_a_cut_during_a_start_takes_it_back(board: Board) -> None:
    with board("import machine; machine.reset()") as gate:
        gate.run_ms(1)
        gate.power_off()
        gate.run_ms(10_000)
        assert not gate.powered
    assert len(gate.record.resets) == 1


def test_the_chips_clock_can_be_set(board: Board) -> None:
    program = """
        import time, machine
        rtc = machine.RTC()
        rtc.datetime((2026, 11, 24, 0, 16, 5, 30, 250000))
        time.sleep_ms(800)
        print(rtc.datetime(), time.gmtime()[:6])
        if machine.reset_cause() == 1:
            machine.reset()
        rtc.init((2030, 1, 2, 3, 4, 5, 0, 6))
        print(rtc.datetime()[:7])
        try:
            rtc.memory(bytes(2049))
        except ValueError as error:
            print(error)
        print(time.time() > 0)
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(3000)
    shown = "(2026, 11, 24, 1, 16, 5, 31, 50000) (2026, 11, 24, 16, 5, 31)"
    assert notes(gate) == [shown, shown, "(2030, 1, 2, 2, 3, 4, 5)", "buffer too long", "True"]


def test_timers(board: Board) -> None:
    program = """
        import time
        from machine import Timer
        def say(word):
            return lambda timer: print(word, time.ticks_ms())
        often = Timer(0, period=100, callback=say("often"))
        once = Timer(1)
        once.init(mode=Timer.ONE_SHOT, period=150, callback=say("once"))
        time.sleep_ms(250)
        often.deinit()
        time.sleep_ms(250)
        Timer(2, freq=10, callback=say("freq"))
        time.sleep_ms(100)
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(3000)
    assert notes(gate) == ["often 100", "once 150", "often 200", "freq 600"]


def test_nvs_keeps_what_was_committed(board: Board) -> None:
    program = """
        import machine, time
        from esp32 import NVS
        nvs = NVS("gate")
        def attempt(action):
            try:
                return action()
            except OSError as error:
                return error.args
        if machine.reset_cause() == machine.PWRON_RESET:
            print(attempt(lambda: nvs.get_i32("boots")))
            nvs.set_i32("boots", -7)
            nvs.set_blob("key", b"secret")
            print(nvs.get_i32("boots"))
            nvs.commit()
            nvs.set_i32("boots", 8)
            machine.reset()
        into = bytearray(10)
        print(nvs.get_i32("boots"), nvs.get_blob("key", into), into[:6])
        print(attempt(lambda: nvs.get_blob("key", bytearray(5)))[1])
        print(attempt(lambda: nvs.get_i32("key"))[1])
        print(attempt(lambda: NVS("other").get_i32("boots")))
        print(attempt(lambda: nvs.set_i32("a" * 16, 1))[1])
        nvs.erase_key("key")
        print(attempt(lambda: nvs.erase_key("key2"))[1])
        print(attempt(lambda: nvs.get_blob("key", into))[1])
        time.sleep(10)
    """
    with board(program) as gate:
        gate.run_ms(1000)
    missing = "(-4354, 'ESP_ERR_NVS_NOT_FOUND')"
    assert notes(gate) == [
        missing,
        "-7",
        "-7 6 bytearray(b'secret')",
        "ESP_ERR_NVS_INVALID_LENGTH",
        "ESP_ERR_NVS_NOT_FOUND",
        missing,
        "ESP_ERR_NVS_KEY_TOO_LONG",
        "ESP_ERR_NVS_NOT_FOUND",
        "ESP_ERR_NVS_NOT_FOUND",
    ]


def test_resets_in_real_time(board: Board) -> None:
    program = """
        import machine, time
        print(machine.reset_cause())
        machine.WDT(timeout=100)
        time.sleep(10)
    """
    began = time.monotonic()
    with board(program, clock=RealClock()) as gate:
        assert gate.run_ms(20_000, lambda: len(gate.record.notes) >= 2)
    assert notes(gate) == ["1", "3"]
    assert time.monotonic() - began >= 0.1 + BOOT_US / 1e6
