"""Anything may go wrong with a reader, in any order: once it stops, the reader is ready again."""

from __future__ import annotations

import random

import pytest

from host_tools.simulator.readers import Faults
from tests.unit.readers.bench import CARD, CODE, Bench, MakeBench

KINDS = ("gm65", "de2120", "m5-unit", "m5-atomic")
RECOVERED_MS = 75_000  # half a minute at this speed, the longest back-off, and every speed


def a_fault(source: random.Random, bench: Bench) -> None:
    """One more thing that is wrong from now on, or happens now."""
    reader = bench.reader
    match source.randrange(9):
        case 0:
            reader.faults.dead = True
        case 1:
            reader.faults.deaf = True
        case 2:
            reader.faults.late_ms = source.choice((100, 450, 900, 1500, 4000))
        case 3:
            reader.faults.echo = True
        case 4:
            reader.faults.lose_every = source.randint(2, 40)
        case 5:
            reader.faults.answer_at = source.randint(0, 40)
        case 6 if bench.kind in ("gm65", "m5-unit"):  # of others only disuse tells
            reader.reset()
        case 7:
            reader.send(source.randbytes(source.randint(1, 400)))
        case 8:
            reader.send(reader.ACKNOWLEDGEMENT * source.randint(1, 4))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_after_any_faults_it_is_ready(bench_of: MakeBench, kind: str, seed: int) -> None:
    source = random.Random(f"{kind} {seed}")
    bench = bench_of(kind)
    shown = []
    for _ in range(4):
        for _ in range(source.randint(1, 3)):
            a_fault(source, bench)
            bench.run_ms(source.choice((5, 200, 1500, 8000)))
            shown.append(f"{CODE}{len(shown):03}.")  # cut off, it is no other one
            bench.reader.scan(shown[-1])
        bench.run_ms(source.choice((100, 3000, 20_000)))
        bench.reader.faults = Faults()
        bench.run_ms(RECOVERED_MS)
        assert bench.states[-1] == "ready", bench.states
        assert bench.read(f"{CARD}{len(shown)}")
    codes = [event for event in bench.events if event in shown]
    assert len(set(codes)) == len(codes), "a code came out twice"
