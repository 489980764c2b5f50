"""`gatectl revocation build`, `delta` and `stats`: what terminals are given of the list."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import rich_click as click

from host_tools import files, times
from host_tools.cli.common import Fallible, print_json
from host_tools.cli.revocation_options import OUT, Where, at_option, json_option, list_options
from host_tools.revocation import part
from host_tools.revocation.revocation_list import BASE, RECENT, Made


@click.command(cls=Fallible)
@list_options
@click.option("-o", "--out", type=OUT, help="Write the part to this file as well.")
@at_option
def build(where: Where, out: Path | None, at: int | None) -> None:
    """Make a new base of all that is revoked. Terminals need a whole new bundle then.

    If there is no list yet, an empty one is begun.
    """
    now = times.now() if at is None else at
    with where.open(create=True) as book:
        base, recent = book.build(now, lambda text: click.echo(text, err=True))
    _report([base, recent])
    if out is not None:
        files.write_bytes(out, base.data)


@click.command(cls=Fallible)
@list_options
@click.option("-o", "--out", type=OUT, help="Write the part to this file as well.")
@at_option
def delta(where: Where, out: Path | None, at: int | None) -> None:
    """Make the delta to the base: what gatectl bundle build puts into a bundle."""
    now = times.now() if at is None else at
    with where.open() as book:
        change = book.change(now)
        made = book.delta(now)
    _report([made])
    click.echo(f"{len(change.added):,} revoked, {len(change.reinstated):,} taken back")
    if out is not None:
        files.write_bytes(out, made.data)


def _report(parts: Iterable[Made]) -> None:
    for made in parts:
        entries = part.read_heads(made.data)[0].entries
        bits = f", {8 * len(made.data) / entries:.1f} bits an entry" if entries > 100 else ""
        state = "" if made.new else ", as before"
        click.echo(
            f"{made.name}: version {made.version}, {entries:,} entries, "
            f"{len(made.data):,} bytes{bits}{state}"
        )


@click.command(cls=Fallible)
@list_options
@at_option
@json_option
def stats(where: Where, at: int | None, as_json: bool) -> None:
    """Show how much is on the list, and what its parts take and risk."""
    now = times.now() if at is None else at
    with where.open() as book:
        counts = book.counts(now)
        parts = [made for name in (BASE, RECENT) if (made := book.part(name))]
        change = book.change(now)
    risk = sum(part.read_heads(made.data)[0].false_matches for made in parts)
    document: dict[str, object] = {
        **counts,
        "parts": {made.name: {"version": made.version, "bytes": len(made.data)} for made in parts},
        "since the base": {
            "revoked": len(change.added),
            "taken back": len(change.reinstated),
        },
        "false matches of one look-up": risk,
    }
    if as_json:
        print_json(document)
        return
    for name, group in counts.items():
        click.echo(f"{name}: " + ", ".join(f"{key} {count:,}" for key, count in group.items()))
    _report(parts)
    click.echo(f"since the base: {len(change.added):,} revoked, {len(change.reinstated):,} back")
    if risk:
        click.echo(f"one look-up in {1 / risk:,.0f} finds what is not revoked")
