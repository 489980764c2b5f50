"""Counts instructions of MicroPython programs under valgrind's callgrind: exact and repeatable.

A count is the difference of two run lengths, so that starting, importing and reading fall out.
Valgrind's tools are static programs and are started directly. Debian 12's valgrind does not know an
instruction of the later 32-bit packages; a newer one is then unpacked into the cache by apt, as the
interpreters are, without root.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bootstrap import apt, places
from bootstrap.errors import SetupError
from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure

_SUITES = {"debian": ("trixie", "forky", "sid"), "ubuntu": ("questing", "resolute")}
_SYSTEM = ("/usr/libexec/valgrind", "/usr/lib/valgrind")
_TOOLS = {32: "callgrind-x86-linux", 64: "callgrind-amd64-linux"}
_COLLECTED = re.compile(r"Collected : (\d+)")


@dataclass(frozen=True)
class Counter:
    """A callgrind that runs an interpreter."""

    tool: Path
    interpreter: Interpreter

    def instructions(self, args: Sequence[str], folder: Path, heap: str) -> int:
        """Those of one whole process, run in `folder`; it must end with status 0."""
        with tempfile.NamedTemporaryFile(suffix=".callgrind") as out:
            done = subprocess.run(
                [
                    str(self.tool),
                    "--tool=callgrind",
                    "--smc-check=all",
                    f"--callgrind-out-file={out.name}",
                    *micropython.argv(args, heap=heap, interpreter=self.interpreter),
                ],
                capture_output=True,
                text=True,
                errors="replace",
                cwd=folder,
                env={
                    **micropython.environment([folder]),
                    "VALGRIND_LIB": str(self.tool.parent),
                    "VALGRIND_LAUNCHER": str(self.tool),
                },
                check=False,
            )
        found = _COLLECTED.search(done.stderr)
        if done.returncode or found is None:
            said = (done.stderr.strip().splitlines() or ["no message"])[-12:]
            raise Failure("counting with callgrind failed:\n" + "\n".join(said))
        return int(found[1])

    def each(self, args: Sequence[str], folder: Path, heap: str, more: int = 1) -> int:
        """Instructions of one iteration of a program whose last argument is their number."""
        first, second = (self.instructions([*args, str(n)], folder, heap) for n in (0, more))
        return (second - first) // more


@lru_cache(maxsize=2)
def counter(word_bits: int) -> Counter:
    """A callgrind for the interpreter with words of this size; Failure with what is missing."""
    interpreter = micropython.find(word_bits)
    name = _TOOLS[word_bits]
    reasons = []
    for tool in _candidates(name):
        reason = _works(tool, interpreter)
        if not reason:
            return Counter(tool, interpreter)
        reasons.append(f"{places.shown(tool)}: {reason}")
    why = "\n".join(reasons) or f"no {name} is installed"
    raise Failure(
        f"no valgrind here can count {interpreter.name}'s instructions:\n{why}\n"
        "install valgrind 3.24 or newer, or make the package mirror reachable and run it again"
    )


def _candidates(name: str) -> Iterator[Path]:
    """The system's, then what was unpacked before, then newer packages, downloaded one by one."""
    for folder in _SYSTEM:
        if (Path(folder) / name).is_file():
            yield Path(folder) / name
    try:
        system = apt.system()
    except SetupError:
        return
    if system.architecture != "amd64":
        return  # its packages have no tools for other architectures
    roots = {suite: places.cache() / "valgrind" / suite for suite in _SUITES[system.distribution]}
    for suite in sorted(roots, key=lambda suite: not roots[suite].is_dir()):
        try:
            _unpack(suite, roots[suite])
        except SetupError:
            continue
        yield roots[suite] / "usr/libexec/valgrind" / name


def _unpack(suite: str, root: Path) -> None:
    """Unpack a release's valgrind, once, even if several processes want it."""
    root.parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.is_dir():
            apt.unpack("valgrind", suite=suite, architecture="amd64", into=root, say=lambda _: None)


def _works(tool: Path, interpreter: Interpreter) -> str:
    """Why this tool cannot count this interpreter; "" if it can."""
    if not os.access(tool, os.X_OK):
        return "is not there"
    with tempfile.TemporaryDirectory() as folder:
        try:
            Counter(tool, interpreter).instructions(["-c", "print(1)"], Path(folder), "1M")
        except Failure as failure:
            lines = [line for line in str(failure).splitlines() if "==    at" in line]
            return lines[0].strip() if lines else str(failure).splitlines()[-1]
    return ""
