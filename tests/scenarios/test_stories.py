"""The stories of scenarios/ go as they are told, on the boards that they can be told on."""

from __future__ import annotations

from pathlib import Path

import pytest

from host_tools.boards import profiles
from host_tools.interpreter import Interpreter
from host_tools.simulator.scenarios import language, suite
from host_tools.simulator.scenarios.suite import Result

STORIES = suite.find([])
RIGS = sorted(path.stem for path in suite.BOARDS.glob("*.yaml"))
EVERY_BOARD = ["any-board", "fire-drill"]
FASTER = 20
PLAYED: list[Result] = []


def why(result: Result) -> str:
    """Everything about a story that went wrong."""
    seen = "\n".join(
        f"{entry.at_us / 1e6:10.3f}  {entry.who}: {entry.what}" for entry in result.seen
    )
    return f"{result.path}:{result.line}: {result.step}\n{result.why}\n{seen}"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story(path: Path, micropython: Interpreter) -> None:
    result = suite.run(path, interpreter=micropython)
    PLAYED.append(result)
    assert result.outcome == suite.PASSED, why(result)


@pytest.mark.parametrize(
    ("board", "name"),
    [(board, name) for board in profiles.names() for name in EVERY_BOARD]
    + [(rig, "any-board") for rig in RIGS],  # which have stories of fire of their own
)
def test_what_every_board_can_do(board: str, name: str, micropython: Interpreter) -> None:
    result = suite.run(suite.SCENARIOS / f"{name}.yaml", board, interpreter=micropython)
    if result.outcome == suite.SKIPPED:
        assert name == "fire-drill"
        assert suite.board_of(board).fire is None
    else:
        assert result.outcome == suite.PASSED, why(result)


def test_the_stories_tell_of_lanes_readers_people_time_and_supervision() -> None:
    stories = [language.load(path) for path in STORIES]
    told = {step.subject for story in stories for step in story.steps if not step.person}
    assert told == set(language.subjects()), "every subject has a story"
    expected = {word for story in stories for step in story.steps for word in step.expect}
    words = language.grammar()["$defs"]["expect"]["properties"]
    assert expected == set(words) - {"fault"}, "and every expectation, but that of a fault"
    assert len(stories) >= 15


def test_a_story_takes_a_twentieth_of_its_time(micropython: Interpreter) -> None:
    """By the CPU that all its processes used: a busy computer takes longer, but not more. Of the
    stories that were played here; some, when this test runs alone."""
    for name in ("hangs", "door") if not PLAYED else ():
        PLAYED.append(suite.run(suite.SCENARIOS / f"{name}.yaml", interpreter=micropython))
    simulated, used = (sum(getattr(r, name) for r in PLAYED) for name in ("simulated_s", "cpu_s"))
    assert simulated > FASTER * used, f"{simulated:.0f} s took {used:.1f} s of CPU"
