"""What the queue report assumes, and the gate that it calculates with."""

from __future__ import annotations

import pytest

from host_tools.boards import profiles
from host_tools.queue import assumptions
from host_tools.queue.assumptions import Assumptions
from host_tools.queue.terminal import CODES, Terminal


@pytest.fixture(scope="session")
def assumed() -> Assumptions:
    return assumptions.read()


@pytest.fixture(scope="session")
def terminal() -> Terminal:
    board = profiles.load("esp32-devkit")
    return Terminal(board, board.readers[0].baud, CODES["live"])
