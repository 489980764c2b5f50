"""`gatectl holder`: a phone's side. Each command has a module of its own."""

from __future__ import annotations

import importlib

import rich_click as click

from host_tools.cli.common import FallibleGroup

_COMMANDS = {"serve": "host_tools.cli.holder_serve"}


class _Lazy(FallibleGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        command.name = cmd_name
        return command


@click.group(cls=_Lazy)
def command() -> None:
    """What a person's phone does: keep claims, show a live code."""
