"""A slice of the soak; the whole is `gatectl sim soak --scans 100000` (docs/supervision.md)."""

from __future__ import annotations

import dataclasses
import json

import pytest

from host_tools.problems import Failure
from host_tools.soak.run import Probe, Soak, run


def test_codes_of_all_kinds_leave_nothing_behind() -> None:
    try:
        found = run(scans=600, seed=3, every=30)
    except Failure as failure:
        pytest.skip(str(failure)) if "ROM file system" in str(failure) else pytest.fail(
            str(failure)
        )
    assert not found.faults
    assert found.stack_growth <= 0
    # So short a run warms up for a third of it, and a probe falls on more or less that is on its
    # way; 50 bytes left behind by each code would be 9,000 in its last third.
    used = [probe.used for probe in found.probes[6:]]
    half = len(used) // 2
    assert max(used[half:]) - max(used[:half]) < 4096
    json.dumps(dataclasses.asdict(found))  # what --json prints
    assert found.reasons["granted"] > 100
    assert len(found.reasons) > 8, "refused for many reasons"
    assert found.passages > 50
    assert found.annulled > 0


def probes(*used: int, stack: int = 900) -> Soak:
    return Soak([Probe(number, value, 0, 0, 0, stack) for number, value in enumerate(used)])


def test_growth_is_found() -> None:
    """What fails a run: a hundred bytes a thousand codes are ten kilobytes at its end."""
    assert probes(*(90_000 + number % 3 * 400 for number in range(100))).problem is None
    assert "heap grew" in str(probes(*(90_000 + 100 * number for number in range(100))).problem)
    warming = probes(50_000, *(90_000 for _ in range(99)))
    assert warming.problem is None
    deeper = dataclasses.replace(
        warming, probes=[*warming.probes, Probe(100, 90_000, 0, 0, 0, 901)]
    )
    assert "stack grew" in str(deeper.problem)
    assert "1 faults" in str(dataclasses.replace(warming, faults=["x"]).problem)
