"""`gatectl trust`: whose signatures a terminal believes."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from host_tools.bundles import trust_file
from host_tools.bundles.entry import TrustEntry, merge
from host_tools.bundles.imports import Overrides, import_files
from host_tools.bundles.jwks import KID_FORMS
from host_tools.cli.common import (
    FallibleGroup,
    Jurisdictions,
    Words,
    fail,
    print_json,
    print_table,
    warn,
)
from host_tools.names import (
    ALGORITHMS,
    FORMATS,
    KINDS,
    LATEST,
    claims_mask,
    claims_words,
    formats_mask,
    formats_words,
    word,
)
from host_tools.problems import Failure
from host_tools.times import now, rfc3339

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=FallibleGroup)
def command() -> None:
    """Trust files: the keys of issuers and what each may say."""


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option(
    "-o", "--out", default="trust.json", type=click.Path(path_type=Path), show_default=True,
    help="The trust file to write; - for standard output.",
)  # fmt: skip
@click.option("--append", is_flag=True, help="Keep what the trust file holds already.")
@click.option("--name", help="The issuer's name, instead of the one in the file.")
@click.option("--claims", type=Words(KINDS), help="Only these kinds of claims, by commas.")
@click.option(
    "--jurisdiction", "jurisdictions", type=Jurisdictions(),
    help="Only for these places, by commas: CN, CN-31, AT. Default: for everyone.",
)  # fmt: skip
@click.option("--formats", type=Words(FORMATS), help=f"Only these formats: {', '.join(FORMATS)}.")
@click.option(
    "--kid", "kid_form", type=click.Choice(KID_FORMS), default="auto", show_default=True,
    help="How the kid of a JWK is to be read.",
)  # fmt: skip
@click.option(
    "--iss", metavar="URL",
    help="JSON Web Keys are for SMART Health Cards, published under this URL.",
)  # fmt: skip
def import_(
    files: tuple[Path, ...],
    out: Path,
    append: bool,
    name: str | None,
    claims: tuple[str, ...] | None,
    jurisdictions: tuple[str, ...] | None,
    formats: tuple[str, ...] | None,
    kid_form: str,
    iss: str | None,
) -> None:
    """Import X.509 certificates, public keys, JWK sets and trust lists into a trust file.

    Certificates: PEM, DER or base64 DER. Certificates may sign HC1, for the claims that their
    extended key usage names; JWKs may sign OC1 and HC1 and make all claims, unless you say less.
    An issuer of SMART Health Cards publishes its JWKs at URL/.well-known/jwks.json: name the URL
    with --iss, and with --jurisdiction whom it speaks for. VCI's snapshot has the URLs in it.
    """
    overrides = Overrides(
        name=name,
        claims=claims_mask(claims) if claims else None,
        jurisdictions=jurisdictions,
        formats=formats_mask(formats) if formats else None,
    )
    imported = import_files(files, overrides, kid_form, _url(iss))
    for line in imported.warnings:
        warn(line)
    if not imported.entries:
        fail("nothing was imported")
    older = trust_file.load(out) if append and out.exists() else []
    entries = merge([*older, *imported.entries])
    if str(out) == "-":
        click.echo(trust_file.dumps(entries), nl=False)
        return
    trust_file.save(out, entries)
    _print(merge(imported.entries))
    expired = sum(entry.not_after < now() for entry in entries)
    click.echo(f"{out}: {len(entries)} keys" + (f", {expired} of them expired" * bool(expired)))


def _url(iss: str | None) -> str | None:
    """The URL as cards have it: https, no slash at the end."""
    if iss is not None and not iss.startswith("https://"):
        raise Failure(f"--iss {iss}: the URL of an issuer begins with https://")
    return None if iss is None else iss.removesuffix("/.well-known/jwks.json").rstrip("/")


@command.command("list")
@click.argument("file", type=_FILE, default="trust.json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(file: Path, as_json: bool) -> None:
    """List the keys of a trust file."""
    entries = merge(trust_file.load(file))
    if as_json:
        print_json(trust_file.to_document(entries)["issuers"])
    else:
        _print(entries)


@command.command()
@click.argument("kid")
@click.argument("file", type=_FILE, default="trust.json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(kid: str, file: Path, as_json: bool) -> None:
    """Show every key under a KID (hex, or the beginning of it) or issuer's name."""
    wanted = kid.lower()
    found = [
        entry
        for entry in merge(trust_file.load(file))
        if entry.kid.hex().startswith(wanted) or entry.name.lower() == wanted
    ]
    if not found:
        raise Failure(f"{file}: no key has the kid or the name {kid}; see: gatectl trust list")
    if as_json:
        print_json([trust_file.to_json(entry) for entry in found])
        return
    for entry in found:
        for field, value in trust_file.to_json(entry).items():
            text = ", ".join(value) or "any" if isinstance(value, list) else str(value)
            click.echo(f"{field:14}{text}")
        click.echo()


def _print(entries: list[TrustEntry]) -> None:
    columns = ("kid", "algorithm", "name", "valid from", "until", "claims", "for", "formats")
    print_table(
        columns,
        [
            (
                entry.kid.hex(),
                word(ALGORITHMS, entry.alg),
                entry.name,
                rfc3339(entry.not_before)[:10] if entry.not_before else "any",
                rfc3339(entry.not_after)[:10] if entry.not_after != LATEST else "any",
                " ".join(claims_words(entry.claims)),
                " ".join(entry.jurisdictions) or "any",
                " ".join(formats_words(entry.formats)),
            )
            for entry in entries
        ],
    )
