"""Runs the tools that set-up needs (pip, apt-get, dpkg), with a log and without a shell."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap import places
from bootstrap.errors import SetupError


class Stopped(Exception):
    """The person at the keyboard ended the set-up; nothing failed."""


@dataclass(frozen=True)
class Outcome:
    """What a tool left behind: its exit status, everything it printed, and where that is kept."""

    status: int
    output: str
    log: Path


def need(tool: str, next_step: str) -> str:
    """The full path of a tool that must be there."""
    found = shutil.which(tool)
    if found is None:
        raise SetupError(f"{tool} is not there", "it is not on PATH", next_step)
    return found


_running: set[subprocess.Popen[str]] = set()
_stopped = threading.Event()


def stop() -> None:
    """End every tool that runs, and let none start again."""
    _stopped.set()
    for process in tuple(_running):
        process.terminate()


def _check_stopped() -> None:
    if _stopped.is_set():
        raise Stopped


def npm_env(programs: Path) -> dict[str, str]:
    """The environment for npm and what it starts; programs: the folder where `node` is."""
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


def run(
    command: Sequence[str],
    *,
    log: str,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    on_line: Callable[[str], None] = lambda _line: None,
) -> Outcome:
    """Run a tool to its end, its two output streams joined, each line passed on as it comes."""
    scratch = places.cache() / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    log_path = places.cache() / "log" / f"{log}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    full_env = {**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(scratch), **(env or {})}
    lines: list[str] = []
    _check_stopped()
    with (
        log_path.open("w", encoding="utf-8") as log_file,
        subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=full_env,
            cwd=folder,
        ) as process,
    ):
        _running.add(process)
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            log_file.write(line)
            on_line(line.rstrip("\n"))
    _running.discard(process)
    _check_stopped()
    return Outcome(process.returncode, "".join(lines), log_path)
