"""`gatectl sim run`: plays scenarios, and says what was not as they expect."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import rich_click as click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from host_tools.cli.common import Fallible, print_json
from host_tools.simulator.clock import RealClock
from host_tools.simulator.scenarios import suite
from host_tools.simulator.scenarios.expecting import Problem
from host_tools.simulator.scenarios.language import Step
from host_tools.simulator.scenarios.suite import Result
from host_tools.simulator.scenarios.timeline import Entry

_WIDTH = 110  # where there is no terminal
_STYLES = {"passed": "green", "failed": "bold red", "broken": "bold red", "skipped": "yellow"}


@click.command(cls=Fallible)
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER|NAME]...")
@click.option(
    "--board", help="Play on this board; those that it has not the parts for are skipped."
)
@click.option("--real-time", is_flag=True, help="Watch: time runs as the computer's, one by one.")
@click.option("-v", "--verbose", is_flag=True, help="Tell each step, and what the hardware saw.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many at a time.")
def command(
    files: tuple[str, ...],
    board: str | None,
    real_time: bool,
    verbose: bool,
    as_json: bool,
    processes: int | None,
) -> None:
    """Play scenarios on simulated hardware; without a name, all of the project's.

    docs/scenarios.md describes the files. Exit status: 0 when every scenario that was played went
    as it expects, 1 when one did not or none could be played.
    """
    paths = suite.find(files)
    if board is not None:
        suite.board_of(board)  # a mistyped one is told once
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    began = time.monotonic()
    results = []
    if real_time or (verbose and not as_json):
        for path in paths:
            teller = _Teller(console, path.stem)
            clock = RealClock() if real_time else None
            results.append(suite.run(path, board, clock, None if as_json else teller))
    else:
        results = list(suite.run_all(paths, board, processes or 0))
    wall_s = time.monotonic() - began
    if as_json:
        print_json([result.document() for result in results])
    else:
        _report(console, results, wall_s, real_time)
    played = [result for result in results if result.outcome != suite.SKIPPED]
    wrong = any(result.outcome != suite.PASSED for result in played)
    sys.exit(1 if wrong or not played else 0)


class _Teller:
    """Each step as it begins, where somebody watches, and what it brought."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        console.print(f"\n[bold]{name}[/]")

    def begins(self, step: Step) -> None:
        if self._console.is_terminal:
            because = f"  ({step.because})" if step.because else ""
            self._console.print(Text.assemble("… ", str(step), (because, "dim")), end="\r")

    def ends(self, step: Step, seen: Sequence[Entry], problems: Sequence[Problem]) -> None:
        mark = Text("✗ " if problems else "✓ ", "bold red" if problems else "green")
        because = f"  ({step.because})" if step.because else ""
        self._console.print(Text.assemble(mark, str(step), (because, "dim")))
        _timeline(self._console, seen)


def _report(console: Console, results: Sequence[Result], wall_s: float, real_time: bool) -> None:
    for result in results:
        if result.outcome in (suite.FAILED, suite.BROKEN):
            _failure(console, result)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("scenario", "board", "steps", "simulated", "CPU", "factor", "outcome"):
        right = column in ("steps", "simulated", "CPU", "factor")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for result in results:
        outcome = Text(result.outcome, _STYLES[result.outcome])
        if result.outcome == suite.SKIPPED:
            outcome.append(f": {result.why}", "dim")
        table.add_row(
            result.name, result.board, str(result.steps), f"{result.simulated_s:.1f} s",
            f"{result.cpu_s:.2f} s", _factor(result.simulated_s, result.cpu_s), outcome,
        )  # fmt: skip
    console.print(table)
    counts = ", ".join(
        f"{count} {outcome}"
        for outcome in _STYLES
        if (count := sum(result.outcome == outcome for result in results))
    )
    simulated = sum(result.simulated_s for result in results)
    cpu = sum(result.cpu_s for result in results)
    how = "in real time" if real_time else f"{_factor(simulated, cpu)} as fast as real time by CPU"
    console.print(
        f"[bold]{counts}[/]; {simulated:.1f} s simulated with {cpu:.1f} s of CPU "
        f"in {wall_s:.1f} s, {how}"
    )


def _failure(console: Console, result: Result) -> None:
    console.print(
        f"\n[bold red]{result.outcome}[/] [bold]{escape(result.name)}[/] {escape(result.title)}"
    )
    if result.outcome == suite.BROKEN:
        console.print(f"  {result.why}", markup=False, soft_wrap=True)
        return
    console.print(f"  {result.path}:{result.line}: {result.step}", markup=False, soft_wrap=True)
    for problem in result.problems:
        console.print(
            Text.assemble(
                f"    {problem.what}: expected ", (problem.expected, "green"), ", saw ",
                (problem.seen, "red"),
            )
        )  # fmt: skip
    console.print("  what the hardware saw in this step:")
    _timeline(console, result.seen)


def _timeline(console: Console, seen: Sequence[Entry]) -> None:
    for entry in seen:
        line = Text.assemble((f"{entry.at_us / 1e6:12.3f} s  ", "dim"), f"{entry.who:<12} ")
        console.print(line.append(entry.what, "dim"), soft_wrap=True)


def _factor(simulated_s: float, cpu_s: float) -> str:
    return f"{simulated_s / cpu_s:.0f} x" if cpu_s else "-"
