"""The MicroPython interpreters at hand: what set-up found, or what MICROPYTHON= names.

Set-up writes the record, host_tools.interpreter reads it.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from bootstrap import places, stamps
from bootstrap.errors import SetupError
from bootstrap.probe import ProbeError, probe

OVERRIDE = "MICROPYTHON"


@dataclass(frozen=True)
class Interpreter:
    """A MicroPython that works: where it is from, how it is started, what it is."""

    name: str
    command: tuple[str, ...]
    version: tuple[int, int, int]
    word_bits: int


def load() -> list[Interpreter]:
    """The interpreters found by the last set-up; none when there was none."""
    try:
        entries = json.loads(places.INTERPRETERS.read_text(encoding="utf-8"))
        return [
            Interpreter(
                name=str(entry["name"]),
                command=tuple(entry["command"]),
                version=tuple(entry["version"]),
                word_bits=int(entry["word_bits"]),
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def save(interpreters: list[Interpreter]) -> None:
    """Write the record, 32-bit words first."""
    ordered = sorted(interpreters, key=lambda interpreter: interpreter.word_bits)
    text = json.dumps([asdict(interpreter) for interpreter in ordered], indent=1)
    stamps.write_atomically(places.INTERPRETERS, text)


def intact() -> bool:
    """Whether the record is there and names programs that are still there."""
    known = load()
    return bool(known) and all(os.access(known_one.command[0], os.X_OK) for known_one in known)


def examine(name: str, command: tuple[str, ...]) -> Interpreter:
    """Probe an interpreter; ProbeError if it cannot be used."""
    found = probe(command)
    return Interpreter(name, command, found.version, found.word_bits)


def override() -> Interpreter | None:
    """What MICROPYTHON= names; it must work, since someone asked for it."""
    named = os.environ.get(OVERRIDE)
    if not named:
        return None
    program = shutil.which(named) or named
    try:
        return examine(f"{OVERRIDE}={named}", (str(Path(program).absolute()),))
    except ProbeError as error:
        raise SetupError(
            f"{OVERRIDE}={named} cannot be used",
            str(error),
            f"correct it, or unset {OVERRIDE} to let the set-up find an interpreter",
        ) from None
