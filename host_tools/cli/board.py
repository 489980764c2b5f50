"""`gatectl board`: profiles of boards, and what is known against them."""

from __future__ import annotations

import rich_click as click
from rich.console import Console
from rich.table import Table

from host_tools.boards import generate, hazards, profiles
from host_tools.cli.common import FallibleGroup, print_json
from host_tools.problems import Failure


@click.group("board", cls=FallibleGroup)
def command() -> None:
    """Board profiles: which pin does what, and what can go wrong with it."""


@command.command("list")
def list_boards() -> None:
    """Name the boards that come with the project."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("board", "what it is", "chip", "relays", "reader"):
        table.add_column(column)
    for name in profiles.names():
        board = profiles.load(name)
        relays = ", ".join(str(relay.pin) for relay in board.relays)
        reader = f"UART {board.reader.uart}, rx {board.reader.rx}, {board.reader.baud} baud"
        table.add_row(board.name, board.title, board.chip, relays, reader)
    Console(highlight=False).print(table)


@command.command()
@click.argument("board", metavar="BOARD|FILE.yaml")
@click.option("--python", is_flag=True, help="Print board.py as the firmware gets it.")
def show(board: str, python: bool) -> None:
    """Show the pins of a board."""
    profile = profiles.load(board)
    if python:
        click.echo(generate.board_module(profile), nl=False)
        return
    table = Table(title=profile.title, title_justify="left", box=None, header_style="bold")
    for column in ("pin", "use", "direction", "known about it"):
        table.add_column(column)
    known = hazards.check(profile)
    for use, pin, driven in profile.pins():
        remarks = "; ".join(h.reason for h in known if (h.pin, h.use) == (pin, use))
        table.add_row(str(pin), use, "out" if driven else "in", remarks)
    Console(highlight=False).print(table)


@command.command()
@click.argument("boards", metavar="[BOARD|FILE.yaml]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def check(boards: tuple[str, ...], as_json: bool) -> None:
    """Judge the pins of boards (of all, if none is named). Exit status 1 if there are errors."""
    found = []
    for name in boards or profiles.names():
        profile = profiles.load(name)
        found += [(profile.name, hazard) for hazard in hazards.check(profile)]
    if as_json:
        print_json([{"board": name, **vars(hazard)} for name, hazard in found])
    for name, hazard in [] if as_json else found:
        click.echo(f"{name}: {hazard.severity}: pin {hazard.pin} ({hazard.use}) {hazard.reason}")
    errors = sum(hazard.severity == hazards.ERROR for _, hazard in found)
    if errors:
        raise Failure(f"{errors} error{'s' if errors > 1 else ''}; choose other pins")
    if not as_json:
        click.echo(f"{len(boards) or len(profiles.names())} checked, no errors")
