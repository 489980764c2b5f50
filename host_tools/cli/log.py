"""`gatectl log`: a terminal's audit log - shown, exported, verified, summed up, searched."""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import files
from host_tools.audit import folder, keys, picture
from host_tools.audit.bodies import Record
from host_tools.audit.choosing import Choice
from host_tools.audit.layout import FIELDS
from host_tools.audit.summary import summarise
from host_tools.cli import json_lines, log_verify
from host_tools.cli.common import FallibleGroup, print_json, warn
from host_tools.cli.log_options import (
    FOLDER,
    choosing,
    chosen,
    json_option,
    key_option,
    keys_of,
)
from host_tools.cli.log_summary import print_summary
from host_tools.codes.reading import read_code
from host_tools.problems import Failure

_COLUMNS = ("terminal", "number", "event", "start", "time", "ms_since_start", *FIELDS)


@click.group(cls=FallibleGroup)
def command() -> None:
    """A terminal's audit log.

    FOLDER is a terminal's folder (of a simulated gate, say), its site folder, or the log folder
    copied from a board. Several folders are read one after the other.
    """


command.add_command(log_verify.verify)


@command.command()
@FOLDER
@choosing
@json_option("One JSON object a line.")
def show(folders: tuple[Path, ...], choice: Choice, as_json: bool) -> None:
    """Show records, oldest first."""
    for name, record in chosen(folders, choice):
        if as_json:
            json_lines.write({"terminal": name, **record.document()})
        else:
            click.echo(json_lines.visible(_line(record)))


@command.command()
@FOLDER
@choosing
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Into a file.")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
def export(folders: tuple[Path, ...], choice: Choice, out: Path | None, form: str) -> None:
    """Write records for other programs: JSON lines, or CSV with a column for each known field."""
    try:
        stream = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
    except OSError as error:
        raise Failure(f"{out}: cannot be written: {error.strerror}") from None
    count = 0
    with stream if out else contextlib.nullcontext():
        writer = _CSV(stream) if form == "csv" else _Lines(stream)
        for name, record in chosen(folders, choice):
            writer.write({"terminal": name, **record.document()})
            count += 1
    if out:
        click.echo(f"{out}: {count} records")


@command.command()
@FOLDER
@choosing
@json_option("The figures in JSON.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the passes an hour as a picture (FILE.svg).",
)
def summary(folders: tuple[Path, ...], choice: Choice, as_json: bool, plot: Path | None) -> None:
    """Sum up: passes an hour, reasons, latency percentiles, alarms, availability."""
    names: list[str] = []
    found = summarise(_noted(chosen(folders, choice), names))
    if plot is not None:
        files.write_text(plot, picture.svg(found, ", ".join(dict.fromkeys(names)) or "no records"))
    if as_json:
        print_json(found.document())
    else:
        print_summary(found)
    if plot is not None and not as_json:
        click.echo(f"{plot}: written")


@command.command()
@FOLDER
@choosing
@key_option
@click.option("--subject", help="Subject of an OC1 code, in hex.")
@click.option("--code", help="A code: its text, or a file with its text or picture.")
@json_option("One JSON object a line.")
def find(
    folders: tuple[Path, ...],
    choice: Choice,
    key_files: tuple[Path, ...],
    subject: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """Find the records of one person, with the terminal's key.

    The exit status is 1 when there are none.
    """
    from host_tools.audit import person  # it starts MicroPython

    if (subject is None) == (code is None):
        raise click.UsageError("say who: --subject, or --code")
    if code is not None:
        wanted = person.of_code(read_code(code))
    else:
        wanted = person.of_subject(_hex(subject or ""))
    found = 0
    for path in folders:
        log = folder.find(path)
        given = keys_of(log, key_files)
        if not given:
            raise Failure(f"{path}: the terminal's audit.key is not there; name it with --key")
        for name, record in chosen((path,), choice):
            called = record.fields.get("subject")
            if not isinstance(called, bytes):
                continue
            if any(key.subject(wanted, record.unix, record.start) == called for key in given):
                found += 1
                if as_json:
                    json_lines.write({"terminal": name, **record.document()})
                else:
                    click.echo(json_lines.visible(_line(record)))
    if not found:
        warn("no record of this person")
        sys.exit(1)


@command.command("key")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def key_(path: Path, out: Path) -> None:
    """Keep the key of the log in folder PATH: it checks seals from the segment in use on.

    Keep it apart from the terminal. Who has it can make records, and can find people in the log.
    """
    log = folder.find(path)
    if log.key is None:
        raise Failure(f"{path}: no audit.key is there; the terminal makes it at its first start")
    key = keys.read(log.key)
    files.write_new_private(out, log.key.read_bytes())
    click.echo(f"{out}: key {key.id.hex()}, for segment {key.number} and later ones")


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Failure(f"{text!r} is not in hex") from None


def _noted(records: Iterator[tuple[str, Record]], names: list[str]) -> Iterator[Record]:
    for name, record in records:
        if not names or names[-1] != name:
            names.append(name)
        yield record


def _line(record: Record) -> str:
    """A record as one line for people."""
    fields = [f"{name}={record.text(name)}" for name in record.fields if name != "verdict"]
    verdict = record.text("verdict")
    words = [
        record.when,
        f"#{record.number}",
        record.kind,
        *([verdict] if verdict else []),
        *fields,
    ]
    return "  ".join(words)


class _Lines:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, document: dict[str, Any]) -> None:
        self._stream.write(json_lines.visible(json.dumps(document, ensure_ascii=False)) + "\n")


class _CSV:
    """Fields that have no number of their own go into the last column, as JSON."""

    def __init__(self, stream: Any) -> None:
        self._writer = csv.DictWriter(stream, [*_COLUMNS, "others"])
        self._writer.writeheader()

    def write(self, document: dict[str, Any]) -> None:
        others = {name: value for name, value in document.items() if name not in _COLUMNS}
        row = {name: _cell(document.get(name)) for name in _COLUMNS}
        row["others"] = json.dumps(others) if others else ""
        self._writer.writerow(row)


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is not one."""
    if isinstance(value, str) and value[:1] in "=+-@\t\r" and value:
        return "'" + value
    return value
