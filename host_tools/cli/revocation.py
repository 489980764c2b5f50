"""`gatectl revocation`: the list of what is revoked, and the parts of bundles made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import files, times, yaml_file
from host_tools.bundles import trust_list
from host_tools.bundles.site import read_site, revocation_list_of
from host_tools.cli.common import FallibleGroup, print_json, print_table
from host_tools.cli.keys import folder_option
from host_tools.cli.verify import Moment
from host_tools.codes.reading import read_code
from host_tools.keys.store import KeyStore, load_public
from host_tools.revocation import hashes, imports, of_code, part, signed
from host_tools.revocation.revocation_list import (
    BASE,
    RECENT,
    Entry,
    Listed,
    Made,
    RevocationList,
    Source,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
DEFAULT_LIST = "revoked.db"
OPERATOR = "operator"  # who said so, unless --source says something else
_BY = {"uci": hashes.UCI, "country": hashes.COUNTRYCODEUCI, "signature": hashes.SIGNATURE}


@click.group(cls=FallibleGroup)
def command() -> None:
    """Revoked codes: a list, and the parts of bundles that are made of it.

    The list is a file, named with --list or by the site's file (revocation: FILE).
    """


@dataclass(frozen=True)
class Where:
    """Which list, and who is trusted."""

    path: Path
    site: Path | None
    trust: Path | None
    keys: Path

    def open(self, *, create: bool = False) -> RevocationList:
        return RevocationList(self.path, create=create)

    def trust_part(self) -> bytes:
        """Whose signatures are right: of the trust file, or else of the site."""
        if self.trust is not None:
            return trust_list.compile_trust(trust_list.load(self.trust))
        return trust_list.compile_trust(self._entries())

    def issuer_keys(self, name: str) -> list[bytes]:
        """The keys of an issuer that is trusted, or a key in the store or a file."""
        entries = (
            trust_list.load(self.trust)
            if self.trust
            else self._entries()
            if self.site is not None
            else []
        )
        found = [entry.key for entry in entries if entry.name == name]
        return found or [load_public(name, KeyStore(self.keys)).raw]

    def _entries(self) -> Sequence[trust_list.TrustEntry]:
        if self.site is None:
            raise click.UsageError(
                "say whose signatures count: --site SITE.yaml, or --trust FILE of gatectl trust"
            )
        store = KeyStore(self.keys)
        site = read_site(
            yaml_file.load(self.site), times.now(), lambda name: load_public(name, store)
        )
        return site.issuers


def _list_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--list, --site, --trust, --keys: given to the command as one `where`."""

    @folder_option
    @click.option("--trust", type=_FILE, help="Trust file: whose signatures on a code count.")
    @click.option("--site", type=_FILE, help="The site's file: it names the list, and who counts.")
    @click.option(
        "--list",
        "path",
        type=_OUT,
        help=f"The list. Default: what the site says, or {DEFAULT_LIST}.",
    )
    @wraps(function)  # with the options that it has already
    def with_where(
        path: Path | None, site: Path | None, trust: Path | None, folder: Path, **rest: Any
    ) -> Any:
        if path is None and site is not None:
            path = revocation_list_of(yaml_file.load(site))
        return function(Where(path or Path(DEFAULT_LIST), site, trust, folder), **rest)

    return with_where


def _json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(function)


def _at_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--at", type=Moment(), help='What "now" is; default: the clock.')(function)


def _what_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is meant: codes, or parts of them."""
    options = (
        click.argument("codes", nargs=-1, metavar="[CODE]..."),
        click.option("--cti", "ctis", multiple=True, metavar="HEX", help="A cti, with --issuer."),
        click.option("--issuer", metavar="NAME|FILE", help="Whose cti it is: a name or its key."),
        click.option("--uvci", "uvcis", multiple=True, metavar="TEXT", help="A certificate's id."),
        click.option("--country", metavar="CC", help="Of --uvci: only as this country's."),
        click.option(
            "--hash", "given", multiple=True, metavar="HASH",
            help="The first 16 bytes of a SHA-256, or all of it, in hexadecimal or base64.",
        ),
        click.option(
            "--by", type=click.Choice(tuple(_BY)), default="uci", show_default=True,
            help="Which hash of a certificate is listed: its id, that with the country, or the "
            "signature (this one code and no copy issued anew).",
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _entries(
    where: Where,
    codes: Sequence[str],
    ctis: Sequence[str],
    issuer: str | None,
    uvcis: Sequence[str],
    country: str | None,
    given: Sequence[str],
    by: str,
) -> list[Entry]:
    """What was named on the command line."""
    if not (codes or ctis or uvcis or given):
        raise click.UsageError("name what is meant: CODE, --cti, --uvci or --hash")
    if ctis and issuer is None:
        raise click.UsageError("a cti is its issuer's own: add --issuer NAME, or FILE of its key")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise click.UsageError("--country takes two capital letters, such as AT")
    found = [Entry(hashes.of_text(text), hashes.UNKNOWN) for text in given]
    kind = hashes.UCI if country is None else hashes.COUNTRYCODEUCI
    found += [Entry(hashes.of_uvci(text, country), kind) for text in uvcis]
    for text in ctis:
        assert issuer is not None
        try:
            cti = bytes.fromhex(text)
        except ValueError:
            raise click.UsageError(f"--cti takes hexadecimal digits, not {text!r}") from None
        found += [Entry(hashes.of_cti(k, cti), hashes.CTI) for k in where.issuer_keys(issuer)]
    for text in codes:
        for statement in of_code.statements(read_code(text), where.trust_part()):
            found += _chosen(statement.entries, _BY[by])
    return found


def _chosen(entries: Sequence[Entry], kind: str) -> list[Entry]:
    """Of a certificate's hashes those of one kind; what has only one is revoked by that."""
    if len(entries) == 1:
        return list(entries)
    chosen = [entry for entry in entries if entry.kind == kind]
    return chosen or list(entries)


@command.command()
@_list_options
@_what_options
@click.option("--source", default=OPERATOR, show_default=True, help="Who says so.")
@click.option("--expires", type=Moment(), help="When it may be forgotten. Of a CODE: when it ends.")
@_at_option
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
    found = _entries(where, codes, ctis, issuer, uvcis, country, given, by)
    if expires is not None:
        found = [Entry(entry.hash16, entry.kind, expires) for entry in found]
    with where.open(create=True) as book:
        new = book.add(found, Source(source), times.now() if at is None else at)
    for entry in found:
        click.echo(f"{entry.hash16.hex()}  {entry.kind}")
    click.echo(f"{where.path}: {new} of {len(found)} were not on the list before")


@command.command()
@_list_options
@_what_options
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
        else _entries(where, codes, ctis, issuer, uvcis, country, given, by)
    )
    with where.open() as book:
        count = sum(book.remove(entry.hash16) for entry in found)
        if source is not None:
            count += book.remove_source(source)
    click.echo(f"{where.path}: {count} entries taken off")


@command.command("import")
@_list_options
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--source", help="Who says so. Default: the batch's id, or the file's name.")
@click.option(
    "--signer",
    "signers",
    type=_FILE,
    multiple=True,
    help="A certificate: files must be CMS messages, signed by one of those named.",
)
@_at_option
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
@_list_options
@click.option("--source", help="Only what came from this source.")
@click.option("--most", default=50, show_default=True, help="How many to show; -1 for all.")
@_json_option
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
@_list_options
@_what_options
@_at_option
@_json_option
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
        _entries(where, (), ctis, issuer, uvcis, country, given, by)
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


@command.command()
@_list_options
@click.option("-o", "--out", type=_OUT, help="Write the part to this file as well.")
@_at_option
def build(where: Where, out: Path | None, at: int | None) -> None:
    """Make a new base of all that is revoked. Terminals need a whole new bundle then."""
    now = times.now() if at is None else at
    with where.open() as book:
        base, recent = book.build(now, lambda text: click.echo(text, err=True))
    _report([base, recent])
    if out is not None:
        files.write_bytes(out, base.data)


@command.command()
@_list_options
@click.option("-o", "--out", type=_OUT, help="Write the part to this file as well.")
@_at_option
def delta(where: Where, out: Path | None, at: int | None) -> None:
    """Make the delta to the base: what terminals need today (gatectl bundle update signs it)."""
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
        entries = part.read_part(made.data).sets[0].entries
        bits = f", {8 * len(made.data) / entries:.1f} bits an entry" if entries > 100 else ""
        state = "" if made.new else ", as before"
        click.echo(
            f"{made.name}: version {made.version}, {entries:,} entries, "
            f"{len(made.data):,} bytes{bits}{state}"
        )


@command.command()
@_list_options
@_at_option
@_json_option
def stats(where: Where, at: int | None, as_json: bool) -> None:
    """Show how much is on the list, and what its parts take and risk."""
    now = times.now() if at is None else at
    with where.open() as book:
        counts = book.counts(now)
        parts = [made for name in (BASE, RECENT) if (made := book.part(name))]
        change = book.change(now)
    risk = sum(part.read_part(made.data).sets[0].false_matches for made in parts)
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
