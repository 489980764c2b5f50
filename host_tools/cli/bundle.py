"""`gatectl bundle`: what a terminal believes, signed by operators."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from host_tools import files, times, yaml_file
from host_tools.bundles import build as building
from host_tools.bundles import inspect as inspecting
from host_tools.bundles.site import read_site
from host_tools.cli.common import FallibleGroup, print_json, print_table
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.keys.store import KeyStore, load_public
from host_tools.problems import Failure

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=FallibleGroup)
def command() -> None:
    """Bundles: issuers' keys and a site's policy, signed by operators."""


@command.command()
@click.argument("site", type=_FILE)
@click.option("-o", "--out", type=_OUT, help="The bundle; default: SITE with .bundle instead.")
@click.option(
    "--key",
    "operators",
    multiple=True,
    metavar="NAME|FILE",
    help="An operator's key; may be given several times. Default: what SITE says.",
)
@click.option("--at", metavar="TIME", help='What "now" is; default: the clock.')
@passphrase_option
@folder_option
def build(
    site: Path,
    out: Path | None,
    operators: tuple[str, ...],
    at: str | None,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Build and sign the bundle of SITE, a YAML file (see examples/sites).

    The keys of those who signed are written beside it, as NAME.root.cbor; a terminal gets its root
    once, at provisioning (see gatectl bundle root).
    """
    try:
        now = times.now() if at is None else times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None
    store = KeyStore(folder)
    read = read_site(yaml_file.load(site), now, lambda name: load_public(name, store))
    names = operators or read.operators or _only_operator(store)
    find = private_keys(store, passphrase_file)
    signers = [find(name) for name in names]
    data = building.build(read, signers)
    root = building.root([signer.public for signer in signers], len(signers))
    out = out or site.with_suffix(".bundle")
    files.write_bytes(out, data)
    files.write_bytes(building.root_beside(out), root)
    click.echo(
        f"{out}: {read.name}, version {read.version}, {len(data)} bytes, "
        f"{len(read.issuers)} issuers' keys, valid until {times.rfc3339(read.expires)}"
    )
    click.echo(f"{building.root_beside(out)}: signed by {', '.join(names)}")


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--threshold", type=click.IntRange(1, 8), help="How many must sign; default: all.")
@click.option("-o", "--out", type=_OUT, default="root.cbor", show_default=True)
@folder_option
def root(keys: tuple[str, ...], threshold: int | None, out: Path, folder: Path) -> None:
    """Write the root for terminals: which operators may sign bundles, and how many must."""
    store = KeyStore(folder)
    found = [load_public(name, store) for name in keys]
    needed = threshold or len(found)
    files.write_bytes(out, building.root(found, needed))
    click.echo(f"{out}: {needed} of {len(found)} operators must sign")


@command.command()
@click.argument("bundle", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect(bundle: Path, as_json: bool) -> None:
    """Show what is in BUNDLE. Its signatures are not checked."""
    document = _read(bundle).as_json()
    if as_json:
        print_json(document)
        return
    issuers, policy = document.pop("issuers", []), document.pop("policy", {})
    signed_by, parts = document.pop("signed_by"), document.pop("parts")
    assert isinstance(issuers, list)
    assert isinstance(policy, dict)
    assert isinstance(signed_by, list)
    assert isinstance(parts, dict)
    for name, value in document.items():
        click.echo(f"{name:12}{value}")
    signers = ", ".join(f"{one['kid']} ({one['alg']})" for one in signed_by)
    click.echo(f"{'signed by':12}{signers}")
    for name, part in parts.items():
        click.echo(f"{name:12}version {part['version']}, {part['bytes']} bytes")
    click.echo()
    print_table(
        ("kid", "algorithm", "name", "claims", "for", "formats"),
        [
            (one["kid"], one["alg"], one["name"], " ".join(one["claims"]),
             " ".join(one["jurisdictions"]) or "any", " ".join(one["formats"]))
            for one in issuers
        ],
    )  # fmt: skip
    click.echo()
    for line in _lines(policy):
        click.echo(line)


@command.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
def diff(before: Path, after: Path) -> None:
    """Show what differs between two bundles."""
    lines = inspecting.diff(_read(before), _read(after))
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line, fg=colour)
    if not lines:
        click.echo("no difference")


def _only_operator(store: KeyStore) -> tuple[str, ...]:
    operators = [key.name for key in store.everything() if key.role == "operator"]
    if len(operators) == 1:
        return (operators[0],)
    choice = (
        f"one of {', '.join(operators)}" if operators else "make one: gatectl keys new operator"
    )
    raise Failure(f"no operator is named; use --key, or 'operators:' in the file ({choice})")


def _read(path: Path) -> inspecting.Bundle:
    try:
        return inspecting.read(path.read_bytes())
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except Failure as failure:
        raise Failure(f"{path}: {failure}") from None


_WORDS = {"[]": "none", "True": "yes", "False": "no"}


def _lines(value: object, depth: int = 0) -> list[str]:
    """Nested words as indented lines, like the YAML they came from."""
    lines = []
    indent = "  " * depth
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict) or (inner and isinstance(inner, list)):
                plain = isinstance(inner, list) and not any(isinstance(i, dict) for i in inner)
                if plain:
                    lines.append(f"{indent}{name}: {', '.join(map(str, inner))}")
                    continue
                lines.append(f"{indent}{name}:" + (" any" if inner == {} else ""))
                lines.extend(_lines(inner, depth + 1))
            else:
                lines.append(f"{indent}{name}: {_WORDS.get(str(inner), inner)}")
    elif isinstance(value, list):
        for inner in value:
            first, *rest = _lines(inner, depth + 1)
            lines.append(f"{indent}- {first.strip()}")
            lines.extend(rest)
    return lines
