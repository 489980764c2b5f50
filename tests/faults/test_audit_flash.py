"""A flash that is full, worn or unreadable: nothing is raised, nothing is said to be recorded that
is not, and how much was lost is recorded as soon as it works again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from host_tools.audit import folder
from host_tools.audit.walking import Finding, Proved, Walk
from host_tools.interpreter import Interpreter

from .running import run

MAIN = Path(__file__).with_name("audit_flash_main.py")


@pytest.fixture(scope="module")
def stories(micropython: Interpreter) -> dict[str, Any]:
    return {line["story"]: line for line in run(MAIN, [], micropython)}


def test_a_full_flash(stories: dict[str, Any], tmp_path: Path) -> None:
    started, before, during, soon, after = stories["full"]["told"]
    assert started == [None, None, 0] and before == [20, None, 0]
    kept = during[0]
    assert 0 < kept < 600 and during[1:] == ["log_full", 600 - kept]
    assert soon == [0, "log_full", 605 - kept], "it is not tried at every record"
    assert after == [5, None, 0]
    records, findings = read(stories["full"], tmp_path)
    assert [record.kind for record in records].count("passage") == 20 + kept + 5
    assert [finding.noted for finding in findings] == [True]
    [lost] = [record for record in records if record.kind == "lost"]
    assert lost.fields == {"count": 605 - kept}
    assert records[-6:] == [lost, *records[-5:]], "it stands before what was recorded next"


def test_blocks_that_cannot_be_written(stories: dict[str, Any], tmp_path: Path) -> None:
    _, before, during, again, after = stories["worn"]["told"]
    assert before == [30, None, 0]
    assert during[1] == "log_failing" and during[0] + during[2] == 30 and during[2] > 0
    assert again == [None, None, 0], "a quiet moment was enough to find that it works"
    assert after == [3, None, 0]
    records, findings = read(stories["worn"], tmp_path)
    assert [record.kind for record in records].count("passage") == 30 + during[0] + 3
    assert all(finding.noted for finding in findings)
    assert sum(one.fields["count"] for one in records if one.kind == "lost") == during[2]


def test_a_start_while_nothing_can_be_read(stories: dict[str, Any], tmp_path: Path) -> None:
    _, before, started, during, after = stories["unreadable"]["told"]
    assert before == [30, None, 0]
    assert started == [None, "log_failing", 0]
    assert during == [0, "log_failing", 2]
    assert after == [2, None, 0]
    records, findings = read(stories["unreadable"], tmp_path)
    assert [record.kind for record in records].count("passage") == 32
    assert all(finding.noted for finding in findings), "nothing was taken for damage, and cut off"


def read(story: dict[str, Any], place: Path) -> tuple[list[Any], list[Finding]]:
    for name, content in story["files"].items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content))
    steps = list(Walk(folder.find(place)).steps())
    records = [step.record for step in steps if isinstance(step, Proved)]
    return records, [step for step in steps if isinstance(step, Finding)]
