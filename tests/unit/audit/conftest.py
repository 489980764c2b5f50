"""A day's log, written by the firmware on MicroPython; each test has its own copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from host_tools import interpreter as runner
from host_tools.interpreter import Interpreter

MAIN = Path(__file__).with_name("day_main.py")


@pytest.fixture(scope="session")
def written(micropython: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("log")
    done = runner.run([str(MAIN), str(place)], interpreter=micropython, heap="2M")
    assert done.stdout.strip() == "null", done.stdout + done.stderr
    return place


@pytest.fixture
def day(written: Path, tmp_path: Path) -> Path:
    """The terminal's folder."""
    return Path(shutil.copytree(written, tmp_path / "terminal"))
