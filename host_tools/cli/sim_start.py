"""`gatectl sim start`: one simulated gate in real time, to show codes from another terminal."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.live import Live

from bootstrap.places import shown
from host_tools import files, times
from host_tools import interpreter as micropython
from host_tools.boards import profiles
from host_tools.bundles.build import read_root
from host_tools.cli.common import Fallible
from host_tools.codes.picture import draw
from host_tools.holder.wallet import Wallets
from host_tools.problems import Failure
from host_tools.simulator import door
from host_tools.simulator.clock import RealClock
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import GateError
from host_tools.simulator.readers import Ending
from host_tools.simulator.session import Session
from host_tools.simulator.turnstile import Turnstile
from host_tools.simulator.view import picture, plain

_ENDINGS = {ending.name.lower(): ending for ending in Ending}
_SLICE_MS = 25


@click.command(cls=Fallible)
@click.option("--board", default="esp32-devkit", show_default=True, help="Board or FILE.yaml.")
@click.option(
    "--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The signed bundle; without one a site is made up, and codes to try.",
)  # fmt: skip
@click.option(
    "--root", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who must have signed the bundle. Default: .root.cbor beside it.",
)  # fmt: skip
@click.option("--gate", "gate_id", default="A-1", show_default=True, help="The gate's id.")
@click.option("--baud", type=click.IntRange(1200, 921600), help="The reader's, not the board's.")
@click.option(
    "--ending", type=click.Choice(list(_ENDINGS)), default="cr", show_default=True,
    help="How the reader ends a code.",
)  # fmt: skip
@click.option("--at", metavar="TIME", help="What the gate's clock shows; default: the computer's.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path),
    help="Keep the gate's files, its audit log among them, in this new folder.",
)  # fmt: skip
@click.option(
    "--plain", is_flag=True, help="Lines instead of a picture; so too without a terminal."
)
def command(
    board: str,
    bundle: Path | None,
    root: Path | None,
    gate_id: str,
    baud: int | None,
    ending: str,
    at: str | None,
    folder: Path | None,
    plain: bool,
) -> None:
    """Run one gate until Ctrl+C. Show it codes from another terminal with: gatectl scan."""
    if bundle is None and root is not None:
        raise click.UsageError("--root says who signed a bundle; name it with --bundle")
    profile = profiles.load(board)
    unix = times.now() if at is None else _instant(at)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    try:
        with (
            contextlib.closing(door.Door()) as entrance,
            _folder(folder) as place,
        ):
            if bundle is not None:
                site, keys = bundle.read_bytes(), read_root(bundle, root)
            else:
                site, keys = _made_up(console, gate_id, unix)
            turnstile = Turnstile(
                place, profile, bundle=site, root=keys, gate_id=gate_id,
                ending=_ENDINGS[ending], baud=baud, clock=RealClock(), unix=unix,
            )  # fmt: skip
            with turnstile:
                _run(console, Session(turnstile, entrance), plain or not console.is_terminal)
    except KeyboardInterrupt:
        console.print("stopped")
    except (GateError, micropython.InterpreterError) as error:
        raise Failure(str(error)) from None


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """Where the gate's files are; without a folder they go when the gate does."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="gate-sim-") as name:
            yield Path(name)
        return
    try:
        given.mkdir(parents=True, exist_ok=True)
        if any(given.iterdir()):
            raise Failure(f"{given}: is not empty; a gate that starts anew needs a new folder")
    except OSError as error:
        raise Failure(f"{given}: cannot be made: {error.strerror}") from None
    yield given


def _instant(at: str) -> int:
    try:
        return times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None


def _made_up(console: Console, gate_id: str, unix: int) -> tuple[bytes, bytes]:
    """A site that does not exist, and codes to try it with, as pictures."""
    site = DemoSite.make(unix, gate_id)
    folder = door.folder() / "codes"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    console.print("No bundle was given, so a site was made up. Codes to try in another terminal:\n")
    for person in site.people():
        if not person.raw and person.slug:
            path = folder / f"{person.slug}.png"
            files.write_bytes(path, draw(person.data.decode(), "L").png(4))
            line = f"  gatectl scan {shown(path):<50} [dim]{person.story}[/]"
            console.print(line, soft_wrap=True)
    phones = Wallets(door.folder() / "holders")
    shutil.rmtree(phones.folder, ignore_errors=True)
    site.casting.phone(phones, "zhou", "zhou-several-issuers")
    line = (
        f"  gatectl scan --holder zhou --holders {shown(phones.folder):<29} [dim]a phone, live[/]"
    )
    console.print(line, soft_wrap=True)
    console.print()
    return site.bundle, site.root


def _run(console: Console, session: Session, lines: bool) -> None:
    """Until Ctrl+C."""
    if lines:
        for line in session.opening():
            console.print(line, markup=False, soft_wrap=True)
        while True:
            session.step(_SLICE_MS)
            for note in session.new_notes():
                console.print(plain(note), markup=False, soft_wrap=True)
    with Live(picture(session), console=console, auto_refresh=False) as live:
        drawn = 0.0
        while True:
            changed = session.step(_SLICE_MS)
            if changed or time.monotonic() - drawn > 1:
                live.update(picture(session), refresh=True)
                drawn = time.monotonic()
