"""`gatectl revocation`: the list of what is revoked, and the parts of bundles made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import times
from host_tools.cli import revocation_parts
from host_tools.cli.common import FallibleGroup, print_json, print_table
from host_tools.cli.revocation_options import (
    FILE,
    Where,
    at_option,
    json_option,
    list_options,
    named_entries,
    what_options,
)
from host_tools.cli.verify import Moment
from host_tools.codes.reading import read_code
from host_tools.revocation import imports, of_code, part, signed
from host_tools.revocation.revocation_list import (
    BASE,
    RECENT,
    Entry,
    Listed,
    RevocationList,
    Source,
)

OPERATOR = "operator"  # who said so, unless --source says something else


@click.group(cls=FallibleGroup)
def command() -> None:
    """Revoked codes: a list, and the parts of bundles that are made of it.

    The list is a file, named with --list or by the site's file (revocation: FILE).
    """


@command.command()
@list_options
@what_options
@click.option("--source", default=OPERATOR, show_default=True, help="Who says so.")
@click.option("--expires", type=Moment(), help="When it may be forgotten. Of a CODE: when it ends.")
@at_option
def add(
    where: Where,
    codes: tuple[str, ...],
    ctis: tuple[str, ...],
    issuer: str | None,
    uvcis: tuple[str, ...],
    country: str | None,
    given: tuple[str, ...],
    by: str,
    source: str,
    expires: int | None,
    at: int | None,
) -> None:
    """Revoke a CODE (text, or a file with a text or picture), a cti, a certificate, or a hash.

    A CODE must be signed by somebody whom the site or the trust file knows. All statements in an
    OC1 code are revoked: one of them alone by its cti.
    """
    found = named_entries(where, codes, ctis, issuer, uvcis, country, given, by)
    if expires is not None:
        found = [Entry(entry.hash16, entry.kind, expires) for entry in found]
    with where.open(create=True) as book:
        new = book.add(found, Source(source), times.now() if at is None else at)
    for entry in found:
        click.echo(f"{entry.hash16.hex()}  {entry.kind}")
    click.echo(f"{where.path}: {new} of {len(found)} were not on the list before")


@command.command()
@list_options
@what_options
@click.option("--source", help="All that came from this source, such as a batch.")
def remove(
    where: Where,
    codes: tuple[str, ...],
    ctis: tuple[str, ...],
    issuer: str | None,
    uvcis: tuple[str, ...],
    country: str | None,
    given: tuple[str, ...],
    by: str,
    source: str | None,
) -> None:
    """Take something off the list; the next delta tells terminals so."""
    named = codes or ctis or uvcis or given
    found = (
        []
        if source is not None and not named
        else named_entries(where, codes, ctis, issuer, uvcis, country, given, by)
    )
    with where.open() as book:
        count = sum(book.remove(entry.hash16) for entry in found)
        if source is not None:
            count += book.remove_source(source)
    click.echo(f"{where.path}: {count} entries taken off")


@command.command("import")
@list_options
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--source", help="Who says so. Default: the batch's id, or the file's name.")
@click.option(
    "--signer",
    "signers",
    type=FILE,
    multiple=True,
    help="A certificate: files must be CMS messages, signed by one of those named.",
)
@at_option
def import_(
    where: Where,
    paths: tuple[Path, ...],
    source: str | None,
    signers: tuple[Path, ...],
    at: int | None,
) -> None:
    """Import batches of the EU gateway, other lists, or plain hashes.

    Batches: CMS or the JSON in it; its list of batches takes off those that it calls deleted. Card
    revocation lists of SMART Health Cards. JSON with revokedCerts; text with a hash or an
    identifier (URN:UVCI:...) a line.
    """
    now = times.now() if at is None else at
    trusted = [signed.load_certificate(path) for path in signers]
    batches = [(path, batch) for path in paths for batch in imports.read_file(path, trusted)]
    with where.open(create=True) as book:
        for path, batch in batches:
            name = source or batch.source.name
            if batch.entries is None:
                count = book.remove_source(name)
                click.echo(f"{path}: {name} was deleted: {count} entries taken off")
                continue
            if batch.whole:
                book.remove_source(name)
            said = Source(name, batch.source.country, batch.source.kid)
            new = book.add(batch.entries, said, now)
            over = sum(1 for e in batch.entries if e.expires is not None and e.expires <= now)
            note = f", {over} of them expired" if over else ""
            note += f"; {batch.remark}" if batch.remark else ""
            click.echo(f"{path}: {len(batch.entries):,} entries of {name}, {new:,} new{note}")


@command.command("list")
@list_options
@click.option("--source", help="Only what came from this source.")
@click.option("--most", default=50, show_default=True, help="How many to show; -1 for all.")
@json_option
def list_(where: Where, source: str | None, most: int, as_json: bool) -> None:
    """Show the entries, the latest first."""
    with where.open() as book:
        found = list(book.entries(source, most))
    if as_json:
        print_json([_document(one) for one in found])
        return
    rows = [
        (one.entry.hash16.hex(), one.entry.kind, _said_by(one), times.rfc3339(one.added),
         "-" if one.entry.expires is None else times.rfc3339(one.entry.expires))
        for one in found
    ]  # fmt: skip
    print_table(("hash", "of", "source", "added", "expires"), rows)


def _said_by(one: Listed) -> str:
    return " ".join(filter(None, (one.source.name, one.source.country)))


def _document(one: Listed) -> dict[str, object]:
    expires = one.entry.expires
    return {
        "hash": one.entry.hash16.hex(),
        "kind": one.entry.kind,
        "source": one.source.name,
        "country": one.source.country,
        "kid": one.source.kid,
        "added": times.rfc3339(one.added),
        "expires": None if expires is None else times.rfc3339(expires),
    }


@command.command()
@list_options
@what_options
@at_option
@json_option
def check(
    where: Where,
    codes: tuple[str, ...],
    ctis: tuple[str, ...],
    issuer: str | None,
    uvcis: tuple[str, ...],
    country: str | None,
    given: tuple[str, ...],
    by: str,
    at: int | None,
    as_json: bool,
) -> None:
    """Say whether a CODE, or a part of one, is revoked, who said so, and what terminals know.

    Of a certificate all of its hashes are looked up.
    """
    now = times.now() if at is None else at
    rest = (
        named_entries(where, (), ctis, issuer, uvcis, country, given, by)
        if (ctis or uvcis or given)
        else []
    )
    asked = [("", entry) for entry in rest]
    for text in codes:
        for statement in of_code.statements(read_code(text), where.trust_part()):
            asked += [(statement.issuer, entry) for entry in statement.entries]
    if not asked:
        raise click.UsageError("name what is meant: CODE, --cti, --uvci or --hash")
    answers = []
    with where.open() as book:
        model = _model(book)
        for name, entry in asked:
            listed = book.find(entry.hash16)
            live = [one for one in listed if (one.entry.expires or now + 1) > now]
            answers.append(
                {
                    "hash": entry.hash16.hex(),
                    "of": entry.kind,
                    "issuer": name or None,
                    "revoked": bool(live),
                    "in_the_parts": model.revoked(entry.hash16),
                    "listed": [_document(one) for one in listed],
                }
            )
    if as_json:
        print_json({"revoked": any(one["revoked"] for one in answers), "hashes": answers})
        return
    for answer in answers:
        _show_check(answer)
    click.echo("revoked" if any(one["revoked"] for one in answers) else "not revoked")


def _model(book: RevocationList) -> part.Model:
    base, recent = (book.part(name) for name in (BASE, RECENT))
    return part.Model(base.data if base else None, recent.data if recent else None)


def _show_check(answer: dict[str, Any]) -> None:
    state = "revoked" if answer["revoked"] else "not revoked"
    parts = "in the parts as last made" if answer["in_the_parts"] else "not in the parts"
    whose = f" of {answer['issuer']}" if answer["issuer"] else ""
    click.echo(f"{answer['hash']}  {answer['of']}{whose}: {state}; {parts}")
    for one in answer["listed"]:
        country = f" ({one['country']})" if one["country"] else ""
        until = f", until {one['expires']}" if one["expires"] else ""
        click.echo(f"    {one['source']}{country}, on the list since {one['added']}{until}")


command.add_command(revocation_parts.build)
command.add_command(revocation_parts.delta)
command.add_command(revocation_parts.stats)
