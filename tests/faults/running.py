"""Starts programs on MicroPython with the simulated flash importable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

DEVICE = Path(__file__).with_name("device")


def run(
    program: Path, args: Sequence[str], interpreter: Interpreter, heap: str = "8M"
) -> list[Any]:
    """The JSON of each line that the program printed."""
    skip_without_lfs(interpreter)
    done = micropython.run(
        [str(program), *args],
        interpreter=interpreter,
        heap=heap,
        timeout=500,
        extra_path=[DEVICE],
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def skip_without_lfs(interpreter: Interpreter) -> None:
    """An interpreter that somebody names may have no LittleFS; Debian's have."""
    if micropython.run(["-c", "import vfs; vfs.VfsLfs2"], interpreter=interpreter).returncode:
        pytest.skip(f"MicroPython {interpreter.name} has no vfs.VfsLfs2")
