"""`gatectl micropython`: the interpreter that the tests use, with the firmware importable."""

from __future__ import annotations

import os

import rich_click as click

from host_tools import interpreter
from host_tools.cli.common import Fallible
from host_tools.problems import Failure
from host_tools.served import FRAMES


@click.command(
    cls=Fallible,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def command(args: tuple[str, ...]) -> None:
    """Run MicroPython with ARGS, as if it had been called itself; `import gate` works."""
    try:
        line = interpreter.argv(args)
        environment = interpreter.environment([FRAMES])  # so that programs of services start too
    except interpreter.InterpreterError as error:
        raise Failure(str(error)) from None
    os.execve(line[0], line, environment)  # noqa: S606 - no shell: this process becomes MicroPython
