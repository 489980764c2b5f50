"""What all tests share: real MicroPython, the published vectors, reproducible random input.

A missing interpreter fails the tests that need one, and says what to do; it is never skipped over.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bootstrap.places import ROOT
from host_tools import interpreter as micropython_interpreter
from host_tools.interpreter import Interpreter, InterpreterError

SHARED_VECTORS = ROOT.parent / "shared" / "vectors"
WORD_SIZES = (32, 64)

# A firmware test starts a process for each example, so time limits say nothing; no database, so
# that a run depends on nothing that an earlier one left.
settings.register_profile("project", deadline=None, database=None, print_blob=True)
settings.load_profile("project")


def pytest_report_header() -> list[str]:
    """The interpreters that the tests run on, and what is not there."""
    try:
        at_hand = micropython_interpreter.all()
    except InterpreterError as error:
        return [f"micropython: {error}"]
    lines = [f"micropython: {i.name}, {i.word_bits}-bit, {i.version}" for i in at_hand]
    missing = set(WORD_SIZES) - {interpreter.word_bits for interpreter in at_hand}
    lines += [
        f"micropython: none with {bits}-bit words, tests on it are skipped" for bits in missing
    ]
    if not SHARED_VECTORS.is_dir():
        lines.append("published vectors: not there, tests with them are skipped")
    return lines


def _interpreter(word_bits: int | None = None) -> Interpreter:
    try:
        return micropython_interpreter.find(word_bits)
    except InterpreterError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def micropython() -> Interpreter:
    """The preferred interpreter: 32-bit words, like the board."""
    return _interpreter()


@pytest.fixture(scope="session", params=WORD_SIZES, ids=lambda bits: f"{bits}-bit")
def any_micropython(request: pytest.FixtureRequest) -> Interpreter:
    """Each word size in turn. One size may be missing on a machine, both may not."""
    _interpreter()
    try:
        return micropython_interpreter.find(request.param)
    except InterpreterError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def shared_vectors() -> Path:
    """The folder of published test data that lies beside the project."""
    if not SHARED_VECTORS.is_dir():
        pytest.skip("the published vectors are not there: no ../shared/vectors beside the project")
    return SHARED_VECTORS


@pytest.fixture(scope="session")
def run_firmware(micropython: Interpreter) -> Callable[..., list[Any]]:
    """Runs a snippet with the firmware importable; returns the JSON of each line it prints."""

    def run(
        source: str,
        *,
        interpreter: Interpreter = micropython,
        heap: str | None = None,
        input: str | None = None,
        extra_path: Sequence[Path] = (),
        timeout: float = 60.0,
    ) -> list[Any]:
        outcome = micropython_interpreter.run(
            ["-c", textwrap.dedent(source)],
            interpreter=interpreter,
            heap=heap,
            input=input,
            extra_path=extra_path,
            timeout=timeout,
        )
        if outcome.returncode != 0:
            pytest.fail(
                f"the snippet ended with status {outcome.returncode} on {interpreter.name}:\n"
                f"{outcome.stdout[-2000:]}{outcome.stderr[-4000:]}",
                pytrace=False,
            )
        return [json.loads(line) for line in outcome.stdout.split("\n") if line]

    return run
