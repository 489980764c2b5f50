"""`gatectl`: the one command. Each command has a module of its own, imported when it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import rich_click as click

# command -> module; the module has a click command or group named `command`
COMMANDS = {
    "keys": "host_tools.cli.keys",
    "issue": "host_tools.cli.issue",
    "bundle": "host_tools.cli.bundle",
    "trust": "host_tools.cli.trust",
    "verify": "host_tools.cli.verify",
    "micropython": "host_tools.cli.micropython",
    "sim": "host_tools.cli.sim",
    "scan": "host_tools.cli.scan",
    "demo": "host_tools.cli.demo",
    "board": "host_tools.cli.board",
    "bench": "host_tools.cli.bench",
}


class LazyGroup(click.RichGroup):
    """Imports a command's module only when that command is asked for, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        command.name = cmd_name
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onecode-gate")
def gatectl() -> None:
    """Keys, codes, bundles, boards and simulated gates for the gate terminal."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `gatectl`. Exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    sys.exit(gatectl.main(args=list(arguments) if arguments is not None else None))
