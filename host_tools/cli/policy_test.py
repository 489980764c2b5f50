"""`gatectl policy test`: an operator's own table of cases, decided by the firmware."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click

from host_tools import interpreter, times, yaml_file
from host_tools.cli.common import Fallible, print_json, print_table
from host_tools.cli.verify import FILE
from host_tools.policies.cases import Outcome, read_cases
from host_tools.problems import Failure


@click.command(cls=Fallible)
@click.option("--site", type=FILE, help="Try the rules of this site's file instead.")
@click.option("--bundle", type=FILE, help="Try the rules of this bundle instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("cases", type=FILE)
def command(site: Path | None, bundle: Path | None, as_json: bool, cases: Path) -> None:
    """Try every case of CASES, a YAML file (see examples/cases), and show what differs.

    The exit status is 0 when all cases come out as expected, 1 when one does not.
    """
    if site is not None and bundle is not None:
        raise click.UsageError("say either --site or --bundle")
    table = read_cases(yaml_file.load(cases), times.now(), site, bundle)
    try:
        outcomes = list(table.run())
    except interpreter.InterpreterError as error:
        raise Failure(str(error)) from None
    if as_json:
        print_json([_document(outcome) for outcome in outcomes])
    else:
        _show(outcomes)
    sys.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


def _show(outcomes: list[Outcome]) -> None:
    print_table(
        ("", "case", "at", "gate", "expected", "got"),
        [
            (
                "ok" if outcome.passed else "DIFFERS",
                outcome.case.name,
                times.rfc3339(outcome.case.at),
                outcome.case.gate or "",
                outcome.case.expected.words(),
                outcome.words(),
            )
            for outcome in outcomes
        ],
    )
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        click.echo(f"\n{outcome.case.where}: {outcome.case.name}")
        for difference in outcome.differences:
            click.secho(f"  {difference}", fg="red")
    click.echo(f"\n{len(outcomes) - len(failed)} as expected, {len(failed)} not")


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.case.name,
        "at": times.rfc3339(outcome.case.at),
        "gate": outcome.case.gate,
        "passed": outcome.passed,
        "differences": list(outcome.differences),
        "told": outcome.told,
    }
