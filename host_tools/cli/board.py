"""`gatectl board`: profiles of boards, and what is known against them."""

from __future__ import annotations

from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.table import Table

from host_tools.boards import build as building
from host_tools.boards import generate, hazards, profiles
from host_tools.cli.common import FallibleGroup, print_json, print_table
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
        readers = ", ".join(f"{reader.kind} on UART {reader.uart}" for reader in board.readers)
        table.add_row(board.name, board.title, board.silicon.title, relays, readers)
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
    for use in profile.uses():
        remarks = "; ".join(h.reason for h in known if (h.pin, h.use) == (use.pin, str(use)))
        table.add_row(str(use.pin), str(use), "out" if use.driven else "in", remarks)
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


@command.command()
@click.option("--arch", required=True, type=click.Choice(list(building.ARCHITECTURES)))
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A new folder, an empty one, or an earlier build, which is replaced.",
)
def build(arch: str, out: Path) -> None:
    """Compile the firmware for an architecture: a tree to copy to the board's file system.

    xtensawin is for ESP32, S2 and S3, rv32imc for C3 and C6. x86 and x64 are for this computer's
    MicroPython; bytecode is for any, which then compiles the modules with machine code itself.
    """
    files = building.build(arch, out)
    native = [file for file in files if file.native]
    if native:
        rows = [(f.path.removesuffix(".mpy"), str(f.size), str(f.native)) for f in native]
        print_table(("module with machine code", "flash", "executable RAM"), rows)
    used, fallback = building.executable(files, building.routines(arch))
    click.echo(f"flash: {sum(file.size for file in files)} bytes in {len(files)} files, in {out}")
    if arch in building.KERNELS:
        limit = f"at most {building.CRYPTO_LIMIT}"
        click.echo(f"executable RAM for cryptography: {used} bytes with every algorithm ({limit})")
    if fallback > used:
        click.echo(f"the same if the native kernel fails its self-test: {fallback} bytes")
