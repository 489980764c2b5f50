"""Runs many cases of the firmware's codec in one process of real MicroPython."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("batch_main.py")


class Refused(str):
    """The reason of a refusal."""

    __slots__ = ()


def run(
    cases: Sequence[tuple[str, bytes]], interpreter: Interpreter, heap: str = "1M"
) -> list[Any]:
    """What each (operation, data) gives: a value or Refused."""
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{operation} {data.hex()}\n" for operation, data in cases)
        file.flush()
        outcome = micropython.run([str(MAIN), file.name], interpreter=interpreter, heap=heap)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    answers = [json.loads(line) for line in outcome.stdout.split("\n") if line]
    assert len(answers) == len(cases)
    return [Refused(a["refused"]) if "refused" in a else _value(a["is"]) for a in answers]


def _value(item: Any) -> Any:
    if not isinstance(item, list):
        return item
    kind, content = item
    if kind == "bytes":
        return bytes.fromhex(content)
    if kind == "list":
        return [_value(part) for part in content]
    if kind == "map":
        return {_value(key): _value(value) for key, value in content}
    if kind == "real":
        return float(content) + 0.5  # a stand-in for "some number between this and the next"
    return int(content)
