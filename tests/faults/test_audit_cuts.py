"""The power goes at every operation of the flash while the log is written: nothing that was
acknowledged is lost, nothing that was not is there twice, and the chain holds with its seals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from host_tools.audit import folder, keys
from host_tools.audit.walking import Finding, Proved, Walk
from host_tools.interpreter import Interpreter

from .running import run

MAIN = Path(__file__).with_name("audit_cuts_main.py")
NOON = 1795521600
BEFORE, DURING, AFTER = 70, 24, 2  # as in audit_cuts_main


@pytest.mark.parametrize("tear", ["none", "partial", "ragged", "whole"])
def test_the_power_goes_at_every_operation(
    micropython: Interpreter, tmp_path: Path, tear: str
) -> None:
    outcomes = run(MAIN, [tear, "write"], micropython)
    assert len(outcomes) > 50
    assert [one["operation"] for one in outcomes] == list(range(len(outcomes)))
    counts = {one["acknowledged"] for one in outcomes}
    assert counts == set(range(DURING)), "a cut in each record, and at the start"
    assert {segments(one) for one in outcomes} == {(1, 5), (2, 6)}, "one begun, one removed"
    unacknowledged = 0
    for outcome in outcomes:
        recorded, findings = judged(outcome, tmp_path / str(outcome["operation"]))
        assert findings == [] and outcome["told"] == []
        assert outcome["after"] == [True] * AFTER and outcome["failing"] is None
        *before, first, second = recorded
        assert (first, second) == (1000, 1001)
        assert before == list(range(before[0], before[-1] + 1)), "in order, and none is missing"
        extra = before[-1] + 1 - BEFORE - outcome["acknowledged"]
        assert extra in (0, 1), "all that were acknowledged, and at most the one that was not"
        unacknowledged += extra
        assert outcome["floor"] == NOON + 1001
    assert (unacknowledged > 0) == (tear == "whole"), "a whole write that nobody was told of counts"


@pytest.mark.parametrize("tear", ["none", "ragged", "whole"])
def test_the_power_goes_while_a_torn_end_is_cut_off(
    micropython: Interpreter, tmp_path: Path, tear: str
) -> None:
    outcomes = run(MAIN, [tear, "mend"], micropython)
    assert len(outcomes) > 8
    for outcome in outcomes:
        recorded, findings = judged(outcome, tmp_path / str(outcome["operation"]))
        assert outcome["after"] == [True] * AFTER and outcome["failing"] is None
        before = recorded[:-AFTER]
        assert before[-1] >= BEFORE - 1, "all that were acknowledged before are there"
        assert before == list(range(before[0], before[-1] + 1))
        assert any(name.endswith(".bad") for name in outcome["files"])
        assert all(".bad" in one.where or "not right when" in one.what for one in findings)


def judged(outcome: dict[str, Any], place: Path) -> tuple[list[int], list[Finding]]:
    """What `gatectl log verify` says of the files: the decisions' numbers, and what is wrong."""
    for name, content in outcome["files"].items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content))
    (place / "kept.key").write_bytes(bytes.fromhex(outcome["key"]))
    walk = Walk(folder.find(place), [keys.read(place / "kept.key")])
    recorded, findings = [], []
    for step in walk.steps():
        if isinstance(step, Finding):
            findings.append(step)
        if isinstance(step, Proved):
            assert step.sealed is not False
            if step.record.kind == "decision" and step.record.unix is not None:
                recorded.append(step.record.unix - NOON)
    return recorded, findings


def segments(outcome: dict[str, Any]) -> tuple[int, int]:
    """The numbers of the oldest segment and the newest one."""
    names = sorted(name[9:16] for name in outcome["files"] if name.endswith(".seg"))
    return int(names[0]), int(names[-1])
