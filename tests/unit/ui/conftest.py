"""A terminal's face alone, on a simulated board of the test's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards.profile import Profile
from host_tools.interpreter import Interpreter
from host_tools.simulator.displays import studio
from host_tools.simulator.displays.studio import Call, Studio

MakeStudio = Callable[..., Studio]


@pytest.fixture
def studio_of(tmp_path: Path, micropython: Interpreter) -> Iterator[MakeStudio]:
    """Powers on a face that plays a script: (ms, "show" or "note", arguments)."""
    with ExitStack() as running:

        def make(board: Profile | str, script: list[Call], **options: Any) -> Studio:
            profile = studio.board(board) if isinstance(board, str) else board
            folder = tmp_path / f"studio-{len(list(tmp_path.iterdir()))}"
            made = Studio(folder, profile, script, interpreter=micropython, **options)
            return running.enter_context(made)

        yield make
