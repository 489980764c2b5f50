"""`gatectl bench`: the measured table."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console

from bootstrap.places import ROOT, shown
from host_tools import files
from host_tools.bench import cases, measure, port, report, revocation
from host_tools.cli.common import Fallible
from host_tools.interpreter import InterpreterError
from host_tools.problems import Failure

OUT = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
STORED = ROOT / "docs" / "performance.json"  # what the page's figures are from


@click.command("bench", cls=Fallible)
@click.option("--only", metavar="TEXT", default="", help="Only work whose name has this in it.")
@click.option("--update-docs", is_flag=True, help="Put the counts into docs/performance.md.")
@click.option("--port", "serial", metavar="PORT", help="Measure on the board at this port instead.")
def command(only: str, update_docs: bool, serial: str | None) -> None:
    """Count instructions of every algorithm and kernel, heap, sizes and times.

    Prints one table and writes build/bench.json. Takes a few minutes.
    """
    wanted = [case for case in cases.everything() if only.lower() in case.name.lower()]
    listed = only.lower() in revocation.NAME
    if not wanted and (serial is not None or not listed):
        raise Failure(f"no work has {only!r} in its name")
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    if serial is not None:
        port.measure(serial, wanted, console)
        return
    if update_docs and only:
        raise click.UsageError("--update-docs needs all of the work: leave out --only")
    began = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - began:5.1f} s] {text}", err=True)

    try:
        with tempfile.TemporaryDirectory() as folder:
            result = measure.measure(Path(folder), wanted, say) if wanted else None
            asked = revocation.MANY if update_docs else revocation.ASKED
            looked_up = revocation.measure(Path(folder), say, asked) if listed else []
    except InterpreterError as error:
        raise Failure(str(error)) from None
    document: dict[str, Any] = {}
    if result is not None:
        document = result.document()
    OUT.parent.mkdir(exist_ok=True)
    whole = {**document, "revocation": revocation.document(looked_up)}
    files.write_text(OUT, json.dumps(whole, indent=1) + "\n")  # before anything that may break
    if result is not None:
        report.show(result, console)
    if looked_up:
        revocation.show(looked_up, console)
    click.echo(f"written to {shown(OUT)}")
    if update_docs:
        for row in document["rows"]:
            row["speedup"] = None  # what repeats, and nothing else
        files.write_text(STORED, json.dumps(document, indent=1) + "\n")
        report.update(PAGE, measure.Result.read(document))
        revocation.update(looked_up)
        click.echo(f"{shown(PAGE)} has these counts now")
