"""Runs many cases of the firmware's cryptography in one process of real MicroPython."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("batch_main.py")

ES256, EDDSA, PS256, SM2 = -7, -8, -37, -65600

judged: Counter[int] = Counter()  # signatures that were judged in this run, by the words' size


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
        """The line for batch_main; its table is kept by a line before it."""
        parts = [part.hex() or "-" for part in (self.key, self.message, self.signature)]
        return " ".join(["v", str(self.alg), *parts, "=" if self.table else "-"])


def lines(cases: Iterable[Case]) -> Iterator[str]:
    """Give the lines of cases, a table only where it changes."""
    last = b""
    for case in cases:
        if case.table and case.table != last:
            yield f"t {case.table.hex()}"
            last = case.table
        yield case.line


def answers(asked: Sequence[str], interpreter: Interpreter, timeout: float = 300.0) -> list[str]:
    """Give the answer to each line but those of kind t, which have none."""
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(asked) + "\n")
        file.flush()
        outcome = micropython.run([str(MAIN), file.name], interpreter=interpreter, timeout=timeout)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    given = outcome.stdout.split()
    assert len(given) == sum(not line.startswith("t ") for line in asked)
    return given


def check(cases: Iterable[Case], interpreter: Interpreter) -> int:
    """Assert that verify answers each case as it must; give how many there were."""
    cases = list(cases)
    given = answers(list(lines(cases)), interpreter)
    wrong = [
        f"{case.alg} {case.why}: verify said {bool(int(answer))}: {case.line}"
        for case, answer in zip(cases, given, strict=True)
        if bool(int(answer)) != case.valid
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} wrong:\n" + "\n".join(wrong[:5])
    judged[interpreter.word_bits] += len(cases)
    return len(cases)
