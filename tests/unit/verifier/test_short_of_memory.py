"""A heap that is nearly full: the code is refused with its reason, and the next one is read."""

from __future__ import annotations

import json
from pathlib import Path

from host_tools import interpreter as micropython_interpreter
from host_tools.interpreter import Interpreter

from .people import FOUR, NOW, PLATFORM, code, trust_part

MAIN = Path(__file__).with_name("short_main.py")


def test_memory_short_is_a_reason_and_no_end(micropython: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "trust").write_bytes(trust_part())
    (tmp_path / "code").write_bytes(code(PLATFORM.says(FOUR)))
    outcome = micropython_interpreter.run(
        [str(MAIN), str(tmp_path / "trust"), str(tmp_path / "code"), str(NOW)],
        interpreter=micropython,
        heap="400k",
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    *short, after = json.loads(outcome.stdout)
    assert short[0] == "memory_short"  # with next to no room
    assert short[-1] is None  # with room enough
    assert set(short) == {"memory_short", None}
    assert after is None  # with all the room that there is
