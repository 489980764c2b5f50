"""Scenario files: strict, every mistake with its line, and told what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import yaml_file
from host_tools.problems import Failure
from host_tools.simulator.scenarios import features, language, reference, suite
from host_tools.simulator.scenarios.language import Scenario

GOOD = """
title: One step
people: {Lin: lin-all-green}
story:
  - Lin: shows the code
    after: 2.5 seconds
    because: it is her turn
    expect: {verdict: granted, within: 50 ms}
"""


def read(text: str) -> Scenario:
    return language.read(yaml_file.parse(text.encode(), "story.yaml"), Path("story.yaml"))


def mistakes(text: str) -> str:
    with pytest.raises(Failure) as caught:
        read(text)
    return str(caught.value)


def test_a_good_one() -> None:
    scenario = read(GOOD)
    [step] = scenario.steps
    assert (step.subject, step.verb, step.person, step.line) == ("Lin", "shows the code", True, 5)
    assert (step.after_ms, step.expect["within"]) == (2500, "50 ms")
    assert (scenario.board, scenario.name, scenario.needs()) == ("esp32-devkit", "story", [])


@pytest.mark.parametrize(
    ("before", "after", "place", "said"),
    [
        ("title: One step\n", "", "2:1", "'title' is missing"),
        ("title:", "titel:", "2:1", "did you mean title?"),
        ("Lin: shows the code", "Lin: shows teh code", "5:10", "did you mean shows the code?"),
        ("  - Lin: shows", "  - Lni: shows", "5:5", "did you mean Lin?"),
        ("verdict: granted", "verdict: grnted", "8:23", "did you mean granted?"),
        ("verdict: granted", "verdikt: granted", "8:14", "did you mean verdict?"),
        ("verdict: granted", "reason: repalyed", "8:22", "did you mean replayed?"),
        ("50 ms", "50", "8:40", "not of type 'string'"),
        ("50 ms", "fifty ms", "8:40", "write 300 ms"),
        ("2.5 seconds", "soon", "6:12", "write 300 ms"),
        ("    because", "    fire: breaks out\n    because", "5:5", "Lin and fire in one step"),
        ("Lin: shows the code\n    after", "after", "5:5", "nobody does anything"),
        ("expect: {", "at: lane 3\n    expect: {", "8:9", "'lane 3' is not possible here"),
        ("because:", "changes: {lane: {}}\n    because:", "7:14", "only an update"),
        ("{Lin: lin-all-green}", "{Lin: {forget: true}}", "3:16", "did you mean forged?"),
        ("story:", "needs: [a wheel]\nstory:", "4:9", "'a wheel' is not possible here"),
        ("story:", "site: {polizy: {}}\nstory:", "4:8", "did you mean policy?"),
    ],
)  # fmt: skip
def test_mistakes_have_their_place(before: str, after: str, place: str, said: str) -> None:
    assert before in GOOD
    message = mistakes(GOOD.replace(before, after, 1))
    assert f"story.yaml:{place}: " in message
    assert said in message


def test_all_mistakes_are_shown_at_once() -> None:
    message = mistakes(GOOD.replace("granted", "grnted").replace("title", "titel"))
    assert "did you mean granted?" in message
    assert "did you mean title?" in message


@pytest.mark.parametrize(
    ("step", "needs"),
    [
        ("Lin: walks through", ["a passage sensor"]),
        ("Lin: presses the exit button", ["an exit button"]),
        ("fire: breaks out", ["a fire contact"]),
        ("clock chip: is unplugged", ["a clock chip"]),
        ("wait: 1 second\n    at: lane 2", ["two lanes"]),
        ("wait: 1 second\n    at: inside", ["a reader inside"]),
        (
            "wait: 1 second\n    expect: {lamp: red, reader: ready}",
            ["lamp", "a reader that answers"],
        ),
    ],
)
def test_what_a_story_needs_is_told_by_its_words(step: str, needs: list[str]) -> None:
    text = f"title: T\npeople: {{Lin: lin-all-green}}\nstory:\n  - {step}\n"
    assert read(text).needs() == needs
    assert not features.missing(suite.board_of("turnstile"), ["a passage sensor", "a clock chip"])
    assert features.missing(suite.board_of("esp32-devkit"), ["lamp", "two lanes"]) == ["two lanes"]


@pytest.mark.parametrize(
    ("text", "ms"), [("50 ms", 50), ("2 seconds", 2000), ("1 minute", 60_000), ("1.5 hours", 5.4e6)]
)
def test_durations(text: str, ms: float) -> None:
    assert language.milliseconds(text) == ms


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["title", "story", "people", "site", "fire", "wait", "expect", "Lin"]),
        inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_whatever_stands_in_a_file_it_is_read_or_refused(document: object) -> None:
    import json

    try:
        scenario = read(json.dumps(document, ensure_ascii=False))
    except Failure as failure:
        assert "story.yaml" in str(failure)
    else:
        assert scenario.steps


def test_the_page_has_every_word() -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    assert reference.placed(page) == page, "python -m host_tools.simulator.scenarios.reference"


def test_the_pages_example_is_a_scenario_that_is_played() -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    told = read(example)
    played = language.load(suite.SCENARIOS / "follows-too-close.yaml")
    assert told.title == played.title
    assert [str(step) for step in told.steps] == [
        str(step) for step in played.steps if step.subject != "Erika"
    ]
