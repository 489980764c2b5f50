"""One MicroPython process that answers questions, one after the other, in frames of bytes.

A frame is a length (4 bytes, big-endian) and that many bytes, in both directions. A process that
dies or hangs is put away; the next question finds a new one.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

FRAMES = Path(__file__).parent / "verifying" / "device"  # has frames.py, for every program


class NoAnswer(Exception):
    """The process died or hung over this question."""


class Served:
    """program: the MicroPython side. patience: seconds for one answer. A context manager.

    hello: frames that every new process is sent first, if any; it answers them with one frame.
    """

    def __init__(
        self,
        program: Path,
        *,
        heap: str,
        patience: float,
        interpreter: Interpreter | None = None,
        hello: Sequence[bytes] = (),
    ) -> None:
        self._hello = hello
        self._program = program
        self._heap = heap
        self._patience = patience
        self._interpreter = interpreter
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def ask(self, frames: Sequence[bytes]) -> bytes:
        """Send the frames and give the frame that comes back. Raises NoAnswer."""
        if self._process is None:
            self.start()
        return self._exchange(frames)

    def start(self) -> bytes:
        """Start a process now; gives its answer to hello. Raises NoAnswer."""
        self._process = self._started()
        return self._exchange(self._hello) if self._hello else b""

    def _exchange(self, frames: Sequence[bytes]) -> bytes:
        process = self._process
        assert process is not None
        watchdog = threading.Timer(self._patience, process.kill)
        watchdog.start()
        try:
            return _exchange(process, frames)
        except OSError:
            self.stop()
            raise NoAnswer from None
        finally:
            watchdog.cancel()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be sent to the dead process
                    pipe.close()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            micropython.argv([str(self._program)], heap=self._heap, interpreter=self._interpreter),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=micropython.environment([FRAMES]),
        )


def _exchange(process: subprocess.Popen[bytes], frames: Sequence[bytes]) -> bytes:
    assert process.stdin is not None and process.stdout is not None
    for frame in frames:
        process.stdin.write(len(frame).to_bytes(4, "big") + frame)
    process.stdin.flush()
    head = process.stdout.read(4)
    size = int.from_bytes(head, "big")
    answer = process.stdout.read(size)
    if len(head) < 4 or len(answer) < size:
        raise BrokenPipeError
    return answer
