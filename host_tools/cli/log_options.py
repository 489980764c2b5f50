"""Options that the commands of `gatectl log` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools.audit import folder, keys
from host_tools.audit.bodies import Record
from host_tools.audit.choosing import Choice
from host_tools.audit.folder import LogFolder
from host_tools.audit.keys import LogKey
from host_tools.audit.walking import Walk
from host_tools.cli.verify import FILE, Moment

FOLDER = click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="FOLDER...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
key_option = click.option(
    "--key",
    "key_files",
    multiple=True,
    type=FILE,
    help="A key kept with `gatectl log key`. Default: the terminal's own, beside the log.",
)


def json_option(text: str) -> Callable[[Any], Any]:
    return click.option("--json", "as_json", is_flag=True, help=text)


def choosing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options that choose records; the command is given a `choice`."""

    @click.option("--since", type=Moment(), help="Not before this time.")
    @click.option("--until", type=Moment(), help="Before this time.")
    @click.option("--gate", "gates", multiple=True, help="Of this gate.")
    @click.option("--verdict", type=click.Choice(["granted", "refused"]))
    @click.option("--reason", "reasons", multiple=True, help="Refused for this reason.")
    @click.option("--event", "kinds", multiple=True, help="decision, passage, alarm, start ...")
    @click.option("--alarm", "alarms", multiple=True, help="Alarms of this kind.")
    @wraps(function)
    def with_choice(
        *args: Any,
        since: int | None,
        until: int | None,
        gates: tuple[str, ...],
        verdict: str | None,
        reasons: tuple[str, ...],
        kinds: tuple[str, ...],
        alarms: tuple[str, ...],
        **options: Any,
    ) -> Any:
        choice = Choice(since, until, gates, verdict, reasons, kinds, alarms)
        return function(*args, choice=choice, **options)

    return with_choice


def chosen(folders: Sequence[Path], choice: Choice) -> Iterator[tuple[str, Record]]:
    """(terminal, record) of the records that are wanted."""
    for path in folders:
        walk = Walk(folder.find(path))
        for record in walk.records():
            if choice.takes(record):
                yield walk.device or path.name, record


def keys_of(log: LogFolder, given: Sequence[Path]) -> list[LogKey]:
    """The keys that were named, or else the one that lies beside the log."""
    paths = list(given) or ([log.key] if log.key else [])
    return [keys.read(path) for path in paths]
