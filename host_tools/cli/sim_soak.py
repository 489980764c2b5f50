"""`gatectl sim soak`: many codes at one terminal, whose heap and stack must not grow."""

from __future__ import annotations

import dataclasses

import rich_click as click
from rich.console import Console
from rich.table import Table

from host_tools.cli.common import Fallible, print_json
from host_tools.problems import Failure
from host_tools.soak import run as soak


@click.command("soak", cls=Fallible)
@click.option("--scans", type=click.IntRange(100), default=2000, show_default=True,
              help="Codes that are shown.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="The same seed, the same kinds in the same order.")  # fmt: skip
@click.option("--layout", type=click.Choice(["romfs", "littlefs"]), default="romfs",
              show_default=True, help="Where the compiled firmware lies.")  # fmt: skip
@click.option("--every", type=click.IntRange(10), default=1000, show_default=True,
              help="Codes from one measurement to the next.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(scans: int, seed: int, layout: str, every: int, as_json: bool) -> None:
    """Show codes of all kinds to the compiled terminal, and measure its heap and its stack.

    Granted, refused, garbage and hostile codes, people who walk through and some who do not. Fails
    if heap or stack grow, or if anything in the terminal fails.
    """
    console = Console(stderr=True)
    every = min(every, scans // 10)

    def told(probe: soak.Probe) -> None:
        if console.is_terminal:
            console.print(f"{probe.scans:>8,} codes, {probe.used:,} bytes of heap in use", end="\r")

    found = soak.run(scans, seed, layout, every, told)
    if as_json:
        print_json({**dataclasses.asdict(found), "problem": found.problem})
    else:
        _show(found, layout)
    if found.problem:
        raise Failure(found.problem)


def _show(found: soak.Soak, layout: str) -> None:
    table = Table(title=f"Compiled terminal, {layout}: bytes after every so many codes")
    for name in ("codes", "heap in use", "heap free", "largest free piece", "deepest stack"):
        table.add_column(name, justify="right")
    step = max(1, len(found.probes) // 20)
    for probe in [*found.probes[:-1:step], found.probes[-1]]:
        values = (probe.scans, probe.used, probe.free, probe.largest, probe.stack)
        table.add_row(*(f"{value:,}" for value in values))
    console = Console()
    console.print(table)
    most = sorted(found.reasons.items(), key=lambda row: -row[1])
    verdicts = ", ".join(f"{reason} {count:,}" for reason, count in most)
    console.print(f"verdicts: {verdicts}", soft_wrap=True)
    hours = found.ms / 3.6e6
    console.print(
        f"passages: {found.passages:,}, annulled grants: {found.annulled:,}; growth: heap "
        f"{found.heap_growth:,} bytes, stack {found.stack_growth:,} bytes; "
        f"{hours:.1f} h of simulated time in {found.seconds:,.0f} s",
        soft_wrap=True,
    )
