"""What command modules share: failures as messages, JSON, choices, parameter types."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import rich_click as click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from host_tools.names import is_jurisdiction, suggest
from host_tools.problems import Failure


class Fallible(click.RichCommand):
    """A command whose Failure becomes a message on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Failure as failure:
            fail(str(failure))


class FallibleGroup(click.RichGroup):
    """A group whose commands are Fallible, and which suggests names for mistyped ones."""

    command_class = Fallible

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = suggest(args[0], self.list_commands(ctx))
            raise click.UsageError(f"No such command {args[0]!r}{near}", ctx)
        return super().resolve_command(ctx, args)


class Words(click.ParamType[tuple[str, ...]]):
    """One or more words of a table, separated by commas."""

    name = "words"

    def __init__(self, table: Mapping[str, int]) -> None:
        self.table = table

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        words = tuple(part.strip() for part in str(value).split(",") if part.strip())
        for given in words:
            if given not in self.table:
                allowed = ", ".join(self.table)
                near = suggest(given, self.table)
                self.fail(f"{given!r} is not one of {allowed}{near}", param, ctx)
        if not words:
            self.fail(f"name at least one of {', '.join(self.table)}", param, ctx)
        return words


class Jurisdictions(click.ParamType[tuple[str, ...]]):
    """Countries or regions, separated by commas; an empty text is everyone."""

    name = "places"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        places = tuple(part.strip() for part in str(value).split(",") if part.strip())
        for place in places:
            if not is_jurisdiction(place):
                self.fail(f"{place!r} is not a place such as CN, CN-31 or US-NY", param, ctx)
        return places


def fail(message: str) -> NoReturn:
    """Say what went wrong and end with status 1."""
    click.echo(f"gatectl: {message}", err=True)
    sys.exit(1)


def warn(message: str) -> None:
    click.echo(f"warning: {message}", err=True)


def print_json(document: object) -> None:
    click.echo(json.dumps(document, indent=1, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A plain table; wide ones are not cut when the output is no terminal."""
    console = Console(width=None if sys.stdout.isatty() else 1000, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as it is: names may hold what rich takes for markup
    console.print(table)
