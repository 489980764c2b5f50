"""`gatectl sim queue`: how many people a minute get through one lane, by three ways of checking."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rich_click as click
from rich.console import Console

from bootstrap.places import ROOT, shown
from host_tools import files
from host_tools.boards import profiles
from host_tools.cli.common import Fallible, print_json
from host_tools.problems import Failure
from host_tools.queue import assumptions, plot, report, study
from host_tools.queue.terminal import CODES, Terminal

PAGE = ROOT / "docs" / "queue.md"
PICTURE = ROOT / "docs" / "queue.svg"
STORED = ROOT / "docs" / "queue.json"  # what page and picture are made from
BOARD = "esp32-devkit"
SEED = 1


@click.command("queue", cls=Fallible)
@click.option("--board", default=BOARD, show_default=True, help="Board or FILE.yaml.")
@click.option("--baud", type=click.IntRange(1200, 921600),
              help="Of the reader's line; default: the board's.")  # fmt: skip
@click.option("--code", type=click.Choice(list(CODES)), default="live", show_default=True,
              help="What people show: a printed code, or a phone's live one.")  # fmt: skip
@click.option("--assume", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A YAML file with what you assume instead.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE",
              help="Assume this figure instead; may be given several times.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True,
              help="The same seed, the same crowds.")  # fmt: skip
@click.option("--rates", default="2:30:2", show_default=True, metavar="FROM:TO:STEP",
              help="People who come, a minute.")  # fmt: skip
@click.option("--minutes", type=click.IntRange(1, 600), default=30, show_default=True,
              help="That people keep coming.")  # fmt: skip
@click.option("--people", type=click.IntRange(10, 100_000), default=study.Size().people,
              show_default=True, help="Who stand there when a limit is counted.")  # fmt: skip
@click.option("--assumptions", "only_assumptions", is_flag=True,
              help="Print what is assumed, and nothing else.")  # fmt: skip
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--update-docs", is_flag=True, help="Write docs/queue.json, .md and .svg anew.")
def command(
    board: str,
    baud: int | None,
    code: str,
    assume: Path | None,
    settings: tuple[str, ...],
    seed: int,
    rates: str,
    minutes: int,
    people: int,
    only_assumptions: bool,
    svg: Path | None,
    as_json: bool,
    update_docs: bool,
) -> None:
    """Simulate crowds at one lane: our one code, two codes one after the other, a guard who looks.

    Everything that is assumed can be changed; the report says what each assumption matters.
    """
    given = assumptions.changed(assumptions.read(), assume, settings)
    profile = profiles.load(board)
    terminal = Terminal(profile, baud or profile.readers[0].baud, CODES[code])
    size = study.Size(rates=_rates(rates), minutes=minutes, people=people)
    if update_docs:
        differs = given != assumptions.read() or (board, code, seed) != (BOARD, "live", SEED)
        if differs or baud is not None or size != study.Size():
            raise click.UsageError("--update-docs is for the project's own assumptions")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    if only_assumptions:
        entries = study.told(given)
        if as_json:
            print_json(entries)
        else:
            report.show_assumptions({"assumptions": entries}, console)
        return
    with Console(stderr=True).status("simulating crowds", spinner="dots"):
        document = study.study(given, terminal, seed, size)
    if svg is not None:
        files.write_text(svg, plot.svg(document))
    if as_json:
        print_json(document)
    else:
        report.show(document, console)
    if update_docs:
        _update(document)


def _rates(text: str) -> tuple[int, ...]:
    try:
        first, last, step = (int(part) for part in text.split(":"))
    except ValueError:
        raise click.UsageError(f"--rates: {text!r} is not FROM:TO:STEP, as 2:30:2") from None
    found = tuple(range(first, last + 1, step)) if step > 0 else ()
    if first < 1 or last > 200 or not 2 <= len(found) <= 100:
        raise click.UsageError(f"--rates: {text!r} is not 2 to 100 rates from 1 to 200")
    return found


def _update(document: dict[str, object]) -> None:
    try:
        page = report.placed(PAGE.read_text(encoding="utf-8"), document)
    except ValueError as error:
        raise Failure(f"{shown(PAGE)}: {error}") from None
    files.write_text(STORED, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    files.write_text(PAGE, page)
    files.write_text(PICTURE, plot.svg(document))
    click.echo(f"{shown(PAGE)} and {shown(PICTURE)} are up to date", err=True)
