"""`gatectl sim`: simulated gates. Each command is imported when it is used."""

from __future__ import annotations

import rich_click as click

from host_tools.cli.lazy import LazyGroup

_COMMANDS = {
    "start": "host_tools.cli.sim_start",
    "run": "host_tools.cli.sim_run",
    "serve": "host_tools.cli.sim_serve",
    "queue": "host_tools.cli.sim_queue",
    "soak": "host_tools.cli.sim_soak",
}
_DEFAULT = "start"


class _Sim(LazyGroup):
    """`gatectl sim` and `gatectl sim --board X` start a gate."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Sim, modules=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The unchanged firmware on simulated hardware. Without a command it starts one gate."""
