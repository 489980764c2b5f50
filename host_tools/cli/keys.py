"""`gatectl keys`: key pairs of issuers, operators, holders and devices."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools.cli.common import FallibleGroup, print_json, print_table, warn
from host_tools.keys.private import NAMES, PrivateKey
from host_tools.keys.store import (
    DEFAULT_FOLDER,
    ENVIRONMENT,
    ROLES,
    KeyStore,
    StoredKey,
    load_private,
    needs_passphrase,
)
from host_tools.problems import Failure

PHRASE_VARIABLE = "GATECTL_PASSPHRASE"


def folder_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--keys: where the key store is."""
    return click.option(
        "-d", "--dir", "--keys", "folder", default=DEFAULT_FOLDER, envvar=ENVIRONMENT,
        show_default=True, show_envvar=True, type=click.Path(file_okay=False, path_type=Path),
        help="The folder with the keys.",
    )(function)  # fmt: skip


def passphrase_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--passphrase-file: for encrypted keys where nobody can be asked."""
    return click.option(
        "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"The file with the keys' passphrase; else {PHRASE_VARIABLE} in the environment.",
    )(function)  # fmt: skip


def given_passphrase(file: Path | None) -> bytes | None:
    """The passphrase from a file's first line or the environment, if there is one."""
    text = os.environ.get(PHRASE_VARIABLE)
    if file is not None:
        try:
            text = file.read_text().split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{file}: cannot be read: {error}") from None
        if not text:
            raise Failure(f"{file}: its first line is empty; put the passphrase there")
    return text.encode() if text else None


def private_keys(store: KeyStore, file: Path | None) -> Callable[[str], PrivateKey]:
    """Finds private keys by NAME or FILE. For encrypted ones it takes the given passphrase, or asks
    when one is needed and someone is there."""
    given = given_passphrase(file)

    def find(reference: str) -> PrivateKey:
        if given is None and sys.stdin.isatty() and needs_passphrase(reference, store):
            text: str = click.prompt(f"Passphrase of {reference}", hide_input=True, err=True)
            return load_private(reference, store, text.encode())
        return load_private(reference, store, given)

    return find


@click.group(cls=FallibleGroup)
def command() -> None:
    """Key pairs: files in a folder, private ones for their owner only."""


@command.command()
@click.argument("role", type=click.Choice(ROLES))
@click.option("--name", help="What to call it; default: its role.")
@click.option(
    "--alg", type=click.Choice(list(NAMES)), default="es256", show_default=True,
    help="Signature algorithm.",
)  # fmt: skip
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase and encrypt the key.")
@passphrase_option
@folder_option
def new(
    role: str,
    name: str | None,
    alg: str,
    passphrase: bool,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Make a key pair for an issuer, operator, holder or device."""
    if role == "holder" and alg != "es256":
        raise click.UsageError("a holder's key must be es256: the code has no room for others")
    secret = given_passphrase(passphrase_file)
    if passphrase and secret is None:
        secret = click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=True, err=True
        ).encode()
    key = KeyStore(folder).new(role, NAMES[alg], name, secret)
    protection = "encrypted" if secret else "not encrypted"
    click.echo(f"{key.private}: {key.public.algorithm} key of {role} {key.name}, {protection}")
    click.echo(f"kid {key.public.kid.hex()}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@folder_option
def list_(as_json: bool, folder: Path) -> None:
    """List the keys of the folder."""
    keys = KeyStore(folder).everything()
    for key in keys:
        if key.exposed:
            warn(f"{key.private}: others may read this private key; run: chmod 600 {key.private}")
    if as_json:
        print_json([_to_json(key) for key in keys])
    elif not keys:
        click.echo(f"no keys in {folder}; make one with: gatectl keys new ROLE")
    else:
        rows = [
            (k.name, k.role, k.public.algorithm, k.public.kid.hex(), _private_text(k)) for k in keys
        ]
        print_table(("name", "role", "algorithm", "kid", "private key"), rows)


@command.command()
@click.argument("name")
@click.option("--public", is_flag=True, help="The public half alone, in PEM unless you say how.")
@click.option("--jwk", "form", flag_value="jwk", help="As a JSON Web Key.")
@click.option("--pem", "form", flag_value="pem", help="As SubjectPublicKeyInfo in PEM.")
@click.option("--raw", "form", flag_value="raw", help="As the gate has it, in hex.")
@click.option("--json", "form", flag_value="json", help="Everything about it, as JSON.")
@folder_option
def show(name: str, public: bool, form: str | None, folder: Path) -> None:
    """Show the public half of a key: in words, or in one of the forms others read."""
    key = KeyStore(folder).find(name)
    if public and form is None:
        form = "pem"
    if form == "jwk":
        print_json({**key.public.jwk(), "name": key.name})
    elif form == "pem":
        click.echo(key.public.pem(), nl=False)
    elif form == "raw":
        click.echo(key.public.raw.hex())
    elif form == "json":
        print_json(_to_json(key))
    else:
        for field, value in _to_json(key).items():
            click.echo(f"{field:12}{value}")


def _private_text(key: StoredKey) -> str:
    if key.private is None:
        return "not here"
    return "encrypted" if key.encrypted else "not encrypted"


def _to_json(key: StoredKey) -> dict[str, object]:
    return {
        "name": key.name,
        "role": key.role,
        "alg": key.public.algorithm,
        "kid": key.public.kid.hex(),
        "public": base64.b64encode(key.public.raw).decode(),
        "private": _private_text(key),
        "file": str(key.private) if key.private else None,
        "exposed": key.exposed,
    }
