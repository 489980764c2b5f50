"""Runs many cases of the firmware's cryptography in one process of real MicroPython."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("batch_main.py")

ES256, EDDSA, PS256, SM2 = -7, -8, -37, -65600


@dataclass(frozen=True)
class Case:
    """One call of verify and what it must answer."""

    alg: int
    key: bytes
    message: bytes
    signature: bytes
    valid: bool
    why: str
    table: bytes = b""

    @property
    def line(self) -> str:
        """The line for batch_main."""
        parts = (self.key, self.message, self.signature, self.table)
        return " ".join(["v", str(self.alg), *(part.hex() or "-" for part in parts)])


def answers(lines: Sequence[str], interpreter: Interpreter, timeout: float = 300.0) -> list[str]:
    """Give the answer to each line."""
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        outcome = micropython.run([str(MAIN), file.name], interpreter=interpreter, timeout=timeout)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    given = outcome.stdout.split()
    assert len(given) == len(lines)
    return given


def check(cases: Iterable[Case], interpreter: Interpreter) -> int:
    """Assert that verify answers each case as it must; give how many there were."""
    cases = list(cases)
    given = answers([case.line for case in cases], interpreter)
    wrong = [
        f"{case.alg} {case.why}: verify said {bool(int(answer))}: {case.line}"
        for case, answer in zip(cases, given, strict=True)
        if bool(int(answer)) != case.valid
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} wrong:\n" + "\n".join(wrong[:5])
    return len(cases)
