"""The whole study: how a crowd fares at each arrival rate, what a lane can do at most, and which
assumptions matter. Its document is what docs/queue.json keeps; the same seed gives the same."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from host_tools.queue import lane
from host_tools.queue.assumptions import Assumption, Assumptions
from host_tools.queue.draws import Draws
from host_tools.queue.terminal import CODES, Terminal
from host_tools.queue.visits import WAYS, Way, crowd, visits

BAUDS = (9600, 115200)


@dataclass(frozen=True)
class Size:
    """How much is simulated."""

    rates: Sequence[int] = tuple(range(2, 31, 2))  # people a minute
    minutes: int = 30  # that people keep coming
    crowds: int = 8  # at each rate
    people: int = 1500  # who stand before the lane when its capacity is counted


def study(assumptions: Assumptions, terminal: Terminal, seed: int, size: Size) -> dict[str, Any]:
    """Everything, as JSON has it."""
    return {
        "seed": seed,
        "size": {"minutes": size.minutes, "crowds": size.crowds, "people": size.people},
        "terminal": _terminal(assumptions, terminal),
        "assumptions": told(assumptions),
        "ways": {
            way.name: {
                "title": way.title,
                "capacity": capacity(way, assumptions, terminal, seed, size.people),
                "rates": [
                    at_rate(way, assumptions, terminal, seed, size, rate) for rate in size.rates
                ],
            }
            for way in WAYS
        },
        "codes": codes(assumptions, terminal, seed, size.people),
        "sensitivity": sensitivity(assumptions, terminal, seed, size.people),
    }


def at_rate(
    way: Way, assumptions: Assumptions, terminal: Terminal, seed: int, size: Size, rate: float
) -> dict[str, Any]:
    """Several crowds at one rate: what got through while they came, and how long it took."""
    flows, totals = [], list[float]()
    for number in range(size.crowds):
        draws = Draws(assumptions, seed + number)
        day = lane.run(visits(way, draws, terminal, crowd(draws, rate, size.minutes)))
        gone = sum(stay.gone <= size.minutes * 60 for stay in day.stays)
        flows.append(gone / size.minutes)
        totals += [stay.total for stay in day.stays]
    return {
        "rate": rate,
        "through": round(statistics.mean(flows), 3),
        "low": round(min(flows), 3),
        "high": round(max(flows), 3),
        "median_s": round(quantile(totals, 0.5), 2),
        "p95_s": round(quantile(totals, 0.95), 2),
    }


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that so many stay at or below; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def capacity(
    way: Way, assumptions: Assumptions, terminal: Terminal, seed: int, people: int
) -> float:
    """People a minute when there is always somebody waiting."""
    day = lane.run(visits(way, Draws(assumptions, seed), terminal, [0.0] * people))
    return round(people / max(stay.gone for stay in day.stays) * 60, 2)


def codes(
    assumptions: Assumptions, terminal: Terminal, seed: int, people: int
) -> list[dict[str, Any]]:
    """What length of code and speed of the reader's line make of our own lane."""
    found = []
    for name, code in CODES.items():
        for baud in BAUDS:
            one = Terminal(terminal.board, baud, code)
            found.append(
                {
                    "code": name,
                    "title": code.title,
                    "baud": baud,
                    **_parts(assumptions, one),
                    "capacity": capacity(WAYS[0], assumptions, one, seed, people),
                }
            )
    return found


def sensitivity(
    assumptions: Assumptions, terminal: Terminal, seed: int, people: int
) -> list[dict[str, Any]]:
    """Each assumption at its low and its high, everything else as it is: each way's capacity."""
    found = []
    for name, entry in assumptions.items():
        if name == "group":
            continue  # who comes together matters to the queue, not to what a lane can do
        row: dict[str, Any] = {"name": name, "low": entry.low, "high": entry.high}
        for way in WAYS:
            row[way.name] = [
                capacity(way, assumptions.with_value(name, value), terminal, seed, people)
                for value in (entry.low, entry.high)
            ]
        found.append(row)
    return found


def _terminal(assumptions: Assumptions, terminal: Terminal) -> dict[str, Any]:
    return {
        "board": terminal.board.title,
        "chip": terminal.board.chip,
        "baud": terminal.baud,
        "code": terminal.code.title,
        **_parts(assumptions, terminal),
        "instructions": terminal.instructions,
    }


def _parts(assumptions: Assumptions, terminal: Terminal) -> Mapping[str, Any]:
    return {
        "characters": terminal.code.characters,
        "transfer_ms": round(terminal.transfer_s * 1000, 1),
        "decision_ms": round(terminal.decision_s(assumptions["cycles"].value) * 1000, 1),
    }


def told(assumptions: Assumptions) -> dict[str, Any]:
    """Everything that is assumed."""
    return {name: _told(entry) for name, entry in assumptions.items()}


def _told(entry: Assumption) -> dict[str, Any]:
    return {
        "what": entry.what, "unit": entry.unit, "value": entry.value, "p95": entry.p95,
        "low": entry.low, "high": entry.high, "source": entry.source,
    }  # fmt: skip
