"""`gatectl holder serve`: the phone's page, and the issuers that speak to it."""

from __future__ import annotations

import functools
import io
import ipaddress
import socket
import sys
from pathlib import Path

import qrcode
import rich_click as click
import uvicorn

from host_tools import times, yaml_file
from host_tools.bundles.site import read_site
from host_tools.cli.common import Fallible
from host_tools.cli.keys import folder_option, passphrase_option, private_keys
from host_tools.holder import tls as page_tls
from host_tools.holder.enrolment import Enrolment, new_ticket
from host_tools.holder.serve import application, page_folder
from host_tools.keys.private import generate
from host_tools.keys.store import KeyStore, load_public
from host_tools.names import ES256
from host_tools.problems import Failure

_LOOPBACK = "127.0.0.1"
_TLS_FOLDER = "page-tls"
_MAX_CONNECTIONS = 64
_MAX_HEAD = 16384  # bytes of a request's head
_IDLE_S = 10


@click.command(cls=Fallible)
@click.argument("person", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "issuer", metavar="NAME|FILE",
              help="The issuer's key, unless the file says.")  # fmt: skip
@click.option("--site", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A site's file: issuers are called as its gates call them.")  # fmt: skip
@click.option("--host", default=_LOOPBACK, show_default=True,
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
    address = _address(host)
    store = KeyStore(folder)
    enrolment = Enrolment(
        person,
        ticket or new_ticket(),
        functools.cache(private_keys(store, passphrase_file)),
        issuer,
        _names(site, store),
    )
    enrolment.issue(generate(ES256).public)  # what is wrong with file or keys is said now
    hosts = [address, "localhost"] if address == _LOOPBACK else [address, _LOOPBACK, "localhost"]
    pages = application(enrolment, hosts, page_folder())
    made = page_tls.prepare(folder / _TLS_FOLDER, hosts) if tls else None
    if made is not None:
        click.echo(f"Let the phone trust {made.authority}: send it there, open and install it.")
    server = uvicorn.Server(
        uvicorn.Config(
            pages,
            log_level="warning",
            server_header=False,
            date_header=False,
            lifespan="off",
            ws="none",
            limit_concurrency=_MAX_CONNECTIONS,
            h11_max_incomplete_event_size=_MAX_HEAD,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=1,
            ssl_certfile=made.certificate if made else None,
            ssl_keyfile=made.key if made else None,
        )
    )
    with _listen(host, port) as listener:
        shown = "localhost" if address == _LOOPBACK else address
        number = listener.getsockname()[1]
        url = f"{'https' if tls else 'http'}://{shown}:{number}/#ticket={enrolment.ticket}"
        _announce(url, secure=tls or address == _LOOPBACK)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            click.echo("stopped")


def _names(site: Path | None, store: KeyStore) -> dict[bytes, str]:
    if site is None:
        return {}
    read = read_site(yaml_file.load(site), times.now(), lambda name: load_public(name, store))
    return {issuer.kid: issuer.name for issuer in read.issuers}


def _address(host: str) -> str:
    """The address that a browser is to open."""
    try:
        given = ipaddress.ip_address(host)
    except ValueError:
        return host
    if given.version == 6:
        raise click.UsageError("--host: name an IPv4 address, or 0.0.0.0 for every one")
    if not given.is_unspecified:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks which address would be used
            address: str = probe.getsockname()[0]
        except OSError:
            return _LOOPBACK
    return address


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=_MAX_CONNECTIONS)
    except OSError as error:
        raise Failure(
            f"cannot serve on {host}, port {port}: {error.strerror}; choose another with --port"
        ) from None


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
