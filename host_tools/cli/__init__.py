"""`gatectl`: the one command. Each command has a module of its own, imported when it is used."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import rich_click as click

from host_tools.cli.lazy import LazyGroup

# command -> module; the module has a click command or group named `command`
COMMANDS = {
    "keys": "host_tools.cli.keys",
    "issue": "host_tools.cli.issue",
    "holder": "host_tools.cli.holder",
    "bundle": "host_tools.cli.bundle",
    "trust": "host_tools.cli.trust",
    "verify": "host_tools.cli.verify",
    "policy": "host_tools.cli.policy",
    "micropython": "host_tools.cli.micropython",
    "sim": "host_tools.cli.sim",
    "scan": "host_tools.cli.scan",
    "demo": "host_tools.cli.demo",
    "board": "host_tools.cli.board",
    "bench": "host_tools.cli.bench",
    "revocation": "host_tools.cli.revocation",
    "log": "host_tools.cli.log",
}


@click.group(
    cls=LazyGroup, modules=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="onecode-gate")
def gatectl() -> None:
    """Keys, codes, bundles, boards and simulated gates for the gate terminal."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `gatectl`. Exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    sys.exit(gatectl.main(args=list(arguments) if arguments is not None else None))
