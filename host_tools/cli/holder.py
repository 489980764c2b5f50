"""`gatectl holder`: a phone's side. Each command is imported when it is used."""

from __future__ import annotations

import rich_click as click

from host_tools.cli.lazy import LazyGroup

_COMMANDS = {
    "new": "host_tools.cli.holder_phones:new",
    "request": "host_tools.cli.holder_phones:request",
    "add": "host_tools.cli.holder_add",
    "show": "host_tools.cli.holder_show",
    "list": "host_tools.cli.holder_phones:list_",
    "remove": "host_tools.cli.holder_phones:remove",
    "serve": "host_tools.cli.holder_serve",
}


@click.group(cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """What a person's phone does: keep statements of issuers, and show a live code.

    NAME is a simulated phone in ./holders; `serve` is the page for a real one.
    """
