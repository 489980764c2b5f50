"""DE2120, M5 Unit, M5 Atomic and the plain kind: set up, watched, lost and found again."""

from __future__ import annotations

import pytest

from host_tools.simulator.readers import De2120Reader
from host_tools.simulator.readers.m5 import AUTO, HOST, KEY
from tests.unit.readers.bench import CARD, CODE, OTHER, UART, Bench, MakeBench

COMMANDED = ("de2120", "m5-unit", "m5-atomic")
REST_MS = 1100  # an Atomic rests after a code


def rested(bench: Bench) -> Bench:
    bench.run_ms(REST_MS)
    return bench


@pytest.mark.parametrize("kind", COMMANDED)
def test_it_is_set_up_and_reads(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    assert bench.ready() <= 600
    assert bench.note == "set_up_codes_open", "nobody knows how to lock it, and that is said"
    assert bench.read(CODE)
    assert rested(bench).read(OTHER)
    bench.run_ms(60_000)
    assert bench.states == ["starting", "ready"]
    assert bench.events == [CODE, OTHER], "what it answers is no code"
    assert rested(bench).read(CARD)


@pytest.mark.parametrize("kind", COMMANDED)
def test_a_dead_one_is_noticed_and_comes_back(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    bench.ready()
    bench.reader.faults.dead = True
    bench.until("silent", 30_000)
    bench.run_ms(300_000)
    bench.reader.faults.dead = False
    bench.ready(40_000)
    assert rested(bench).read()


@pytest.mark.parametrize("kind", COMMANDED)
@pytest.mark.parametrize("late_ms", [300, 480])
def test_a_late_one(bench_of: MakeBench, kind: str, late_ms: int) -> None:
    bench = bench_of(kind, prepare=lambda b: setattr(b.reader.faults, "late_ms", late_ms))
    bench.ready(40_000)
    bench.run_ms(60_000)
    assert bench.states == ["starting", "ready"]
    assert rested(bench).read()
    assert bench.events == [CODE]


@pytest.mark.parametrize("kind", COMMANDED)
def test_an_echo(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind, prepare=lambda b: setattr(b.reader.faults, "echo", True))
    bench.ready()
    bench.run_ms(40_000)
    assert rested(bench).read()
    assert bench.events == [CODE]
    assert bench.states == ["starting", "ready"]


@pytest.mark.parametrize("kind", COMMANDED)
def test_an_acknowledgement_in_the_middle_of_a_code(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    bench.ready()
    for at in (0, 1, 10, len(CODE)):
        bench.reader.faults.answer_at = at
        assert rested(bench).read(f"{CODE}{at}")


@pytest.mark.parametrize("kind", COMMANDED)
def test_lost_bytes(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    bench.ready()
    bench.reader.faults.lose_every = 3
    for place in range(10):
        bench.reader.scan(f"{CODE}{place}")
        bench.run_ms(2000)
    bench.reader.faults.lose_every = 0
    bench.run_ms(80_000)
    assert bench.states[-1] == "ready"
    assert not [event for event in bench.events if event.startswith(CODE)]
    assert rested(bench).read(CARD)


@pytest.mark.parametrize("kind", COMMANDED)
def test_babble(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    bench.ready()
    end = bench.reader.babble(bytes(range(128, 228)), 20_000)
    bench.gate.run(end - bench.gate.clock.now())
    assert bench.states[-1] in ("starting", "silent")
    bench.run_ms(60_000)
    assert bench.states[-1] == "ready"
    assert rested(bench).read()


# DE2120


@pytest.mark.parametrize("baud", [9600, 57600, 115200])
def test_a_de2120_is_found_at_every_speed(bench_of: MakeBench, baud: int) -> None:
    bench = bench_of("de2120", prepare=lambda b: b.replace(De2120Reader(b.gate, UART, baud)))
    assert bench.ready() <= 5000
    assert bench.reader.baud == 115200
    assert bench.read()


def test_a_de2120_that_talks_by_usb_is_told_to_use_the_line(bench_of: MakeBench) -> None:
    bench = bench_of("de2120", prepare=lambda b: b.reader.settings.update({b"POR": b"KBD"}))
    bench.ready(20_000)
    assert bench.read()


def test_a_code_that_comes_with_the_version_is_no_version(bench_of: MakeBench) -> None:
    """Whatever is asked, and whenever: what begins like a code is a code."""
    bench = bench_of("de2120")
    bench.ready()
    for place in range(110):
        bench.run_ms(97)
        assert bench.read(f"{CODE}{place}")


def test_a_de2120_that_has_forgotten_how_to_read_is_told_again(bench_of: MakeBench) -> None:
    """It answers as before: only that no code comes says so."""
    bench = bench_of("de2120")
    bench.ready()
    assert bench.read()
    bench.reader.reset()
    assert not bench.read(OTHER)
    bench.run_ms(320_000)
    assert bench.read(OTHER)
    assert bench.states == ["starting", "ready"]


def test_the_flash_of_a_de2120_is_spared(bench_of: MakeBench) -> None:
    bench = bench_of("de2120")
    bench.ready()
    bench.run_ms(1_000_000)  # unused: set up anew after 5 and 15 minutes
    commands = [command for command in bench.reader.commands if b"DSPYFW" not in command]
    assert len(commands) == 2 * (1 + 2)


# M5


@pytest.mark.parametrize("tells", [True, False])
def test_a_unit_reads_by_itself(bench_of: MakeBench, tells: bool) -> None:
    bench = bench_of("m5-unit", prepare=lambda b: setattr(b.reader, "tells_mode", tells))
    bench.ready()
    assert bench.reader.mode == AUTO
    assert bench.note == "set_up_codes_open" + ("" if tells else " mode_unknown")
    assert bench.reader.writes == 1
    assert bench.read()


def test_a_unit_in_its_mode_is_not_written_to(bench_of: MakeBench) -> None:
    bench = bench_of("m5-unit", prepare=lambda b: setattr(b.reader, "mode", AUTO))
    bench.ready()
    bench.run_ms(100_000)
    assert bench.reader.writes == 0


def test_a_unit_that_has_forgotten_its_mode(bench_of: MakeBench) -> None:
    bench = bench_of("m5-unit")
    bench.ready()
    bench.reader.reset()
    assert bench.reader.mode == KEY
    bench.run_ms(4000)
    assert bench.read()
    assert bench.states == ["starting", "ready"]


def test_an_atomic_is_told_to_read_again_and_again(bench_of: MakeBench) -> None:
    bench = bench_of("m5-atomic", 9600)
    bench.ready()
    assert bench.reader.mode == HOST
    for place in range(20):
        assert rested(bench).read(f"OC1:{place}")
    bench.run_ms(60_000)
    assert bench.read()
    assert bench.reader.writes == 1


def test_an_atomic_that_has_forgotten_its_mode(bench_of: MakeBench) -> None:
    bench = bench_of("m5-atomic", 9600)
    bench.ready()
    assert rested(bench).read()
    bench.reader.reset()
    bench.run_ms(320_000)
    assert bench.read(OTHER)


# Plain


def test_a_plain_one_is_ready_and_never_called_silent(bench_of: MakeBench) -> None:
    bench = bench_of("plain", 9600)
    bench.run_ms(600_000)
    assert bench.states == ["ready"]
    assert bench.sent == []
    assert bench.read()
    bench.reader.faults.dead = True
    bench.run_ms(600_000)
    assert bench.states == ["ready"], "nobody knows"


# What is loaded, and when the loop is late

LOADED = {
    "plain": {"serial", "framing", "reply"},
    "gm65": {"serial", "framing", "reply", "managed", "gm65"},
    "de2120": {"serial", "framing", "reply", "managed", "de2120"},
    "m5-unit": {"serial", "framing", "reply", "managed", "m5_unit"},
    "m5-atomic": {"serial", "framing", "reply", "managed", "m5_atomic"},
}


@pytest.mark.parametrize("kind", LOADED)
def test_only_the_module_of_its_kind_takes_memory(bench_of: MakeBench, kind: str) -> None:
    bench = bench_of(kind)
    bench.run_ms(100)
    assert set(bench.gate.record.events("modules")[0].fields["names"]) == LOADED[kind]


@pytest.mark.parametrize("kind", ["gm65", "m5-unit", "m5-atomic", "de2120"])
def test_a_loop_that_is_late_is_not_taken_for_a_silent_reader(
    bench_of: MakeBench, kind: str
) -> None:
    """Judging a code keeps the loop for longer than an answer is waited for."""
    bench = bench_of(kind, judging_ms=1700)
    bench.ready()
    shown = [f"{CODE}{place}" for place in range(12)]
    for code in shown:
        bench.reader.scan(code)
        bench.run_ms(3100)
    assert bench.states == ["starting", "ready"]
    assert bench.events == shown
