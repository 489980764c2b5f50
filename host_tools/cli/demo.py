"""`gatectl demo`: people walk up to a simulated turnstile, in real time, on real MicroPython."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn

from host_tools import files, times
from host_tools import interpreter as micropython
from host_tools.boards import profiles
from host_tools.cli.common import Fallible
from host_tools.problems import Failure
from host_tools.simulator.cast import Person
from host_tools.simulator.clock import RealClock
from host_tools.simulator.demo_site import OPERATORS, THRESHOLD, DemoSite
from host_tools.simulator.gate import GateError
from host_tools.simulator.show import Scene, card, header, picture, summary
from host_tools.simulator.turnstile import Presentation, Turnstile

BOARD = "esp32-devkit"
WIDTH = 100  # where there is no terminal, and of the picture
RULES = "health status green and 14 days of travel, or a full vaccination; CN-5301 is at risk"
_REFRESH_S = 0.05


@click.command(cls=Fallible)
@click.option("--board", default=BOARD, show_default=True, help="Board profile.")
@click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), help="Save a picture of the output."
)
def command(board: str, svg: Path | None) -> None:
    """Show a simulated turnstile at work: really signed codes, the real firmware, real time.

    Exit status 1 if anything is not as expected.
    """
    console = _console(svg is not None)
    began = time.monotonic()
    profile = profiles.load(board)
    try:
        interpreter = micropython.find()
        with console.status("making keys, codes and the site's bundle", spinner="dots"):
            site = DemoSite.make(times.now())
        with tempfile.TemporaryDirectory(prefix="gate-demo-") as folder:
            turnstile = Turnstile(
                Path(folder),
                profile,
                bundle=site.bundle,
                root=site.root,
                gate_id=site.gate_id,
                clock=RealClock(),
                unix=site.now,
                interpreter=interpreter,
            )
            with turnstile:
                console.print(header(_opening(turnstile, site, interpreter)))
                console.print()
                scenes = [
                    _scene(console, turnstile, site, number, person)
                    for number, person in enumerate(site.people(), 1)
                ]
    except (GateError, micropython.InterpreterError) as error:
        raise Failure(str(error)) from None
    console.print(summary(scenes, _computer(interpreter), time.monotonic() - began))
    if svg is not None:
        files.write_text(svg, picture(console, "gatectl demo"))
    sys.exit(1 if any(scene.problem for scene in scenes) else 0)


def _console(record: bool) -> Console:
    plain = not sys.stdout.isatty()
    return Console(width=WIDTH if plain or record else None, record=record, highlight=False)


def _computer(interpreter: micropython.Interpreter) -> str:
    version = ".".join(str(part) for part in interpreter.version)
    return f"MicroPython {version} with {interpreter.word_bits}-bit words, on this computer"


def _opening(
    turnstile: Turnstile, site: DemoSite, interpreter: micropython.Interpreter
) -> list[tuple[str, str]]:
    board = turnstile.board
    reader = f"{board.readers[0].kind}, {turnstile.reader.baud} baud, byte by byte"
    return [
        ("site", f"{site.site.name}; gate {site.gate_id}"),
        ("rules", RULES),
        (
            "bundle",
            f"{len(site.bundle)} bytes, {len(site.site.issuers)} issuers, signed by "
            f"{THRESHOLD} of {OPERATORS} operators",
        ),
        ("firmware", f"unchanged, with the pins of an {board.title}"),
        ("runs on", _computer(interpreter)),
        ("reader", reader),
    ]


def _scene(
    console: Console, turnstile: Turnstile, site: DemoSite, number: int, person: Person
) -> Scene:
    """One person: show the code, wait for the answer, print the card."""
    data = person.data
    presentation = turnstile.show_raw(data) if person.raw else turnstile.show(data)
    with _progress(
        console, turnstile, presentation, f"{number:2}  {person.name}", len(data)
    ) as tick:
        outcome = turnstile.settle(presentation, tick)
    scene = Scene(number, person, outcome)
    console.print(card(scene, console.width))
    return scene


@contextmanager
def _progress(
    console: Console, turnstile: Turnstile, shown: Presentation, who: str, characters: int
) -> Iterator[Callable[[], None]]:
    """What is happening just now, where there is a terminal; gone when it has happened."""
    if not console.is_terminal:
        yield lambda: None
        return
    clock = turnstile.gate.clock
    start = clock.now()
    span = max(1, shown.last_byte_us - start)
    bar = Progress(TextColumn("{task.description}"), BarColumn(30), TextColumn("{task.fields[at]}"))
    task = bar.add_task(who, total=characters, at="")
    last = 0.0
    with Live(bar, console=console, transient=True, auto_refresh=False) as live:

        def tick() -> None:
            nonlocal last
            if time.monotonic() - last < _REFRESH_S:
                return
            last = time.monotonic()
            read = min(characters, characters * (clock.now() - start) // span)
            at = f"{read} of {characters} characters"
            if turnstile.relay_open:
                at = "[bold green]relay open[/]"
            bar.update(task, completed=read, at=at)
            live.refresh()

        yield tick
