"""The firmware's process: MicroPython, started on a state folder, with one end of the wire."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.firmware import FIRMWARE

DEVICE = Path(__file__).resolve().parent / "device"
CONSOLE = "console.txt"  # in the state folder: what the interpreter itself says, if it fails


class Process:
    """Running from construction on; `wire` is the hardware's end of the connection."""

    def __init__(
        self,
        folder: Path,
        *,
        interpreter: micropython.Interpreter | None = None,
        heap: str | None = None,
        firmware: Path = FIRMWARE,
        device: Path = DEVICE,
        first: Sequence[Path] = (),
    ) -> None:
        """folder: the device's file system. first: folders whose modules win over the rest.

        firmware, device: other folders than the sources, such as compiled ones.
        """
        self._console = folder / CONSOLE
        self.wire, theirs = socket.socketpair()
        environment = micropython.environment([*first, device, folder, firmware])
        environment["GATE_WIRE"] = str(theirs.fileno())
        try:
            with self._console.open("wb") as console:
                self._process = subprocess.Popen(
                    micropython.argv(["-m", "start"], heap=heap, interpreter=interpreter),
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=subprocess.STDOUT,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl+C is for us; it ends when the wire is closed
                )
        finally:
            theirs.close()

    def console(self) -> str:
        """What the interpreter printed past the firmware's log: nothing, unless it failed."""
        return self._console.read_text(errors="replace")

    def kill(self) -> None:
        """Power off: nothing of the program runs on, no `finally` either."""
        self._process.kill()
        self._process.wait()
        self.wire.close()

    def stop(self) -> int:
        """End it gently. Gives the exit status, negative when it was killed."""
        self.wire.close()
        try:
            return self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
