"""Says at the end how many signatures were judged on MicroPython."""

from __future__ import annotations

import pytest

from .batch import judged


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Differential cases and published vectors, each against an independent judgement."""
    if judged:
        sizes = ", ".join(f"{count:,} with {bits}-bit words" for bits, count in judged.items())
        terminalreporter.write_line(f"signatures judged: {judged.total():,} ({sizes})")
