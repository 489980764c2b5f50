"""What the log costs: erased blocks, operations that somebody waits for, heap."""

from __future__ import annotations

import pytest

from host_tools.interpreter import Interpreter

from .wear import measure

PERSONS = 500


@pytest.mark.parametrize("pause", [0, 6])
def test_wear_waiting_and_heap(micropython: Interpreter, pause: int) -> None:
    counts = measure(micropython, 160, PERSONS, pause)
    assert counts["records"] == 1.95 * PERSONS
    assert counts["erases"] < counts["records"] * (0.25 if pause else 0.16)
    assert counts["erasing"] < counts["records"] * (0.06 if pause else 0.15)
    assert counts["most_operations"] < 70
    assert len(counts["heaps"]) == 5
    # Records that wait are in RAM, a few hundred bytes; a thousand that stayed would be 100,000.
    assert max(counts["heaps"]) - min(counts["heaps"]) < 512, "it does not grow"
