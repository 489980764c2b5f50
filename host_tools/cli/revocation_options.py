"""What the commands of `gatectl revocation` share: which list, who is trusted, what is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import times, yaml_file
from host_tools.bundles import trust_list
from host_tools.bundles.site import read_site, revocation_list_of
from host_tools.cli.keys import folder_option
from host_tools.cli.verify import Moment
from host_tools.codes.reading import read_code
from host_tools.keys.store import KeyStore, load_public
from host_tools.revocation import hashes, of_code
from host_tools.revocation.revocation_list import Entry, RevocationList

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
DEFAULT_LIST = "revoked.db"
_BY = {"uci": hashes.UCI, "country": hashes.COUNTRYCODEUCI, "signature": hashes.SIGNATURE}


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


def list_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--list, --site, --trust, --keys: given to the command as one `where`."""

    @folder_option
    @click.option("--trust", type=FILE, help="Trust file: whose signatures on a code count.")
    @click.option("--site", type=FILE, help="The site's file: it names the list, and who counts.")
    @click.option(
        "--list",
        "path",
        type=OUT,
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


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(function)


def at_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--at", type=Moment(), help='What "now" is; default: the clock.')(function)


def what_options(function: Callable[..., Any]) -> Callable[..., Any]:
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


def named_entries(
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
