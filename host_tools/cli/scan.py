"""`gatectl scan`: holds a code before the gate that `gatectl sim` runs in another terminal."""

from __future__ import annotations

import sys

import rich_click as click
from rich.console import Console

from host_tools.cli.common import Fallible, print_json
from host_tools.codes.reading import read_code, without_line_end
from host_tools.simulator import door
from host_tools.simulator.words import relay_words


@click.command(cls=Fallible)
@click.argument("code", metavar="CODE|FILE.png|FILE.txt|-", required=False)
@click.option("--fire", type=click.Choice(["on", "off"]), help="Switch the fire contact instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(code: str | None, fire: str | None, as_json: bool) -> None:
    """Show CODE to the simulated gate, and print its verdict. With - it is read from stdin.

    Exit status: 0 when the gate opened, 1 when it stayed shut.
    """
    if (code is None) == (fire is None):
        raise click.UsageError("give a code, or --fire")
    if fire is not None:
        click.echo(door.ask({"fire": fire == "on"})["text"])
        return
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
