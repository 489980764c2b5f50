"""`gatectl holder add`: a phone takes what an issuer gave it."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from host_tools import times
from host_tools.cli.common import Fallible, warn
from host_tools.cli.holder_phones import holders_option
from host_tools.cli.keys import folder_option
from host_tools.holder import words
from host_tools.holder.checking import Checked, check, known_issuers, statements_in
from host_tools.holder.wallet import Wallet, Wallets
from host_tools.keys.store import KeyStore
from host_tools.problems import Failure

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Fallible)
@click.argument("name")
@click.argument("codes", nargs=-1, required=True, metavar="CODE|FILE.txt|FILE.png...")
@click.option("--trust", type=FILE, help="Trust file: these issuers' signatures can be checked.")
@click.option("--site", type=FILE, help="A site's file: so can these, called as its gates do.")
@click.option("--at", metavar="TIME", help='What "now" is; default: the clock.')
@holders_option
@folder_option
def command(
    name: str,
    codes: tuple[str, ...],
    trust: Path | None,
    site: Path | None,
    at: str | None,
    holders: Path,
    folder: Path,
) -> None:
    """Keep the statements in CODEs that issuers made for the phone NAME.

    What is for another person or phone is refused, and so is a wrong signature of an issuer that
    is known here, by the key store, --trust or --site. A newer statement replaces an older one of
    the same issuer about the same. If one of several CODEs is refused, none is kept.
    """
    now = times.now() if at is None else _instant(at)
    with Wallets(holders).changing(name) as wallet:
        issuers = known_issuers(KeyStore(folder), trust, site)
        for given in codes:
            holder, said = statements_in(given)
            try:
                wallet.refuse_others(holder, said)
                for one in check(holder, said, issuers, now):
                    _keep(wallet, one, now)
            except Failure as failure:
                short = given if len(given) <= 60 else f"{given[:57]}..."
                raise Failure(f"{short}: {failure}") from None
    click.echo(f"show it: gatectl holder show {name}")


def _keep(wallet: Wallet, checked: Checked, now: int) -> None:
    one = checked.statement
    for older in wallet.add(one):
        if older.data != one.data:
            click.echo(f"replaced: {', '.join(sorted(older.kinds))}, by {older.by}")
    for kind, text in words.lines(one, now):
        click.echo(f"{kind:12} {text}; by {one.by}, {words.left(one, now)}")
    if checked.note:
        warn(f"the statement by {one.by}: {checked.note}")


def _instant(at: str) -> int:
    try:
        return times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None
