"""Playing scenarios: what fails a story, and how that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from host_tools.simulator.scenarios import suite
from host_tools.simulator.scenarios.suite import Result
from tests.unit.gatectl import gatectl_here

PEOPLE = "people: {Lin: lin-all-green, Wang: wang-risk-region}\n"
LANE = "site: {lane: {passage: 5 seconds}}\n"


def play(
    folder: Path, interpreter: Interpreter, story: str, board: str = "turnstile", head: str = LANE
) -> Result:
    path = folder / "story.yaml"
    path.write_text(f"title: T\nboard: {board}\n{head}{PEOPLE}story:\n{story}")
    return suite.run(path, interpreter=interpreter)


def test_every_expectation_can_fail(tmp_path: Path, micropython: Interpreter) -> None:
    wrong = {
        "verdict": "refused", "reason": "replayed", "rule": "vaccinated", "relay": "stays shut",
        "opened for": "5 seconds", "within": "0 ms", "lane": "alarm", "alarm": "forced",
        "passage": "annulled", "lamp": "red", "buzzer": "alarm", "display": "Goodbye",
        "says": "fire_on", "says nothing of": "decision", "audit": "alarm", "reset": "watchdog",
        "reader": "silent", "clock": "untrusted", "version": 7, "fault": "lamp",
    }  # fmt: skip
    result = play(
        tmp_path, micropython, f"  - Lin: shows the code\n    expect: {json.dumps(wrong)}\n"
    )
    assert result.outcome == suite.FAILED
    told = {problem.what: (problem.expected, problem.seen) for problem in result.problems}
    # the relay opens within no time at all, since computing takes none
    assert set(told) == wrong.keys() - {"within"}
    assert told["relay"] == ("stays shut", "opens")
    assert told["opened for"] == ("5 seconds", "still open")
    assert told["lamp"] == ("red", "green")
    assert told["reader"] == ("silent", "ready")
    assert (result.line, result.step) == (6, "step 1: Lin shows the code")
    assert any(entry.who == "relay" and entry.what == "open" for entry in result.seen)


@pytest.mark.parametrize(
    ("story", "what"),
    [
        ("  - Lin: shows the code\n", "relay 1"),
        ("  - Lin: presses the exit button\n", "relay 1"),
        ("  - Lin: shows the code\n    expect: {relay: opens, within: 0 ms}\n"
         "  - Wang: shows the code\n    expect: {relay: opens}\n", "relay"),
    ],
)  # fmt: skip
def test_a_gate_that_opens_untold_fails_the_story(
    tmp_path: Path, micropython: Interpreter, story: str, what: str
) -> None:
    result = play(tmp_path, micropython, story)
    assert result.outcome == suite.FAILED
    assert what in [problem.what for problem in result.problems]


def test_a_fault_that_nobody_told_of_fails_the_story(
    tmp_path: Path, micropython: Interpreter
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "main.py").write_text(
        "import gate.runtime.judge as judge\n"
        "def broken(*rest):\n    raise RuntimeError('injected')\n"
        "judge.authenticate = broken\nfrom gate.runtime.app import start\nstart()\n"
    )
    path = tmp_path / "story.yaml"
    for expect, outcome in (("", suite.FAILED), (", fault: verify", suite.PASSED)):
        path.write_text(
            f"title: T\n{PEOPLE}story:\n  - Lin: shows the code\n"
            f"    expect: {{reason: internal_error{expect}}}\n"
        )
        result = suite.run(path, first=[broken], interpreter=micropython)
        assert result.outcome == outcome, result.why


def test_the_audit_log_must_be_whole_in_the_end(
    tmp_path: Path, micropython: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from host_tools.simulator.scenarios import audit

    seen = []

    def altered(stage: object) -> list[str]:
        seen.append(real(stage))  # type: ignore[arg-type]
        return ["record 1 was altered"]

    real = audit.findings
    monkeypatch.setattr(audit, "findings", altered)
    result = play(tmp_path, micropython, "  - wait: 1 second\n")
    assert seen == [[]]
    assert (result.outcome, result.problems[0].seen) == (suite.FAILED, "record 1 was altered")


def test_a_board_without_the_parts_skips_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    result = suite.run(suite.SCENARIOS / "door.yaml", "esp32-devkit")
    assert result.outcome == suite.SKIPPED
    assert "a reader inside" in result.why
    with pytest.raises(Failure, match="did you mean"):
        suite.board_of("turnstyle-esp32-devkit")


def test_gatectl_sim_run(tmp_path: Path) -> None:
    good = suite.SCENARIOS / "one-person.yaml"
    (tmp_path / "bad.yaml").write_text(
        f"title: Bad\n{PEOPLE}story:\n  - Wang: shows the code\n    expect: {{verdict: granted}}\n"
    )
    (tmp_path / "broken.yaml").write_text("title: Broken\nstory: [{wait: a while}]\n")
    done = gatectl_here("sim", "run", good, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    done = gatectl_here("sim", "run", good, tmp_path, "--processes", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 passed, 1 failed, 1 broken" in done.stdout
    assert "bad.yaml:4: step 1: Wang shows the code" in done.stdout
    assert "verdict: expected granted, saw refused" in done.stdout
    assert "decision: verdict=refused, reason=travel_risk" in done.stdout, "the timeline"
    assert "broken.yaml:2:16: 'a while' is no duration" in done.stdout
    done = gatectl_here("sim", "run", "door", "--board", "esp32-devkit", "--json", cwd=tmp_path)
    assert done.returncode == 1, "nothing was played"
    [result] = json.loads(done.stdout)
    assert (result["outcome"], result["board"]) == ("skipped", "esp32-devkit")
    assert gatectl_here("sim", "run", "nobody", cwd=tmp_path).returncode == 1


def test_gatectl_sim_run_tells_each_step(tmp_path: Path) -> None:
    done = gatectl_here("sim", "run", "any-board", "-v", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for line in ("✓ Lin shows the code", "relay        open", "chip         starts again"):
        assert line in done.stdout or line == "chip         starts again"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("{Lin: lin-all-gren}", "did you mean lin-all-green?"),
        ("{Lin: {forged: true}}", "what Lin shows is one of"),
        ("{Lin: {is: lin-all-green, shows: x}}", "what Lin shows is one of"),
        ("{Lin: {shows the code of: Wu}, Wu: {shows the code of: Lin}}", "nobody in this story"),
        ("{Lin: {shows the code of: Wu}}", "nobody in this story"),
        ("{Lin: {says: {colour: green}}}", "'colour' is not known here"),
    ],
)
def test_people_who_have_nothing_to_show(tmp_path: Path, people: str, said: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(f"title: T\npeople: {people}\nstory: [{{Lin: shows the code}}]\n")
    result = suite.run(path)
    assert result.outcome == suite.BROKEN
    assert "story.yaml:2:" in result.why
    assert said in result.why
