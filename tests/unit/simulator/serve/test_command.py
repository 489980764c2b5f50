"""`gatectl sim serve` on the command line: what is wrong is said before anything runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from host_tools.cli import sim_serve
from host_tools.problems import Failure
from tests.unit.gatectl import gatectl_here


def test_a_root_without_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "root.cbor").write_bytes(b"x")
    done = gatectl_here("sim", "serve", "--root", "root.cbor", cwd=tmp_path)
    assert done.returncode == 2 and "--bundle" in done.stderr


def test_a_board_that_there_is_not(tmp_path: Path) -> None:
    done = gatectl_here("sim", "serve", "--board", "esp32-devkitt", cwd=tmp_path)
    assert done.returncode == 1 and "did you mean esp32-devkit" in done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = gatectl_here("sim", "serve", "--port", port, cwd=tmp_path)
    assert done.returncode == 1 and "choose another with --port" in done.stderr


def test_a_page_that_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise Failure(f"the page is not built: {name}")

    monkeypatch.setattr(sim_serve, "page_folder", missing)
    done = gatectl_here("sim", "serve", cwd=tmp_path)
    assert done.returncode == 1 and "not built" in done.stderr
