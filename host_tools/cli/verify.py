"""`gatectl verify`: what the firmware says of a code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from host_tools import firmware, interpreter, times
from host_tools.bundles import trust_list
from host_tools.bundles.build import read_root
from host_tools.cli import json_lines
from host_tools.cli.common import Fallible
from host_tools.cli.json_lines import visible
from host_tools.problems import Failure
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets
from host_tools.verifying.lines import codes
from host_tools.verifying.service import Answer, Service

_FIRST = ("jurisdiction", "issuer")
_DAYS = ("day", "first", "from", "until")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Moment(click.ParamType[int]):
    """A time: RFC 3339, or any form that gatectl takes."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        try:
            return times.instant(value, times.now())
        except (times.TimeFormError, ValueError, OverflowError) as error:
            self.fail(str(error), param, ctx)


@click.command(cls=Fallible)
@click.option("--bundle", type=FILE, help="Signed bundle: its keys verify, its policy decides.")
@click.option(
    "--root", type=FILE, help="Who must have signed the bundle. Default: .root.cbor beside it."
)
@click.option("--trust", type=FILE, help="Trust file of gatectl trust import: no policy is asked.")
@click.option("--at", type=Moment(), help="Judge as at this time (RFC 3339). Default: now.")
@click.option("--gate", metavar="ID", help="Decide as at this gate, for codes made for one.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.argument("code", default="-")
@click.pass_context
def command(
    ctx: click.Context,
    bundle: Path | None,
    root: Path | None,
    trust: Path | None,
    at: int | None,
    gate: str | None,
    as_json: bool,
    code: str,
) -> None:
    """Verify CODE with the firmware's own verifier, run on MicroPython.

    With - (or no CODE) it reads one code a line and answers one JSON object a line, in order.
    The exit status is 0 whenever there was an answer, also a refusal; 2 says that the command was
    called wrongly.
    """
    if bundle is None and trust is None:
        raise click.UsageError("say whom to trust: --bundle, --trust, or both", ctx)
    if gate is not None and bundle is None:
        raise click.UsageError("--gate is for a bundle's policy; name one with --bundle", ctx)
    try:
        service = _service(bundle, root, trust, gate or "")
        with service:
            if code == "-":
                for scanned in codes(sys.stdin.buffer):
                    json_lines.write(service.verify(scanned, times.now() if at is None else at))
                return
            scanned = code.encode("utf-8", "surrogateescape")
            answer = service.verify(scanned, times.now() if at is None else at)
    except (Failure, interpreter.InterpreterError) as error:
        raise click.UsageError(str(error), ctx) from None
    if as_json:
        json_lines.write(answer)
    else:
        _show(answer)


def _service(bundle: Path | None, root: Path | None, trust: Path | None, gate: str) -> Service:
    part = b"" if trust is None else trust_list.compile_trust(trust_list.load(trust))
    if bundle is None:
        return Service(trust=part, values=compile_values(read_sets()))
    sealed = bundle.read_bytes()
    return Service(trust=part, bundle=sealed, root=read_root(bundle, root), gate=gate)


def _show(answer: Answer) -> None:
    """The answer for people: verdict, reason in Chinese and English, claims."""
    console = Console(highlight=False)
    if answer["ok"]:
        console.print("[bold green]valid[/]")
    else:
        console.print(f"[bold red]refused[/] at stage {answer['stage']}: {answer['reason']}")
        for line in reason_texts(answer["reason"]):
            console.print(f"  {line}", markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name in ("format", "issuer", "kid", "rule"):
        if answer.get(name) is not None:
            table.add_row(name, Text(visible(str(answer[name]))))
    for kind, claims in (answer["claims"] or {}).items():
        if kind != "hcert":
            for claim in claims:
                table.add_row(kind, Text(visible(_in_words(claim))))
    console.print(table)


def _in_words(claim: Mapping[str, object]) -> str:
    """A claim on one line, its times and days readable."""
    parts = []
    for name in sorted(claim, key=lambda name: (name not in _FIRST, name)):
        value = claim[name]
        if name == "at" and isinstance(value, int):
            value = _moment(value)
        elif name in _DAYS and isinstance(value, int):
            value = times.day_text(value)
        elif name == "regions" and isinstance(value, dict):
            value = " ".join(f"{place} ({times.day_text(day)})" for place, day in value.items())
        elif isinstance(value, list):
            value = " ".join(map(str, value)) or "none"
        parts.append(f"{name} {value}")
    return ", ".join(parts)


def _moment(seconds: int) -> str:
    try:
        return times.rfc3339(seconds)
    except (ValueError, OverflowError):  # a day before the year 1, or after 9999
        return f"{seconds} s after 1970"


def reason_texts(reason: str) -> list[str]:
    """What a person is told of a reason, in Chinese and in English."""
    assert firmware.FIRMWARE.is_dir()
    from gate import ui

    return [" · ".join(filter(None, ui.show(language, reason))) for language in ui.LANGUAGES]
