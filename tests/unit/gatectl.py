"""`gatectl` as its user calls it: in a folder of its own, in a process of its own or here."""

from __future__ import annotations

import subprocess
import sys
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from host_tools.cli import gatectl as command

GATECTL = Path(sys.executable).with_name("gatectl")


def gatectl(*args: object, cwd: Path, input: str = "") -> subprocess.CompletedProcess[str]:
    """Run it in a folder; what it printed is not yet judged."""
    command = [str(GATECTL), *map(str, args)]
    done = subprocess.run(
        command, cwd=cwd, input=input, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def works(*args: object, cwd: Path, input: str = "") -> str:
    """What it prints when it works."""
    done = gatectl(*args, cwd=cwd, input=input)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def gatectl_here(*args: object, cwd: Path, input: str = "") -> subprocess.CompletedProcess[str]:
    """The same in this process, for tests that call it often: a start takes half a second."""
    arguments = list(map(str, args))
    with chdir(cwd):
        done = CliRunner().invoke(command, arguments, input=input)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def works_here(*args: object, cwd: Path, input: str = "") -> str:
    """What it prints when it works, in this process."""
    done = gatectl_here(*args, cwd=cwd, input=input)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout
