"""`gatectl bundle`: what a terminal believes, signed by operators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rich_click as click

from host_tools import files, times, yaml_file
from host_tools.bundles import build as building
from host_tools.bundles import bundle_file, follows, sealed, signers
from host_tools.bundles import inspect as inspecting
from host_tools.bundles.bundle_file import BundleFile
from host_tools.bundles.sealed import ROTATION, Sealed
from host_tools.bundles.site import Site, read_site
from host_tools.cli import bundle_root, bundle_show
from host_tools.cli.common import FallibleGroup, warn
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.keys.private import PrivateKey
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
@click.option(
    "--after", type=_FILE, help="The bundle that terminals have; default: what is at OUT now."
)
@click.option("--root", type=_FILE, help="Who must sign; default: those who do, written beside it.")
@click.option(
    "--rotation", "rotations", type=_FILE, multiple=True,
    help="A rotation of the root (gatectl bundle rotate) that terminals are to follow.",
)  # fmt: skip
@click.option("--at", metavar="TIME", help='What "now" is; default: the clock.')
@passphrase_option
@folder_option
def build(
    site: Path,
    out: Path | None,
    operators: tuple[str, ...],
    after: Path | None,
    root: Path | None,
    rotations: tuple[Path, ...],
    at: str | None,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Build and sign the bundle of SITE, a YAML file (see examples/sites).

    It gets a higher version than the bundle before, and so do those parts whose content differs.
    The keys of those who signed are written beside it, as NAME.root.cbor, unless --root says who
    must; a terminal gets its root once, at provisioning (see gatectl bundle root). If others have
    to sign too, send them the file (see gatectl bundle sign).
    """
    try:
        now = times.now() if at is None else times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None
    out = out or site.with_suffix(".bundle")
    store = KeyStore(folder)
    read = read_site(yaml_file.load(site), now, lambda name: load_public(name, store))
    before = bundle_file.load(after) if after else _at_hand(out, read)
    names = operators or read.operators or _only_operator(store)
    find = private_keys(store, passphrase_file)
    signing = [find(name) for name in names]
    chain = [_rotation(path) for path in rotations]
    data = building.build(read, signing, before, chain)
    files.write_bytes(out, data)
    made = bundle_file.read(data)
    ends = min(part.terms.expires for part in made.manifest.parts)
    click.echo(
        f"{out}: {read.name}, version {made.manifest.version}, {len(data)} bytes, "
        f"{len(read.issuers)} issuers' keys, valid until {times.rfc3339(ends)}"
    )
    if before is not None:
        known = {part.digest for part in before.manifest.parts}
        new = [part for part in made.manifest.parts if part.digest not in known]
        names_new = ", ".join(part.name for part in new) or "nothing but the validity"
        click.echo(f"since version {before.manifest.version}: {names_new}")
    if root is None:
        beside = building.root_beside(out)
        files.write_bytes(beside, building.root([key.public for key in signing], len(signing)))
        click.echo(f"{beside}: signed by {', '.join(names)}")
    else:
        _say_who_signed(out, data, root.read_bytes())


@command.command()
@click.argument("file", type=_FILE)
@click.option("--key", "operators", multiple=True, required=True, metavar="NAME|FILE")
@click.option("-o", "--out", type=_OUT, help="Where to write it; default: in its place.")
@click.option("--root", type=_FILE, help="Who must sign; default: .root.cbor beside it, if any.")
@passphrase_option
@folder_option
def sign(
    file: Path,
    operators: tuple[str, ...],
    out: Path | None,
    root: Path | None,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Add your signature to FILE: a bundle, an update or a rotation of the root.

    Operators sign one after the other, each on a computer of their own.
    """
    find = private_keys(KeyStore(folder), passphrase_file)
    signing = [find(name) for name in operators]
    data = file.read_bytes()
    signed = _signed(file, data, signing)
    out = out or file
    files.write_bytes(out, signed)
    beside = building.root_beside(file)
    known = root or (beside if beside.is_file() else None)
    if known is None:
        click.echo(f"{out}: signed by {', '.join(operators)}; --root would say whether that is all")
    else:
        _say_who_signed(out, signed, known.read_bytes())


@command.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option("-o", "--out", type=_OUT, help="The update; default: AFTER with .update instead.")
def update(before: Path, after: Path, out: Path | None) -> None:
    """Write the update from one bundle to another: the new head, and the parts that are new.

    A terminal with the bundle BEFORE takes it; another one finds that parts are missing.
    """
    old, new = bundle_file.load(before), bundle_file.load(after)
    follows.check(old.manifest, new.manifest)
    if not new.whole:
        raise Failure(f"{after} is an update itself; name the whole bundle")
    made = new.since(old)
    data = made.encode()
    out = out or after.with_suffix(".update")
    files.write_bytes(out, data)
    carried = ", ".join(made.parts) or "no part, only the validity"
    click.echo(
        f"{out}: version {old.manifest.version} to {new.manifest.version}, {len(data)} bytes "
        f"instead of {after.stat().st_size}: {carried}"
    )


@command.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
def diff(before: Path, after: Path) -> None:
    """Show what differs between two bundles."""
    lines = inspecting.diff(bundle_file.load(before), bundle_file.load(after))
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line, fg=colour)
    if not lines:
        click.echo("no difference")


command.add_command(bundle_show.show)
command.add_command(bundle_show.inspect)
command.add_command(bundle_show.check)
command.add_command(bundle_root.root)
command.add_command(bundle_root.rotate)


def _at_hand(out: Path, site: Site) -> BundleFile | None:
    """The bundle that is about to be overwritten, if it is the site's."""
    if not out.is_file():
        return None
    try:
        before = bundle_file.load(out)
    except Failure as failure:
        warn(f"{failure}; it is replaced, and versions begin anew")
        return None
    if before.manifest.site != site.name:
        warn(f"{out} was of the site {before.manifest.site!r}; it is replaced")
        return None
    return before


def _signed(file: Path, data: bytes, signing: Sequence[PrivateKey]) -> bytes:
    """The bundle, update or rotation with further signatures."""
    try:
        found = sealed.read(data, ROTATION)
    except ValueError:
        try:
            return building.signed_by(bundle_file.read(data), signing).encode()
        except Failure as failure:
            raise Failure(f"{file}: neither a rotation nor a bundle: {failure}") from None
    return bundle_root.signed_by(found, signing).encode()


def _say_who_signed(out: Path, data: bytes, root: bytes) -> None:
    """How many of those who must have signed, as the firmware counts them."""
    try:
        sealed.read(data, ROTATION)
    except ValueError:
        bundle_show.say_signers(out, signers.of_bundle(data, root))
        return
    bundle_root.say_signers(out, data, root)


def _rotation(path: Path) -> Sealed:
    try:
        return sealed.read(path.read_bytes(), ROTATION)
    except ValueError as error:
        raise Failure(
            f"{path}: not a rotation of the root ({error}); gatectl bundle rotate makes one"
        ) from None


def _only_operator(store: KeyStore) -> tuple[str, ...]:
    operators = [key.name for key in store.everything() if key.role == "operator"]
    if len(operators) == 1:
        return (operators[0],)
    choice = (
        f"one of {', '.join(operators)}" if operators else "make one: gatectl keys new operator"
    )
    raise Failure(f"no operator is named; use --key, or 'operators:' in the file ({choice})")
