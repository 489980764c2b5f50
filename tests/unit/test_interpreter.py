"""host_tools.interpreter: which MicroPython is chosen, and what a program on it can see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bootstrap import places
from bootstrap.record import OVERRIDE
from host_tools import interpreter
from host_tools.interpreter import Interpreter, InterpreterError

Run = Callable[..., list[Any]]


def test_words_are_as_wide_as_recorded(any_micropython: Interpreter, run_firmware: Run) -> None:
    source = "import sys\nprint(32 if sys.maxsize == 0x7fffffff else 64)"
    assert run_firmware(source, interpreter=any_micropython) == [any_micropython.word_bits]


def test_thirty_two_bits_are_preferred() -> None:
    sizes = [one.word_bits for one in interpreter.all()]
    assert sizes == sorted(sizes)
    assert interpreter.find() == interpreter.all()[0]


def test_firmware_and_given_folders_are_importable(run_firmware: Run, tmp_path: Path) -> None:
    (tmp_path / "gate.py").write_text("HERE = 'given'\n")
    source = "import json\nfrom gate import HERE\nprint(json.dumps(HERE))"
    assert run_firmware(source, extra_path=[tmp_path]) == ["given"]


def test_nothing_of_the_users_home_is_importable(run_firmware: Run) -> None:
    (path,) = run_firmware("import json, sys\nprint(json.dumps(sys.path))")
    assert path == ["", str(places.FIRMWARE), ".frozen"]


def test_heap_is_bounded(run_firmware: Run) -> None:
    (free,) = run_firmware("import gc\ngc.collect()\nprint(gc.mem_free())", heap="100k")
    assert 50_000 < free < 210_000


def test_hang_is_an_error_with_the_time_it_took() -> None:
    with pytest.raises(InterpreterError, match=r"no answer in 0\.3 s"):
        interpreter.run(["-c", "while True: pass"], timeout=0.3)


def test_override_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrapper = tmp_path / "my-micropython"
    command = " ".join(f"'{part}'" for part in interpreter.find().command)
    wrapper.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv(OVERRIDE, str(wrapper))
    assert [one.command for one in interpreter.all()] == [(str(wrapper),)]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("/nonexistent/micropython", "cannot be run here: No such file"),
        ("/bin/true", "lacks something"),
        ("/dev/null", "Permission denied"),
    ],
)
def test_override_that_does_not_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setenv(OVERRIDE, program)
    with pytest.raises(InterpreterError, match=reason) as caught:
        interpreter.find()
    assert f"unset {OVERRIDE}" in str(caught.value)


def test_before_set_up_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(OVERRIDE, raising=False)
    monkeypatch.setattr(places, "INTERPRETERS", tmp_path / "none.json")
    with pytest.raises(InterpreterError, match="make setup"):
        interpreter.find()


def test_folder_with_a_colon_is_refused() -> None:
    with pytest.raises(InterpreterError, match="colon"):
        interpreter.environment([Path("/a:b")])
