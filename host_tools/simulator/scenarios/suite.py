"""Runs scenarios, one or many at a time in processes of their own, and says how each went."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from host_tools.boards import profiles
from host_tools.boards.profile import Profile
from host_tools.firmware import ROOT
from host_tools.problems import Failure
from host_tools.simulator.clock import Clock
from host_tools.simulator.gate import GateError
from host_tools.simulator.scenarios import audit, features, language, timeline
from host_tools.simulator.scenarios.expecting import Problem, Watch
from host_tools.simulator.scenarios.language import Scenario, Step
from host_tools.simulator.scenarios.stage import Stage
from host_tools.simulator.scenarios.timeline import Entry

SCENARIOS = ROOT / "scenarios"
BOARDS = SCENARIOS / "boards"  # rigs that stories need and nobody sells
PASSED, FAILED, BROKEN, SKIPPED = "passed", "failed", "broken", "skipped"


class Narrator(Protocol):
    """Told of each step as it begins, and when it has settled."""

    def begins(self, step: Step) -> None: ...
    def ends(self, step: Step, seen: Sequence[Entry], problems: Sequence[Problem]) -> None: ...


@dataclass
class Result:
    """outcome: passed; failed: not as expected; broken: it cannot be played; skipped: the board has
    not what it needs. Times in seconds: simulated_s while the terminal had power, cpu_s of all
    processes that took part."""

    name: str
    path: str
    title: str = ""
    board: str = ""
    outcome: str = PASSED
    why: str = ""
    steps: int = 0
    simulated_s: float = 0.0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    step: str = ""  # the one that failed, and its line
    line: int = 0
    problems: list[Problem] = field(default_factory=list)
    seen: list[Entry] = field(default_factory=list)  # in that step

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def find(names: Sequence[str]) -> list[Path]:
    """Files and folders as a person names them; without any, all that the project has."""
    found: list[Path] = []
    for name in names or [str(SCENARIOS)]:
        path = Path(name)
        if not path.exists() and (SCENARIOS / f"{name}.yaml").is_file():
            path = SCENARIOS / f"{name}.yaml"
        if path.is_dir():
            inside = sorted(path.glob("*.yaml"))
            if not inside:
                raise Failure(f"{path}: there is no scenario in it (*.yaml)")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Failure(f"{name}: no such scenario, file or folder")
    return list(dict.fromkeys(found))


def board_of(name: str) -> Profile:
    """A board of the project, a rig of the scenarios, or a file."""
    rig = BOARDS / f"{name}.yaml"
    return profiles.load(str(rig) if rig.is_file() else name)


def run(
    path: Path,
    board: str | None = None,
    clock: Clock | None = None,
    narrator: Narrator | None = None,
    **gate: Any,
) -> Result:
    """Play one file; whatever goes wrong is in the result. gate: options of SimulatedGate."""
    result = Result(name=path.stem, path=str(path))
    cpu, wall = _cpu(), time.monotonic()
    try:
        scenario = language.load(path)
        profile = board_of(board or scenario.board)
        result.title, result.board = scenario.title, profile.name
        lacking = features.missing(profile, scenario.needs())
        if lacking:
            result.outcome = SKIPPED
            result.why = f"{profile.name} has not: {', '.join(lacking)}"
        else:
            _play(scenario, profile, clock, narrator, result, gate)
    except (Failure, GateError) as error:
        result.outcome, result.why = BROKEN, str(error)
    result.cpu_s, result.wall_s = _cpu() - cpu, time.monotonic() - wall
    return result


def run_all(paths: Sequence[Path], board: str | None, processes: int = 0) -> Iterator[Result]:
    """Play many, in processes, in the order of their names as they end."""
    with ProcessPoolExecutor(processes or os.cpu_count() or 1) as pool:
        yield from pool.map(run, paths, [board] * len(paths))


def _play(
    scenario: Scenario,
    profile: Profile,
    clock: Clock | None,
    narrator: Narrator | None,
    result: Result,
    gate: dict[str, Any],
) -> None:
    with Stage(scenario, profile, clock, **gate) as stage:
        try:
            for step in scenario.steps:
                if narrator:
                    narrator.begins(step)
                stage.turnstile.wait_ms(step.after_ms)
                watch = Watch(stage, step)
                problems = _attempt(stage, watch, step)
                result.steps += 1
                seen = timeline.since(watch.record, profile, watch.place)
                if narrator:
                    narrator.ends(step, seen, problems)
                if problems:
                    _fail(result, step, problems, seen)
                    return
            found = audit.findings(stage)
            if found:
                wrong = [Problem("the audit log", "whole, and of this terminal", found[0])]
                _fail(result, scenario.steps[-1], wrong, [])
        finally:
            result.simulated_s = (stage.now_us - stage.turnstile.gate.dark_us) / 1e6


def _attempt(stage: Stage, watch: Watch, step: Step) -> list[Problem]:
    try:
        return watch.problems(stage.act(step))
    except GateError as error:
        return [Problem("the terminal", "at work", str(error))]


def _fail(result: Result, step: Step, problems: Sequence[Problem], seen: Sequence[Entry]) -> None:
    result.outcome = FAILED
    result.step, result.line = f"step {step.number}: {step}", step.line
    result.problems, result.seen = list(problems), list(seen)
    result.why = "; ".join(f"{p.what}: expected {p.expected}, saw {p.seen}" for p in problems)


def _cpu() -> float:
    """Seconds of this process and of its children that have ended."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
