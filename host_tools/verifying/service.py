"""One MicroPython process that verifies codes, one after the other.

Open a Service with a trust part or a bundle, then ask it for each code.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from host_tools import interpreter
from host_tools.problems import Failure

LOOP = Path(__file__).with_name("device") / "loop.py"
MAX_CODE = 8192  # bytes handed over; anything over 4,296 is refused by the firmware
HEAP = "2M"  # the trust part and the compiler want room; the verifier itself does with 100 KiB
PATIENCE = 30.0  # seconds for one answer; a verification takes milliseconds

# What an answer has, in this order; the last two only when a policy decided.
FIELDS = (
    "ok", "reason", "stage", "format", "issuer", "kid", "claims", "rule", "decided_by",
)  # fmt: skip

Answer = dict[str, Any]


class Service:
    """Verifies codes with the firmware. Use as a context manager.

    trust: a trust part. bundle, root: a signed bundle and the operators' keys; its policy decides.
    values: a values part, for when there is no bundle. gate: the id of the gate to decide as.
    Raises Failure when the firmware refuses one of them.
    """

    def __init__(
        self,
        trust: bytes = b"",
        bundle: bytes = b"",
        root: bytes = b"",
        values: bytes = b"",
        gate: str = "",
    ) -> None:
        self._belief = (trust, bundle, root, values, gate.encode())
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def verify(self, code: bytes, at: int) -> Answer:
        """The firmware's answer for one code at a time in Unix seconds. Always gives one."""
        try:
            if self._process is None:
                self._start()
            self._send(at.to_bytes(8, "big"), code[:MAX_CODE])
            return self._receive()
        except (OSError, ValueError, Failure):
            # The firmware must never die of a code. Should it do so all the same, that code is
            # refused and the next one finds a new process.
            self._stop()
            return _no_answer()

    def _start(self) -> None:
        size = sum(len(part) for part in self._belief)
        heap = HEAP if size < 500_000 else f"{2 + size // 200_000}M"
        self._process = subprocess.Popen(
            interpreter.argv([str(LOOP)], heap=heap),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=interpreter.environment(),
        )
        try:
            self._send(*self._belief)
            opened = self._receive()
        except (OSError, ValueError):
            self._stop()
            raise Failure(
                f"the firmware's verifier does not start; see why with: gatectl micropython {LOOP}"
            ) from None
        if not opened["ok"]:
            self._stop()
            raise Failure(f"the firmware does not accept this trust or bundle: {opened['reason']}")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be sent to the dead process
                    pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise OSError("not running")
        return self._process.stdin, self._process.stdout

    def _send(self, *frames: bytes) -> None:
        target, _ = self._pipes()
        for frame in frames:
            target.write(len(frame).to_bytes(4, "big") + frame)
        target.flush()

    def _receive(self) -> Answer:
        _, source = self._pipes()
        assert self._process is not None
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            line = source.readline()
        finally:
            watchdog.cancel()
        answer: Answer = json.loads(line)  # ValueError when the process is gone
        return {name: answer[name] for name in FIELDS if name in answer}


def _no_answer() -> Answer:
    nothing = dict.fromkeys(FIELDS[3:7])
    return {"ok": False, "reason": "internal_error", "stage": "gate", **nothing}
