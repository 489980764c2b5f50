"""`gatectl board`: profiles of boards, what is known against them, their wiring as a picture."""

from __future__ import annotations

from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from host_tools import files
from host_tools.boards import build as building
from host_tools.boards import described, generate, hazards, pinout, profiles, tree
from host_tools.boards.hazard import ERROR, Hazard
from host_tools.boards.profile import Profile
from host_tools.cli.common import FallibleGroup, print_json, print_table
from host_tools.problems import Failure

_BOARD = click.argument("board", metavar="BOARD|FILE.yaml")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_SURE = {
    "maker": "the maker says so",
    "several": "several sources agree",
    "single": "one source",
    "disagree": "sources disagree",
    "assumed": "assumed",
}


@click.group("board", cls=FallibleGroup)
def command() -> None:
    """Board profiles: which pin does what, and what can go wrong with it."""


@command.command("list")
@_JSON
def list_boards(as_json: bool) -> None:
    """Name the boards that come with the project."""
    boards = [profiles.load(name) for name in profiles.names()]
    if as_json:
        print_json([described.summary(board) for board in boards])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("board", "chip", "lanes", "readers", "network"):
        table.add_column(column, no_wrap=column != "readers")
    for board in boards:
        row = described.summary(board)
        readers = ", ".join(reader.kind for reader in board.readers)
        network = (row["network"] or "-").partition(" ")[0]
        table.add_row(board.name, row["chip"], str(len(board.lanes)), readers, network)
    Console(highlight=False).print(table)


@command.command()
@_BOARD
@_JSON
@click.option("--python", is_flag=True, help="Print board.py as the firmware gets it.")
def show(board: str, as_json: bool, python: bool) -> None:
    """Show everything about a board: its wiring, what each pin does at boot, where that is from."""
    profile = profiles.load(board)
    if python:
        click.echo(generate.board_module(profile), nl=False)
    elif as_json:
        print_json(described.everything(profile))
    else:
        _show(Console(highlight=False), profile)


def _show(console: Console, profile: Profile) -> None:
    told = described.everything(profile)
    console.print(f"[bold]{escape(profile.title)}[/]  ({profile.name})")
    memory = f"{profile.flash_kb // 1024} MB flash, PSRAM {profile.psram}"
    console.print(f"{told['chip']}, {memory}, network {told['network'] or 'none'}\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("pin", "use", "wire it to", "at boot", "hazards"):
        table.add_column(column)
    for row in told["wiring"]:
        hazard = ", ".join(row["hazards"])
        table.add_row(str(row["pin"]), row["use"], row["wire"], row["boot"], hazard)
    console.print(table)
    console.print()
    for number, lane in enumerate(profile.lanes):
        opens = ", ".join(
            f"reader {reader} opens relay {lane.relays[min(i, len(lane.relays) - 1)]}"
            for i, reader in enumerate(lane.readers)
        )
        console.print(f"lane {number}: {opens}")
    if profile.sources:
        console.print("\n[bold]where this is from[/]")
    for source in profile.sources:
        console.print(f"  {escape(source.what)}: {escape(source.origin)} ({_SURE[source.sure]})")


@command.command()
@click.argument("boards", metavar="[BOARD|FILE.yaml]...", nargs=-1)
@_JSON
def check(boards: tuple[str, ...], as_json: bool) -> None:
    """Judge the wiring of boards (of all, if none is named). Exit status 1 if there are errors.

    A warning says what works only if somebody has thought of it; `accepted:` in a profile says why
    it is lived with.
    """
    found = []
    for name in boards or profiles.names():
        profile = profiles.load(name)
        found += [(profile.name, hazard) for hazard in hazards.check(profile)]
    if as_json:
        print_json([{"board": name, **vars(hazard)} for name, hazard in found])
    for name, hazard in [] if as_json else found:
        click.echo(f"{name}: {_told(hazard)}")
        if hazard.accepted:
            click.echo(f"    accepted: {hazard.accepted}")
    errors = sum(hazard.severity == ERROR for _, hazard in found)
    if errors:
        raise Failure(f"{errors} error{'s' if errors > 1 else ''}; choose other pins or parts")
    if not as_json:
        accepted = sum(bool(hazard.accepted) for _, hazard in found)
        open_ones = len(found) - accepted
        checked = len(boards) or len(profiles.names())
        click.echo(f"{checked} checked: no errors, {open_ones} warnings, {accepted} accepted")


def _told(hazard: Hazard) -> str:
    pin = f"pin {hazard.pin} " if hazard.pin >= 0 else ""
    return f"{hazard.severity} {hazard.name}: {pin}({hazard.use}) {hazard.reason}"


@command.command("pinout")
@click.argument("boards", metavar="[BOARD|FILE.yaml]...", nargs=-1)
@click.option(
    "--out", metavar="DIR", default=".", type=click.Path(file_okay=False, path_type=Path),
    help="The folder for BOARD.svg; default: this one.",
)  # fmt: skip
def draw(boards: tuple[str, ...], out: Path) -> None:
    """Draw the wiring of boards (of all, if none is named) as SVG.

    Headers as they are on the board, what goes to each pin, and where hazards are.
    """
    for name in boards or profiles.names():
        profile = profiles.load(name)
        out.mkdir(parents=True, exist_ok=True)
        files.write_text(out / f"{profile.name}.svg", pinout.picture(profile))
        click.echo(f"{out / profile.name}.svg: {len(profile.uses())} pins in use")


@command.command()
@_BOARD
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A new folder, an empty one, or an earlier build, which is replaced.",
)
@click.option(
    "--romfs",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also pack it as an image for a ROMFS partition (mpremote romfs deploy FILE).",
)
@click.option(
    "--arch",
    type=click.Choice(list(building.ARCHITECTURES)),
    help="Not the board's chip: x86 and x64 are this computer's MicroPython, bytecode is any.",
)
@_JSON
def build(board: str, out: Path, romfs: Path | None, arch: str | None, as_json: bool) -> None:
    """Compile what a board needs, and nothing else: the tree to copy to its file system.

    The program for its chip, drivers of its parts, board.py, a font if it has a display, and a
    manifest with the hash of each file. Fails if flash or executable RAM would not hold it.
    """
    profile = profiles.load(board)
    made = tree.make(profile, out, arch)
    image = tree.romfs(out) if romfs else b""
    if romfs:
        files.write_bytes(romfs, image)
    if as_json:
        sizes = {"blocks": made.blocks, "room": made.room, "romfs": len(image) or None}
        print_json({**made.manifest, **sizes})
        return
    native = [file for file in made.files if file.native]
    rows = [(f.path.removesuffix(".mpy"), str(f.size), str(f.native)) for f in native]
    print_table(("module with machine code", "flash", "executable RAM"), rows)
    total = sum(file.size for file in made.files)
    click.echo(f"flash: {total} bytes in {len(made.files)} files, in {out}")
    left = (made.room - made.blocks) // 1024
    click.echo(f"in blocks: {made.blocks // 1024} KiB of {made.room // 1024}; {left} KiB are left")
    _tell_memory(made, arch or profile.arch)
    if romfs:
        fits = "fits" if len(image) <= tree.ROMFS else "does not fit"
        stock = f"the {tree.ROMFS // 1024} KiB of stock images with such a partition"
        click.echo(f"ROMFS: {len(image)} bytes in {romfs}; {fits} {stock}")


def _tell_memory(made: tree.Tree, arch: str) -> None:
    if arch in building.KERNELS:
        told = f"{made.executable} bytes with every algorithm (at most {building.CRYPTO_LIMIT})"
        click.echo(f"executable RAM for cryptography: {told}")
    _, fallback = building.executable(made.files, building.routines(arch))
    if fallback > made.executable:
        click.echo(f"the same if the native kernel fails its self-test: {fallback} bytes")
