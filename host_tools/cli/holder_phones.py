"""`gatectl holder new`, `request`, `list` and `remove`: simulated phones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import times
from host_tools.cli.common import Fallible, print_json, print_table
from host_tools.cli.pictures import check_outs, out_option, write_outs
from host_tools.codes.picture import draw
from host_tools.holder import words
from host_tools.holder.wallet import DEFAULT_FOLDER, ENVIRONMENT, Wallet, Wallets
from host_tools.names import KINDS, suggest


class _Subject(click.ParamType[bytes]):
    name = "hex"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        try:
            subject = bytes.fromhex(str(value))
        except ValueError:
            subject = b""
        if not 8 <= len(subject) <= 16:
            self.fail(f"{value!r} is not 16 to 32 hexadecimal digits", param, ctx)
        return subject


def holders_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--holders: where the simulated phones are."""
    return click.option(
        "--holders", "holders", default=DEFAULT_FOLDER, envvar=ENVIRONMENT, show_default=True,
        show_envvar=True, type=click.Path(file_okay=False, path_type=Path),
        help="The folder with the phones.",
    )(function)  # fmt: skip


@click.command(cls=Fallible)
@click.argument("name")
@click.option("--subject", type=_Subject(), metavar="HEX",
              help="The pseudonym, 16 to 32 digits; default: a random one.")  # fmt: skip
@holders_option
def new(name: str, subject: bytes | None, holders: Path) -> None:
    """Make a phone: a new key, and a pseudonym for its owner."""
    wallet = Wallets(holders).new(name, subject)
    click.echo(f"{wallet.path}: phone of subject {wallet.subject.hex()}")
    click.echo(f"next, for issuers: gatectl holder request {name} -o {name}.request.txt")


@click.command(cls=Fallible)
@click.argument("name")
@out_option
@click.option("--terminal", is_flag=True, help="Draw it in the terminal.")
@holders_option
def request(name: str, outs: tuple[Path, ...], terminal: bool, holders: Path) -> None:
    """Print what an issuer needs to make statements for a phone. It is not secret.

    An issuer answers it with: gatectl issue PERSON --for REQUEST
    """
    check_outs(outs)
    picture = draw(Wallets(holders).open(name).request)
    write_outs(picture, outs, terminal)


@click.command("list", cls=Fallible)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@holders_option
def list_(as_json: bool, holders: Path) -> None:
    """List the phones."""
    wallets = Wallets(holders)
    found = [wallets.open(name) for name in wallets.names()]
    now = times.now()
    if as_json:
        print_json([to_json(wallet, now) for wallet in found])
    elif not found:
        click.echo(f"no phones in {holders}; make one with: gatectl holder new NAME")
    else:
        print_table(
            ("name", "subject", "statements", "about", "next to expire"),
            [_row(wallet, now) for wallet in found],
        )


@click.command(cls=Fallible)
@click.argument("name")
@click.argument("kinds", nargs=-1, metavar="[KIND]...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@holders_option
def remove(name: str, kinds: tuple[str, ...], yes: bool, holders: Path) -> None:
    """Remove a phone, or only its statements about KINDs: health, travel, vaccination, test.

    A statement that also speaks of another kind stays.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise click.UsageError(
                f"{kind!r} is not one of {', '.join(KINDS)}{suggest(kind, KINDS)}"
            )
    wallets = Wallets(holders)
    if kinds:
        with wallets.changing(name) as wallet:
            for one in (dropped := wallet.drop(kinds)):
                click.echo(f"removed: {', '.join(sorted(one.kinds))}, by {one.by}")
        if not dropped:
            click.echo(f"{name} has no statement about {', '.join(kinds)} alone")
        return
    wallets.open(name)
    if not yes:
        click.confirm(f"Remove {name} with its key? Its statements are lost", abort=True, err=True)
    wallets.remove(name)
    click.echo(f"removed: {name}")


def to_json(wallet: Wallet, now: int) -> dict[str, object]:
    """A phone in JSON."""
    return {
        "name": wallet.name,
        "subject": wallet.subject.hex(),
        "request": wallet.request,
        "statements": [
            {
                "issuer": one.issuer or None,
                "kid": one.kid.hex(),
                "issued": times.rfc3339(one.issued),
                "expires": times.rfc3339(one.expires),
                "expired": now > one.expires,
                "claims": one.claims,
            }
            for one in wallet.statements
        ],
    }


def _row(wallet: Wallet, now: int) -> tuple[str, ...]:
    kinds = sorted({kind for one in wallet.statements for kind in one.kinds}, key=KINDS.__getitem__)
    first = min(wallet.statements, key=lambda one: one.expires, default=None)
    until = words.left(first, now) if first else "-"
    count = str(len(wallet.statements))
    return wallet.name, wallet.subject.hex(), count, " ".join(kinds) or "-", until
