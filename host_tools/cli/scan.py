"""`gatectl scan`: holds a code before the gate that `gatectl sim` runs in another terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click
from rich.console import Console

from host_tools import times
from host_tools.cli.common import Fallible, print_json
from host_tools.cli.holder_phones import holders_option
from host_tools.codes.reading import read_code, without_line_end
from host_tools.holder.wallet import Wallets
from host_tools.simulator import door
from host_tools.simulator.words import relay_words


@click.command(cls=Fallible)
@click.argument("code", metavar="CODE|FILE.png|FILE.txt|-", required=False)
@click.option("--holder", metavar="NAME", help="Show a live code of this phone (gatectl holder).")
@click.option("--gate", metavar="ID", help="Make the live code for this gate only.")
@holders_option
@click.option("--fire", type=click.Choice(["on", "off"]), help="Switch the fire contact instead.")
@click.option(
    "--update", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Give the gate a bundle or an update instead.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(
    code: str | None,
    holder: str | None,
    gate: str | None,
    holders: Path,
    fire: str | None,
    update: Path | None,
    as_json: bool,
) -> None:
    """Show CODE to the simulated gate, and print its verdict. With - it is read from stdin.

    Exit status: 0 when the gate opened (or took the update), 1 when it stayed shut.
    """
    if [code, holder, fire, update].count(None) != 3:
        raise click.UsageError("give a code, or --holder, or --fire, or --update")
    if update is not None:
        said = door.ask({"update": str(update.resolve())})
        new = ", ".join(name for name, _ in said.get("changed", ())) or "the validity alone"
        what = said.get("reason") or f"version {said.get('version')}, new: {new}"
        click.echo(f"{said['verdict']}: {what}")
        sys.exit(0 if said["verdict"] == "installed" else 1)
    if gate is not None and holder is None:
        raise click.UsageError("--gate is for a live code; name the phone with --holder")
    if fire is not None:
        click.echo(door.ask({"fire": fire == "on"})["text"])
        return
    if holder is not None:
        data = Wallets(holders).open(holder).code(times.now(), gate).encode()
    else:
        assert code is not None
        data = without_line_end(sys.stdin.buffer.readline()) if code == "-" else read_code(code)
    reply = door.ask({"code": data.hex()})
    if as_json:
        print_json(reply)
    else:
        _show(reply)
    sys.exit(0 if reply["granted"] else 1)


def _show(reply: dict[str, object]) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 1000)
    if reply["granted"]:
        console.print(f"[bold green]granted[/] after {reply['latency_ms']:.0f} ms")
    else:
        console.print(f"[bold red]refused[/] ({reply['reason']}, stage {reply['stage']})")
    for language in ("zh", "en"):
        console.print(f"  {reply[language]}")
    console.print(f"  relay: {relay_words(reply['relay_on_ms'], reply['relay_ms'])}")
