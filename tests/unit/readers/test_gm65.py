"""A GM65 from its first minute to its last: set up, watched, lost and found again.

The driver is the firmware's own, on real MicroPython; the reader speaks the same bytes as a real
one. Time is simulated.
"""

from __future__ import annotations

import pytest

from host_tools.simulator.readers import Gm65Reader, M5AtomicReader
from host_tools.simulator.readers.gm65 import (
    BAUD,
    CONTINUOUS,
    LOCKED,
    MODE,
    OUTPUT,
    SENSOR,
    SET_UP_CODES,
    VERSION,
)
from tests.unit.readers.bench import CARD, CODE, OTHER, UART, Bench, MakeBench

WRITE, SAVE = 8, 9
BEAT = bytes.fromhex("7E000A01000000301A")
LOST_MS = 6000  # until it is known that a reader has gone


def written(bench: Bench) -> list[bytes]:
    """Commands that change something."""
    return [frame for frame in bench.sent if frame[2:3] in (bytes([WRITE]), bytes([SAVE]))]


def test_a_reader_from_the_factory_is_set_up_within_half_a_second(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600)
    assert bench.ready() <= 500
    zones = bench.reader.zones
    assert zones[SET_UP_CODES] == LOCKED
    assert zones[MODE] & 3 == SENSOR
    assert zones[MODE] & 0x40 == 0, "it still beeps"
    assert zones[OUTPUT] == 0x81
    assert bench.reader.baud == 115200
    assert bench.reader.saved == zones
    assert bench.reader.writes == 1
    assert bench.note is None
    assert bench.read(CODE)
    assert bench.read(OTHER)


def test_one_that_is_as_it_should_be_is_not_written_to(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600)
    bench.ready()
    zones = bench.reader.saved
    again = bench_of("gm65", prepare=lambda bench: settle(bench, zones))
    again.ready()
    again.run_ms(300_000)
    assert written(again) == []
    assert again.read(CODE)


def settle(bench: Bench, zones: dict[int, int]) -> None:
    bench.reader.saved = dict(zones)
    bench.reader.restart()
    bench.reader._ready_us = 0


@pytest.mark.parametrize("baud", [9600, 57600, 115200])
@pytest.mark.parametrize("expected", [9600, 115200])
def test_it_is_found_at_every_speed(bench_of: MakeBench, baud: int, expected: int) -> None:
    bench = bench_of(
        "gm65",
        expected,
        prepare=lambda bench: bench.replace(Gm65Reader(bench.gate, UART, baud)),
    )
    assert bench.ready() <= 3500
    assert bench.reader.baud == 115200
    assert bench.read()


def test_one_that_starts_later_than_the_terminal(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600, prepare=lambda bench: setattr(bench.reader.faults, "dead", True))
    bench.run_ms(3000)
    assert bench.states == ["starting"], "the lamp is not to say so at once"
    bench.until("silent", 10_000)
    bench.reader.faults.dead = False
    assert bench.ready(40_000) <= 35_000
    assert bench.read()


def test_a_printed_set_up_code_cannot_reprogram_it(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600)
    assert bench.reader.show_set_up_code(MODE, 0x00), "from the factory anybody can"
    bench.ready()
    assert not bench.reader.show_set_up_code(MODE, 0x00)
    assert not bench.reader.show_set_up_code(SET_UP_CODES, 0x01)
    bench.reader.restart()
    assert not bench.reader.show_set_up_code(SET_UP_CODES, 0x01), "not after a power cut either"


def test_one_that_cannot_be_locked_is_wrong_and_reads_all_the_same(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600, prepare=lambda b: refuse(b, SET_UP_CODES, 0x01))
    bench.until("wrong", 5000)
    assert bench.note == "set_up_codes_open"
    assert bench.read()
    # Somebody reprograms it. It is found, and set up again.
    bench.reader.show_set_up_code(BAUD, 0x39)
    bench.reader.show_set_up_code(BAUD + 1, 0x01)
    bench.run_ms(20_000)
    assert bench.reader.baud == 115200
    assert bench.read(OTHER)


def refuse(bench: Bench, zone: int, value: int) -> None:
    bench.reader.stubborn.refused[zone] = value


@pytest.mark.parametrize("missing", [True, False])
def test_one_that_knows_no_length_framing_sends_text(bench_of: MakeBench, missing: bool) -> None:
    def prepare(bench: Bench) -> None:
        if missing:
            bench.reader.stubborn.missing.add(OUTPUT)
        else:
            refuse(bench, OUTPUT, 0x01)

    bench = bench_of("gm65", 9600, prepare=prepare)
    bench.ready()
    assert bench.note == "text_output"
    assert bench.read()


def test_one_without_a_sensor_reads_all_the_time(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", 9600, prepare=lambda b: refuse(b, MODE, 0x90 | CONTINUOUS))
    bench.ready()
    assert bench.note is None
    bench.run_ms(10_000)
    assert bytes.fromhex("7E000801000201 02DA") in bench.sent, "it may want to be told to read"
    assert bench.read()


def test_one_that_takes_the_speed_when_it_starts_anew(bench_of: MakeBench) -> None:
    bench = bench_of(
        "gm65",
        9600,
        prepare=lambda b: setattr(b.reader.stubborn, "new_speed_after_restart", True),
    )
    bench.ready()
    assert bench.reader.baud == 9600
    assert bench.read()
    bench.reader.restart()
    assert bench.reader.baud == 115200
    bench.ready(15_000)
    assert bench.read(OTHER)


def test_what_an_engineer_should_know_is_said(bench_of: MakeBench) -> None:
    def prepare(bench: Bench) -> None:
        bench.reader.stubborn.saves = False
        bench.reader.zones[VERSION] = 0x69

    bench = bench_of("gm65", 9600, prepare=prepare)
    bench.ready()
    assert bench.note == "not_saved corrupts_binary"


def test_one_without_a_heartbeat_is_asked_otherwise(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", prepare=lambda b: setattr(b.reader.stubborn, "heartbeat", False))
    bench.ready()
    bench.run_ms(60_000)
    assert bench.states == ["starting", "ready"]


def test_a_gm67_is_no_gm65(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", prepare=lambda b: b.replace(M5AtomicReader(b.gate, UART)))
    bench.until("wrong", 15_000)
    assert bench.note == "unsupported_model"
    bench.replace(Gm65Reader(bench.gate, UART))  # the right one is plugged in
    bench.ready(70_000)
    assert bench.read()


# The middle of the day


def test_it_is_asked_for_a_sign_of_life_and_nothing_else(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    before = len(bench.sent)
    bench.run_ms(30_000)
    assert set(bench.sent[before:]) == {BEAT}
    assert len(bench.sent[before:]) in (9, 10)
    assert bench.events == [], "an acknowledgement is no code"


def test_a_dead_one_is_noticed_and_comes_back(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    bench.reader.faults.dead = True
    assert bench.until("silent", 20_000) <= LOST_MS
    bench.run_ms(600_000)
    bench.reader.faults.dead = False
    bench.ready(40_000)
    assert bench.read()
    assert bench.reader.writes == 1


def test_a_reset_in_the_middle_of_the_day(bench_of: MakeBench) -> None:
    """It is back at 9,600 baud, reads by hand, and anybody can reprogram it."""
    bench = bench_of("gm65")
    bench.ready()
    assert bench.read()
    bench.reader.reset()
    assert bench.reader.baud == 9600
    assert bench.ready(20_000) <= LOST_MS + 2000
    assert bench.reader.zones[SET_UP_CODES] == LOCKED
    assert bench.read(OTHER)


def test_a_code_as_noise_is_a_reason_to_look_at_once(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    bench.reader.reset()
    bench.reader.zones[MODE] |= SENSOR
    bench.run_ms(300)
    bench.reader.scan(CODE)
    assert bench.ready(20_000) <= 4500
    assert bench.events == ["[reader_garbage]"], "who has shown it must know"
    assert bench.read(OTHER)


def test_one_with_a_loose_plug_does_not_fill_the_log(bench_of: MakeBench) -> None:
    """It answers for 7 s and is away for 7 s, for seven minutes: every change is logged."""
    bench = bench_of("gm65")
    bench.ready()
    for _ in range(60):
        bench.reader.faults.dead = not bench.reader.faults.dead
        bench.run_ms(7000)
    assert len(bench.states) <= 30
    bench.reader.faults.dead = False
    bench.run_ms(40_000)
    assert bench.states[-1] == "ready"
    assert bench.read()


def test_settings_that_change_behind_our_back_are_put_right(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    bench.reader.zones[SET_UP_CODES] = 0x01
    bench.run_ms(65_000)
    assert bench.reader.zones[SET_UP_CODES] == LOCKED
    assert bench.states == ["starting", "ready"]


def test_one_that_hears_nothing_still_reads(bench_of: MakeBench) -> None:
    """The wire to the reader is broken, the one from it is not: no code is lost for our asking."""
    bench = bench_of("gm65")
    bench.ready()
    bench.reader.faults.deaf = True
    for place in range(40):
        bench.run_ms(1500)
        assert bench.read(f"OC1:{place}"), bench.states
    assert bench.states[-1] == "silent"


def test_its_flash_is_spared_when_it_resets_all_the_time(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    for _ in range(20):
        bench.reader.reset()
        bench.run_ms(60_000)
    assert bench.states[-1] == "ready"
    assert bench.reader.writes == 8


def test_a_late_one(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", prepare=lambda b: setattr(b.reader.faults, "late_ms", 700))
    bench.ready(30_000)
    assert bench.reader.zones[SET_UP_CODES] == LOCKED
    bench.run_ms(100_000)
    assert bench.states == ["starting", "ready"]
    assert bench.read()
    assert bench.events == [CODE]


def test_one_that_is_much_too_late_never_passes_for_set_up(bench_of: MakeBench) -> None:
    """Each answer comes when something else has been asked."""
    bench = bench_of("gm65", prepare=lambda b: setattr(b.reader.faults, "late_ms", 1300))
    bench.run_ms(120_000)
    if "ready" in bench.states:
        assert bench.reader.zones[SET_UP_CODES] == LOCKED
    bench.reader.faults.late_ms = 0
    bench.run_ms(60_000)
    assert bench.states[-1] == "ready"
    assert bench.reader.zones[SET_UP_CODES] == LOCKED
    assert bench.read()


def test_an_echo(bench_of: MakeBench) -> None:
    bench = bench_of("gm65", prepare=lambda b: setattr(b.reader.faults, "echo", True))
    bench.ready()
    bench.run_ms(60_000)
    assert bench.read()
    assert bench.events == [CODE]
    assert bench.states == ["starting", "ready"]


@pytest.mark.parametrize("framing", [True, False])
def test_an_acknowledgement_in_the_middle_of_a_code(bench_of: MakeBench, framing: bool) -> None:
    bench = bench_of("gm65", prepare=lambda b: framing or refuse(b, OUTPUT, 0x01))
    bench.ready()
    for at in (3, 10, len(CODE)):
        bench.reader.faults.answer_at = at
        assert bench.read(f"{CODE}{at}")


def test_lost_bytes(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    bench.reader.faults.lose_every = 6  # every frame and every code
    for place in range(30):
        bench.reader.scan(f"{CODE}{place}")
        bench.run_ms(2000)
    assert all(event.startswith(("[", "OC1:", "HC1:")) or event in CODE for event in bench.events)
    assert CODE not in bench.events
    bench.reader.faults.lose_every = 0
    bench.run_ms(40_000)
    assert bench.states[-1] == "ready"
    assert bench.read(CARD)


def test_babble(bench_of: MakeBench) -> None:
    bench = bench_of("gm65")
    bench.ready()
    end = bench.reader.babble(bytes(range(128, 228)), 15_000)
    bench.gate.run(end - bench.gate.clock.now())
    assert bench.states[-1] in ("starting", "silent")
    bench.run_ms(40_000)
    assert bench.states[-1] == "ready"
    assert bench.read()
    assert set(bench.events) == {"[reader_garbage]", CODE}
