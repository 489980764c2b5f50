"""`gatectl bundle root` and `rotate`: which operators terminals obey, and how that changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rich_click as click

from host_tools import files
from host_tools.bundles import root_file, sealed, signers
from host_tools.bundles.sealed import ROTATION, Sealed
from host_tools.cli.common import Fallible
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.keys.private import PrivateKey
from host_tools.keys.store import KeyStore, load_public

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=Fallible)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--threshold", type=click.IntRange(1, 8), help="How many must sign; default: all.")
@click.option(
    "--version", "number", type=click.IntRange(1), default=1, show_default=True,
    help="Higher than a terminal has, to give it operators' keys anew by hand.",
)  # fmt: skip
@click.option("-o", "--out", type=_OUT, default="root.cbor", show_default=True)
@folder_option
def root(
    keys: tuple[str, ...], threshold: int | None, number: int, out: Path, folder: Path
) -> None:
    """Write the root for terminals: which operators may sign bundles, and how many must."""
    store = KeyStore(folder)
    found = [load_public(name, store) for name in keys]
    needed = threshold or len(found)
    files.write_bytes(out, root_file.make(found, needed, number).encode())
    click.echo(f"{out}: {needed} of {len(found)} operators must sign")


@click.command(cls=Fallible)
@click.argument("old", type=_FILE)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--threshold", type=click.IntRange(1, 8), help="How many must sign; default: all.")
@click.option(
    "--sign", "names", multiple=True, metavar="NAME|FILE",
    help="An operator's key, of the old root or the new one, to sign with now.",
)  # fmt: skip
@click.option(
    "-o", "--out", type=_OUT, required=True, help="The rotation, to be put into a bundle."
)
@passphrase_option
@folder_option
def rotate(
    old: Path,
    keys: tuple[str, ...],
    threshold: int | None,
    names: tuple[str, ...],
    out: Path,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Replace the root OLD by one of KEY...: terminals follow when enough operators of the old root
    and enough of the new one have signed.

    Others sign with gatectl bundle sign; gatectl bundle build --rotation puts it into a bundle. The
    new root alone, for new terminals, is written beside it.
    """
    store = KeyStore(folder)
    before = root_file.read(old.read_bytes())
    found = [load_public(name, store) for name in keys]
    after = root_file.make(found, threshold or len(found), before.version + 1)
    find = private_keys(store, passphrase_file)
    data = signed_by(root_file.rotation(after), [find(name) for name in names]).encode()
    files.write_bytes(out, data)
    beside = out.with_suffix(".root.cbor")
    files.write_bytes(beside, after.encode())
    click.echo(f"{beside}: root {after.version}, {after.threshold} of {len(found)} must sign")
    say_signers(out, data, before.encode())


def signed_by(rotation: Sealed, signing: Sequence[PrivateKey]) -> Sealed:
    """A rotation with further signatures."""
    return rotation.signed_by(signing, 2 * root_file.MAX_KEYS)


def say_signers(path: Path, data: bytes, old: bytes) -> None:
    """How many of the old root's and of the new one's operators have signed a rotation."""
    rotation = sealed.read(data, ROTATION)
    before, after = root_file.read(old), root_file.read(rotation.payload)
    if not rotation.signatures:
        click.echo(f"{path}: root {before.version} to {after.version}, not signed yet")
        return
    verdict = signers.of_rotation(data, old)
    click.echo(
        f"{path}: root {before.version} to {after.version}, signed by "
        f"{len(verdict.signers)} of the {before.threshold} old operators that it takes and "
        f"{len(verdict.own)} of the {after.threshold} new ones"
    )
    if verdict.refused:
        click.echo(f"not enough yet ({verdict.refused}); the next one: gatectl bundle sign {path}")
