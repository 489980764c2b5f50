"""How `gatectl scan` reaches the gate that `gatectl sim` runs: a local socket in the cache folder.

One request a connection, one JSON line each way: {"code": hex} or {"fire": bool}; the answer is
what became of it. Nobody but the owner of the folder can open the socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bootstrap.places import cache
from host_tools.problems import Failure

SOCKET = "gate.sock"
MAX_REQUEST = 65536  # bytes
ANSWER_S = 30.0


def folder() -> Path:
    """Where the simulated gate keeps its things."""
    path = cache() / "sim"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def _address(where: Path) -> Iterator[str]:
    """A short name for the socket: the kernel takes no path of more than 107 bytes."""
    descriptor = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


class Door:
    """The gate's end. Ask for a `request` now and then; answer it when the gate has."""

    def __init__(self, where: Path | None = None) -> None:
        self._where = where or folder()
        if reachable(self._where):
            raise Failure("a simulated gate is running already; stop it with Ctrl+C first")
        (self._where / SOCKET).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        with _address(self._where) as address:
            self._socket.bind(address)
        self._socket.listen(8)
        self._socket.setblocking(False)

    def request(self) -> tuple[socket.socket, dict[str, Any]] | None:
        """The next request and the connection that wants its answer, if there is one."""
        try:
            connection, _ = self._socket.accept()
        except BlockingIOError:
            return None
        connection.settimeout(1.0)
        try:
            request = json.loads(_line(connection))
        except (OSError, ValueError):
            connection.close()
            return None
        return connection, request if isinstance(request, dict) else {}

    def close(self) -> None:
        self._socket.close()
        (self._where / SOCKET).unlink(missing_ok=True)


def answer(connection: socket.socket, document: dict[str, Any]) -> None:
    """Answer a request; whoever asked may be gone."""
    with contextlib.suppress(OSError), connection:
        connection.sendall(json.dumps(document, ensure_ascii=False).encode() + b"\n")


def reachable(where: Path) -> bool:
    """Whether a gate listens."""
    with socket.socket(socket.AF_UNIX) as probe, _address(where) as address:
        return probe.connect_ex(address) == 0


def ask(request: dict[str, Any], where: Path | None = None) -> dict[str, Any]:
    """Send a request to the running gate, and give its answer."""
    where = where or folder()
    with socket.socket(socket.AF_UNIX) as connection, _address(where) as address:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(address)
        except OSError:
            raise Failure(
                "no simulated gate is running; start one in another terminal with: gatectl sim"
            ) from None
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            reply = json.loads(_line(connection))
        except (OSError, ValueError):
            raise Failure(
                "the simulated gate gave no answer; look at the terminal it runs in"
            ) from None
    if not isinstance(reply, dict):
        raise Failure("the simulated gate's answer makes no sense; is it another version?")
    if "error" in reply:
        raise Failure(str(reply["error"]))
    return reply


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        more = connection.recv(4096)
        if not more or len(data) > MAX_REQUEST:
            raise ValueError("no line")
        data += more
    return data
