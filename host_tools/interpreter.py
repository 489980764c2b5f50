"""Runs programs on real MicroPython, with the firmware importable.

The interpreter is the one that set-up found (``make setup``) or that ``MICROPYTHON=`` names; 32-bit
words are preferred, since the boards have them. Nothing is read from the user's own library folder.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bootstrap import record
from bootstrap.errors import SetupError
from bootstrap.places import FIRMWARE
from bootstrap.record import OVERRIDE, Interpreter

__all__ = ["Interpreter", "InterpreterError", "all", "argv", "environment", "find", "run"]

# The interpreter's own modules, asyncio among them; without it in the path they are not found.
_FROZEN = ".frozen"


class InterpreterError(Exception):
    """No interpreter, or none of the kind asked for, or it gave no answer; says what to do next."""


@lru_cache(maxsize=1)
def _named(value: str) -> Interpreter | None:
    """What MICROPYTHON= names; probed once for as long as it names the same."""
    try:
        return record.override()
    except SetupError as error:
        raise InterpreterError(f"{error.what}: {error.why}; {error.next_step}") from None


def all() -> list[Interpreter]:
    """Every interpreter at hand, 32-bit words first; at least one."""
    named = _named(os.environ.get(OVERRIDE, ""))
    if named is not None:
        return [named]
    if not record.intact():
        raise InterpreterError("no MicroPython interpreter has been set up; run: make setup")
    return record.load()


def find(word_bits: int | None = None) -> Interpreter:
    """The preferred interpreter, or the one with words of the given size."""
    at_hand = all()
    for interpreter in at_hand:
        if word_bits in (None, interpreter.word_bits):
            return interpreter
    names = ", ".join(interpreter.name for interpreter in at_hand)
    raise InterpreterError(
        f"no MicroPython with {word_bits}-bit words is set up, only {names}; "
        f"run: make clean setup (and unset {OVERRIDE}, if it is set)"
    )


def environment(extra_path: Sequence[Path] = ()) -> dict[str, str]:
    """The process environment in which the given folders and then firmware/ are importable."""
    folders = [str(folder) for folder in (*extra_path, FIRMWARE)]
    for folder in folders:
        if ":" in folder:
            raise InterpreterError(
                f"{folder} has a colon in its name, which separates folders in MICROPYPATH; "
                "move the project to a folder without one"
            )
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("MICROPY")}
    return {**inherited, "MICROPYPATH": ":".join([*folders, _FROZEN])}


def argv(
    args: Sequence[str], *, heap: str | None = None, interpreter: Interpreter | None = None
) -> list[str]:
    """The command line for a program, with its heap bounded if asked (``"100k"``)."""
    bound = [] if heap is None else ["-X", f"heapsize={heap}"]
    return [*(interpreter or find()).command, *bound, *args]


def run(
    args: Sequence[str],
    *,
    heap: str | None = None,
    input: str | None = None,
    timeout: float = 60.0,
    extra_path: Sequence[Path] = (),
    interpreter: Interpreter | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end. Its exit status is for the caller to judge; a hang is an error."""
    command = argv(args, heap=heap, interpreter=interpreter)
    try:
        return subprocess.run(
            command,
            input=input or "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
            env=environment(extra_path),
        )
    except subprocess.TimeoutExpired:
        shown = " ".join(args)[:200]
        raise InterpreterError(f"MicroPython gave no answer in {timeout} s: {shown}") from None
