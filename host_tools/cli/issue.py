"""`gatectl issue`: a signed code from a person's file."""

from __future__ import annotations

import secrets
from pathlib import Path

import rich_click as click

from host_tools import times, yaml_file
from host_tools.cli.common import Fallible, print_json
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.cli.pictures import check_outs, out_option, save
from host_tools.codes import issuing, oc1
from host_tools.codes.issuing import Shown
from host_tools.codes.person import Person, read_person
from host_tools.codes.picture import LEVELS, Picture, draw, line_ms
from host_tools.holder import request
from host_tools.keys.store import KeyStore, load_public
from host_tools.problems import Failure

BAUDS = (9600, 115200)


@click.command(cls=Fallible)
@click.argument("person", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", "issuer", metavar="NAME|FILE", help="The issuer's key, unless the file says."
)
@click.option("--holder", metavar="NAME|FILE", help="The holder's key; overrides the file's.")
@click.option("--proof", is_flag=True, help="Add the holder's signature of now.")
@click.option("--gate", metavar="ID", help="Make the proof for this gate only.")
@click.option("--for", "given", metavar="REQUEST",
              help="Make it for the phone with this request, a text or a file.")  # fmt: skip
@click.option("--only", metavar="NAME", help="Only what this issuer says.")
@click.option("--id", "identifier", metavar="random|HEX",
              help="The cti by which it can be revoked; overrides the file's.")  # fmt: skip
@out_option
@click.option("--terminal", is_flag=True, help="Draw the code in the terminal.")
@click.option("--level", type=click.Choice(list(LEVELS)), default="M", show_default=True,
              help="Error correction of the picture.")  # fmt: skip
@click.option("--at", "at", metavar="TIME", help='What "now" is; default: the clock.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@passphrase_option
@folder_option
def command(
    person: Path,
    issuer: str | None,
    holder: str | None,
    proof: bool,
    gate: str | None,
    given: str | None,
    only: str | None,
    identifier: str | None,
    outs: tuple[Path, ...],
    terminal: bool,
    level: str,
    at: str | None,
    as_json: bool,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Make a code from PERSON, a YAML file (see examples/persons).

    For a person with several issuers each runs this alone, with --for and --only: the phone puts
    together what they give it (gatectl holder add).

    Prints the code's text, unless it is written to a file or drawn.
    """
    check_outs(outs)
    if given is not None and (holder is not None or proof):
        raise click.UsageError("with --for the phone has the key and adds the proof itself")
    if gate is not None and not proof:
        raise click.UsageError("--gate is for a proof; add --proof")
    now = _now(at)
    read = read_person(yaml_file.load(person), now)
    if holder is not None:
        read.holder = holder
    if identifier is not None:
        read.cti = _cti(identifier)
    store = KeyStore(folder)
    default = issuer or _only_issuer(store, read)
    shown = Shown(now, gate) if proof else None
    find_private = private_keys(store, passphrase_file)
    block = None if given is None else request.read(given)
    try:
        if block is not None:
            text = issuing.issue_for(read, block, find_private, default, only)
        else:
            text = issuing.issue(
                read, find_private, lambda name: load_public(name, store), default, shown, only
            )
    except Failure as failure:
        raise Failure(f"{person}: {failure}") from None
    picture = draw(text, level)
    save(picture, outs)
    _report(picture, read, outs, terminal, as_json)


def _cti(text: str) -> bytes:
    try:
        cti = secrets.token_bytes(8) if text == "random" else bytes.fromhex(text)
    except ValueError:
        cti = b""
    if not 4 <= len(cti) <= 16:
        raise click.UsageError(f"--id takes 'random' or 4 to 16 bytes in hexadecimal, not {text!r}")
    return cti


def _now(at: str | None) -> int:
    if at is None:
        return times.now()
    try:
        return times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None


def _only_issuer(store: KeyStore, person: Person) -> str | None:
    """The one issuer's key of the store, if the file leaves it open and there is just one."""
    if all(statement.issuer for statement in person.statements):
        return None
    issuers = [key.name for key in store.everything() if key.role == "issuer"]
    if len(issuers) == 1:
        return issuers[0]
    choice = f"one of {', '.join(issuers)}" if issuers else "make one: gatectl keys new issuer"
    raise Failure(f"no issuer is named; use --key, or 'issuer:' in the file ({choice})")


def _report(
    picture: Picture, person: Person, outs: tuple[Path, ...], terminal: bool, as_json: bool
) -> None:
    size = len(picture.text)
    if as_json:
        print_json(
            {
                "code": picture.text,
                "characters": size,
                "qr_version": picture.version,
                "qr_level": picture.level,
                "issuers": len(oc1.split_text(picture.text)[1]),
                "id": None if person.cti is None else person.cti.hex(),
                "issued": times.rfc3339(person.issued),
                "expires": times.rfc3339(person.expires),
                "line_ms": {str(baud): round(line_ms(size, baud), 1) for baud in BAUDS},
                "files": [str(out) for out in outs],
            }
        )
        return
    if terminal:
        click.echo(picture.terminal())
    if not outs and not terminal:
        click.echo(picture.text)
    for out in outs:
        click.echo(str(out))
    code_is_output = not outs and not terminal  # then stdout holds the code and nothing else
    speeds = ", ".join(f"{line_ms(size, baud):.0f} ms at {baud:,} baud" for baud in BAUDS)
    click.echo(
        f"QR version {picture.version} at level {picture.level}, {size} characters: {speeds}; "
        f"valid until {times.rfc3339(person.expires)}",
        err=code_is_output,
    )
