"""Where a page's server listens, and how much it takes at once."""

from __future__ import annotations

import ipaddress
import socket

import rich_click as click
import uvicorn
from starlette.types import ASGIApp

from host_tools.problems import Failure

LOOPBACK = "127.0.0.1"
_MAX_CONNECTIONS = 64
_MAX_HEAD = 16384  # bytes of a request's head
_IDLE_S = 10


def address_of(host: str) -> str:
    """The address that a browser is to open, for what was given as --host."""
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
            return LOOPBACK
    return address


def hosts_of(address: str) -> list[str]:
    """The names that the server answers to."""
    return [address, "localhost"] if address == LOOPBACK else [address, LOOPBACK, "localhost"]


def socket_on(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=_MAX_CONNECTIONS)
    except OSError as error:
        raise Failure(
            f"cannot serve on {host}, port {port}: {error.strerror}; choose another with --port"
        ) from None


def server(
    pages: ASGIApp, certificate: str | None = None, key: str | None = None
) -> uvicorn.Server:
    """certificate, key: files, for https."""
    return uvicorn.Server(
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
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )
