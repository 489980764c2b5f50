"""`gatectl holder serve`: the phone's page, and the issuers that speak to it."""

from __future__ import annotations

import functools
import io
import sys
from pathlib import Path

import qrcode
import rich_click as click

from host_tools import times, yaml_file
from host_tools.bundles.site import read_site
from host_tools.cli.common import Fallible
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.holder import tls as page_tls
from host_tools.holder.enrolment import Enrolment, new_ticket
from host_tools.holder.serve import PAGE, application
from host_tools.keys.private import generate
from host_tools.keys.store import KeyStore, load_public
from host_tools.names import ES256
from host_tools.pages import listen
from host_tools.pages.strict import page_folder

_TLS_FOLDER = "page-tls"


@click.command(cls=Fallible)
@click.argument("person", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "issuer", metavar="NAME|FILE",
              help="The issuer's key, unless the file says.")  # fmt: skip
@click.option("--site", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A site's file: issuers are called as its gates call them.")  # fmt: skip
@click.option("--host", default=listen.LOOPBACK, show_default=True,
              help="The address to serve on; 0.0.0.0 is every one.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True,
              help="0 takes a free one.")  # fmt: skip
@click.option("--tls", is_flag=True,
              help="Serve https, which phones need.")  # fmt: skip
@click.option("--ticket", envvar="GATECTL_TICKET",
              help="What the phone shows the issuers; default: a new one.")  # fmt: skip
@passphrase_option
@folder_option
def command(
    person: Path,
    issuer: str | None,
    site: Path | None,
    host: str,
    port: int,
    tls: bool,
    ticket: str | None,
    passphrase_file: Path | None,
    folder: Path,
) -> None:
    """Serve the page for PERSON (a YAML file, see examples/persons) until Ctrl+C.

    The page makes its own key; the issuers that the file names sign what it says for that key.
    After the first load the page needs no network.
    """
    address = listen.address_of(host)
    store = KeyStore(folder)
    enrolment = Enrolment(
        person,
        ticket or new_ticket(),
        functools.cache(private_keys(store, passphrase_file)),
        issuer,
        _names(site, store),
    )
    enrolment.issue(generate(ES256).public)  # what is wrong with file or keys is said now
    hosts = listen.hosts_of(address)
    pages = application(enrolment, hosts, page_folder(PAGE))
    made = page_tls.prepare(folder / _TLS_FOLDER, hosts) if tls else None
    if made is not None:
        click.echo(f"Let the phone trust {made.authority}: send it there, open and install it.")
    certificate, key = (str(made.certificate), str(made.key)) if made else (None, None)
    server = listen.server(pages, certificate, key)
    with listen.socket_on(host, port) as listener:
        shown = "localhost" if address == listen.LOOPBACK else address
        number = listener.getsockname()[1]
        url = f"{'https' if tls else 'http'}://{shown}:{number}/#ticket={enrolment.ticket}"
        _announce(url, secure=tls or address == listen.LOOPBACK)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            click.echo("stopped")


def _names(site: Path | None, store: KeyStore) -> dict[bytes, str]:
    if site is None:
        return {}
    read = read_site(yaml_file.load(site), times.now(), lambda name: load_public(name, store))
    return {issuer.kid: issuer.name for issuer in read.issuers}


def _announce(url: str, *, secure: bool) -> None:
    """Where to go, also as a picture for a phone's camera."""
    click.echo(f"Open {url}")
    if not secure:
        click.echo(
            "Without https only this computer's own browser can sign; for a phone add --tls."
        )
    elif "//localhost" not in url:
        click.echo(_picture(url))
    click.echo("Ctrl+C ends it. The page goes on working without it.")
    sys.stdout.flush()


def _picture(url: str) -> str:
    code = qrcode.QRCode(border=2)
    code.add_data(url)
    stream = io.StringIO()
    code.print_ascii(out=stream, invert=True)
    return stream.getvalue()
