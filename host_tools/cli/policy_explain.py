"""`gatectl policy explain`: why a code passes or fails, told by the firmware."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click

from host_tools import interpreter, times
from host_tools.bundles.build import read_root
from host_tools.cli import json_lines
from host_tools.cli.common import Fallible
from host_tools.cli.json_lines import visible
from host_tools.cli.verify import FILE, Moment
from host_tools.codes.reading import read_code, without_line_end
from host_tools.policies.explaining import Explainer, lines
from host_tools.problems import Failure

_COLOURS = {"+": "green", "-": "red"}


@click.command(cls=Fallible)
@click.option("--bundle", type=FILE, required=True, help="Signed bundle: its policy decides.")
@click.option(
    "--root", type=FILE, help="Who must have signed the bundle. Default: .root.cbor beside it."
)
@click.option("--at", type=Moment(), help="Decide as at this time (RFC 3339). Default: now.")
@click.option("--gate", metavar="ID", help="Decide as at this gate. Default: the usual lane.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("code")
def command(
    bundle: Path, root: Path | None, at: int | None, gate: str | None, as_json: bool, code: str
) -> None:
    """Print the path of the decision on CODE: each stage, each veto, each way in and its needs.

    CODE is a text, a picture of a code, a text file, or - for stdin. The firmware itself decides,
    on MicroPython. What the gate remembers of earlier passages is not asked. The exit status is 0
    for a refusal too.
    """
    given = sys.stdin.buffer.read(20_000) if code == "-" else read_code(code)
    with Explainer(bundle.read_bytes(), read_root(bundle, root)) as explainer:
        try:
            told = explainer.explain(
                without_line_end(given), times.now() if at is None else at, gate
            )
        except interpreter.InterpreterError as error:
            raise Failure(str(error)) from None
    if as_json:
        json_lines.write(told)
        return
    for line in lines(told):
        click.secho(visible(line), fg=_COLOURS.get(line.lstrip()[:1]))
