"""`gatectl` as its user calls it: a process of its own, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
