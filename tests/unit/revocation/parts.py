"""Revocation parts for tests, and look-ups in them on real MicroPython."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools import interpreter as runner
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("batch_main.py")


def hashes(count: int, label: str = "revoked") -> list[bytes]:
    """Hashes as issuers make them."""
    return [hashlib.sha256(f"{label} {n}".encode()).digest()[:16] for n in range(count)]


def neighbours(one: bytes) -> list[bytes]:
    """Hashes that differ from one in a single bit."""
    number = int.from_bytes(one, "big")
    return [(number ^ 1 << bit).to_bytes(16, "big") for bit in range(128)]


@dataclass(frozen=True)
class Case:
    """What is looked up in which parts, and what is done to them."""

    base: bytes | None
    recent: bytes | None
    hashes: Sequence[bytes]
    change: tuple[str, int, int] | None = None
    fail: int = 0


class Folder:
    """Keeps parts in files, each content once, and asks the firmware about them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look_up(self, cases: Sequence[Case], interpreter: Interpreter) -> list[dict[str, Any]]:
        lines = [
            json.dumps(
                {
                    "base": self._file(case.base),
                    "recent": self._file(case.recent),
                    "hashes": self._file(b"".join(case.hashes)),
                    "change": case.change,
                    "fail": case.fail,
                }
            )
            for case in cases
        ]
        path = self._folder / "cases"
        path.write_text("\n".join(lines))
        done = runner.run([str(MAIN), str(path)], interpreter=interpreter, heap="300k", timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(cases)
        return answers

    def _file(self, data: bytes | None) -> str | None:
        if data is None:
            return None
        path = self._folder / hashlib.sha256(data).hexdigest()
        if not path.exists():
            path.write_bytes(data)
        return str(path)
