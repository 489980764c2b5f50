"""Benches: a driver with its simulated reader, powered off at the end of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from host_tools.interpreter import Interpreter
from tests.unit.readers.bench import Bench, MakeBench


@pytest.fixture
def bench_of(tmp_path: Path, micropython: Interpreter) -> Iterator[MakeBench]:
    """Makes a bench of a kind; `prepare` is called with it before the power is switched on."""
    with ExitStack() as running:

        def make(
            kind: str, baud: int = 115200, prepare: object = None, judging_ms: int = 0
        ) -> Bench:
            folder = tmp_path / f"bench-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            bench = Bench(folder, micropython, kind, baud, judging_ms)
            if callable(prepare):
                prepare(bench)
            return running.enter_context(bench)

        yield make
