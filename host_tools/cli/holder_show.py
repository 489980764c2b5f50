"""`gatectl holder show`: what a phone has on its screen: claims at a glance, and a live code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from host_tools import times
from host_tools.cli.common import Fallible, Words, print_json
from host_tools.cli.holder_phones import holders_option, to_json
from host_tools.cli.pictures import check_outs, out_option, save
from host_tools.codes.picture import Picture, draw
from host_tools.holder import words
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.names import KINDS
from host_tools.problems import Failure

EVERY = 5  # seconds; policies accept proofs that are some ten seconds old
_MAX_EVERY = 600
_TICK_S = 0.2
_STYLES = {"green": "green", "yellow": "yellow", "orange": "dark_orange", "red": "red"}


class _Every(click.ParamType[int]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        try:
            seconds = int(text) if text.isdecimal() else times.duration(text)
        except times.TimeFormError as error:
            self.fail(str(error), param, ctx)
        if not 1 <= seconds <= _MAX_EVERY:
            self.fail(f"{value!r} is not from 1 to {_MAX_EVERY} seconds", param, ctx)
        return seconds


@click.command(cls=Fallible)
@click.argument("name")
@click.option("--once", is_flag=True, help="Show one code and end; so too without a terminal.")
@click.option("--every", type=_Every(), metavar="5s", help="A new code so often. Default: 5s.")
@click.option("--gate", metavar="ID", help="Make the codes for this gate only.")
@click.option("--only", type=Words(KINDS), metavar="KINDS",
              help="Only statements about these kinds, by commas.")  # fmt: skip
@click.option("--static", is_flag=True, help="Without the phone's proof: a code as it is printed.")
@click.option("--at", metavar="TIME", help='What "now" is, for one code; default: the clock.')
@click.option("--json", "as_json", is_flag=True, help="Print the claims and one code as JSON.")
@out_option
@holders_option
def command(
    name: str,
    once: bool,
    every: int | None,
    gate: str | None,
    only: tuple[str, ...] | None,
    static: bool,
    at: str | None,
    as_json: bool,
    outs: tuple[Path, ...],
    holders: Path,
) -> None:
    """Show what the phone NAME has: its claims, and a live code that changes every few seconds.

    In a terminal until Ctrl+C; --every with -o rewrites the file each time. Where the output is no
    terminal, it is the text of one code and nothing else.
    """
    check_outs(outs)
    _refuse_contradictions(once, every, gate, static, at, as_json)
    moment = None if at is None else _instant(at)
    wallet = Wallets(holders).open(name)
    kinds = only or ()

    def made(now: int) -> Picture:
        return draw(wallet.code(now, gate, kinds, live=not static))

    if once or static or as_json or moment is not None:
        _show_once(wallet, made, moment or times.now(), outs, as_json)
    elif every is not None and outs:
        _rewrite(made, every, outs)
    elif outs or not sys.stdout.isatty():
        _show_once(wallet, made, times.now(), outs, False)
    else:
        _live(wallet, made, every or EVERY, gate)


def _refuse_contradictions(
    once: bool, every: int | None, gate: str | None, static: bool, at: str | None, as_json: bool
) -> None:
    if every is not None and (once or static or as_json or at is not None):
        raise click.UsageError("--every is for a code that changes; leave out what shows one only")
    if gate is not None and static:
        raise click.UsageError("--gate is for the proof, and --static leaves that out")


def _instant(at: str) -> int:
    try:
        return times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None


def _show_once(
    wallet: Wallet,
    made: Callable[[int], Picture],
    now: int,
    outs: tuple[Path, ...],
    as_json: bool,
) -> None:
    picture = made(now)
    save(picture, outs)
    if as_json:
        size = {"characters": len(picture.text), "qr_version": picture.version}
        print_json({**to_json(wallet, now), "code": picture.text, **size})
    elif sys.stdout.isatty():
        console = Console(highlight=False)
        console.print(glance(wallet, now))
        console.print(picture.terminal(), end="")
        console.print(f"QR version {picture.version}, {len(picture.text)} characters")
    elif not outs:
        click.echo(picture.text)
    for out in outs:
        click.echo(str(out))


def _rewrite(made: Callable[[int], Picture], every: int, outs: tuple[Path, ...]) -> None:
    """A new code in the files, again and again."""
    click.echo(f"{', '.join(map(str, outs))}: a new code every {every} s, until Ctrl+C")
    sys.stdout.flush()
    try:
        while True:
            save(made(times.now()), outs)
            time.sleep(every - time.time() % every)
    except KeyboardInterrupt:
        click.echo("stopped")


def _live(wallet: Wallet, made: Callable[[int], Picture], every: int, gate: str | None) -> None:
    """The screen of the phone, until Ctrl+C."""
    console = Console(highlight=False)
    shown, picture = 0, made(times.now())  # what is wrong is said before the screen is taken
    _refuse_small(console, picture)
    try:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while True:
                now = times.now()
                turn = now - now % every
                if turn != shown:
                    shown, picture = turn, made(now)
                    at = now
                left = shown + every - now
                live.update(_screen(wallet, picture, now, at, left, gate), refresh=True)
                time.sleep(_TICK_S)
    except KeyboardInterrupt:
        console.print("stopped")


def _refuse_small(console: Console, picture: Picture) -> None:
    """A code of which a part is missing cannot be read."""
    rows = picture.terminal().rstrip("\n").split("\n")
    wide, high = len(rows[0]), len(rows) + 1
    if console.width < wide or console.height < high:
        raise Failure(
            f"the code needs a terminal of {wide} x {high} characters, this one has "
            f"{console.width} x {console.height}: make its letters smaller, show less with --only, "
            "or write a picture with --every 5s -o FILE.png"
        )


def _screen(
    wallet: Wallet, picture: Picture, now: int, at: int, left: int, gate: str | None
) -> Group:
    where = f", for gate {gate}" if gate else ""
    caption = f"made {times.rfc3339(at)[11:19]} UTC{where}; a new one in {left} s · Ctrl+C ends"
    code = Text(picture.terminal().rstrip("\n"), no_wrap=True)
    return Group(code, Text(caption, style="bold"), glance(wallet, now))


def glance(wallet: Wallet, now: int) -> Table:
    """The claims, a line each."""
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column in (wallet.name, "", "by", "valid"):
        table.add_column(column, overflow="fold")
    for one in wallet.statements:
        for kind, text in words.lines(one, now):
            style = next((s for word, s in _STYLES.items() if f" {word}," in text), "")
            table.add_row(kind, Text(text, style=style), Text(one.by), Text(words.left(one, now)))
    return table
