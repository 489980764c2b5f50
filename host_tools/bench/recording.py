"""Runs a case on MicroPython while an emulated chip does the kernel's work; keeps what was asked.

Each call of a kernel's routine comes here, is done, counted, and answered. The calls are kept for
the replay (device/kernels.py), in which everything else is counted.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from host_tools import interpreter as micropython
from host_tools.bench.emptied import exports
from host_tools.bench.native import Argument, Backend
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure


@dataclass
class Recording:
    """The calls of one iteration, after those of the first one in a process."""

    first: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    instructions: int = 0  # of the kernel in `again`

    def lines(self, names: list[str], size: int) -> str:
        """What device/kernels.py reads."""
        entries = [
            [c["name"], c["value"], c["changed"], c["sizes"]] for c in self.first + self.again
        ]
        head = [names, size, len(self.first)]
        return "".join(json.dumps(line) + "\n" for line in (head, *entries))


def record(
    backend: Backend, script: Path, tree: Path, case: Path, heap: str, interpreter: Interpreter
) -> Recording:
    """Run a case with its kernel on the emulated chip. Failure if it does not end well."""
    names = exports(backend.text)
    args = [str(script), str(tree), str(case), "ask", ",".join(names), str(backend.size)]
    recording = Recording()
    with subprocess.Popen(
        micropython.argv(args, heap=heap, interpreter=interpreter),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=case.parent,
        env=micropython.environment([case.parent]),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        calls = recording.first
        for line in process.stdout:
            said = json.loads(line)
            if said == "again":
                calls, backend.instructions = recording.again, 0
            elif isinstance(said, list):
                call = _answer(backend, *said)
                calls.append(call)
                process.stdin.write(json.dumps([call["value"], call["changed"]]) + "\n")
                process.stdin.flush()
        error = process.stderr.read()
    if process.returncode:
        raise Failure(f"{backend.name}: {case.parent.name}: {error.strip()[-600:]}")
    recording.instructions = backend.instructions
    return recording


def _answer(backend: Backend, name: str, said: list[int | str]) -> dict[str, Any]:
    arguments: list[Argument] = [a if isinstance(a, int) else bytes.fromhex(a) for a in said]
    value, after = backend.call(name, arguments)
    changed = [
        [i, new.hex()]
        for i, (old, new) in enumerate(zip(arguments, after, strict=True))
        if isinstance(new, bytes) and new != old
    ]
    sizes = [a if isinstance(a, int) else -len(a) for a in arguments]
    return {"name": name, "value": value, "changed": changed, "sizes": sizes}
