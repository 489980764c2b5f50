"""`gatectl policy`: what a site's rules say. Each command has a module of its own."""

from __future__ import annotations

import rich_click as click

from host_tools.cli.lazy import LazyGroup

# command -> module; the module has a click command named `command`
COMMANDS = {
    "check": "host_tools.cli.policy_check",
    "explain": "host_tools.cli.policy_explain",
    "test": "host_tools.cli.policy_test",
    "certlogic": "host_tools.cli.policy_certlogic",
}


@click.group(cls=LazyGroup, modules=COMMANDS)
def command() -> None:
    """Policies: evaluate conditions, explain decisions, run tables of cases."""
