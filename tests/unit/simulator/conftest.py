"""A simulated board that runs a small program instead of the firmware."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools.interpreter import Interpreter
from host_tools.simulator.gate import SimulatedGate

Board = Callable[..., SimulatedGate]


@pytest.fixture
def board(tmp_path: Path, any_micropython: Interpreter) -> Board:
    """Runs a program as the board's main.py, on each word size."""

    def make(program: str, **options: Any) -> SimulatedGate:
        firmware = tmp_path / "firmware"
        state = tmp_path / "state"
        firmware.mkdir(exist_ok=True)
        state.mkdir(exist_ok=True)
        (firmware / "boot.py").write_text("")
        (firmware / "main.py").write_text(textwrap.dedent(program))
        return SimulatedGate(state, firmware=firmware, interpreter=any_micropython, **options)

    return make


def notes(gate: SimulatedGate) -> list[str]:
    return [note.text for note in gate.record.notes]
