"""`gatectl policy certlogic`: expressions and data in, values out, by the firmware."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

import rich_click as click

from host_tools import interpreter
from host_tools.cli import json_lines
from host_tools.cli.common import Fallible
from host_tools.policies.certlogic_service import BUDGET, MAX_LINE, Evaluator
from host_tools.problems import Failure


@click.command(cls=Fallible)
@click.option(
    "--budget", type=click.IntRange(1, 0xFFFFFFFF), default=BUDGET, show_default=True,
    help="Steps that one evaluation may take.",
)  # fmt: skip
@click.argument("source", type=click.Choice(["-"]), default="-", metavar="-")
def command(budget: int, source: str) -> None:
    """Evaluate CertLogic 1.3 with the firmware, run on MicroPython.

    Reads one object {"logic": ..., "data": ...} a line and answers {"result": ...} or
    {"error": ...}, a line each, in order. A line that is no such object gets an error, and the next
    line is read.
    """
    try:
        interpreter.find()
    except interpreter.InterpreterError as error:
        raise Failure(str(error)) from None
    with Evaluator(budget) as evaluator:
        for line in _lines(sys.stdin.buffer):
            json_lines.write(evaluator.answer(line))


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is longer than MAX_LINE, of which no more is kept than that."""
    while line := stream.readline(MAX_LINE + 1):
        complete = line.endswith(b"\n") or len(line) <= MAX_LINE
        yield line if complete else None
        while not complete:
            rest = stream.readline(MAX_LINE)
            complete = not rest or rest.endswith(b"\n")
