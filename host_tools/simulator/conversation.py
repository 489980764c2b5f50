"""What the hardware and one process of the firmware say to each other over the wire.

The device computes until it says `wait` or starts a transfer; then it is answered, once. The lines
themselves are in docs/architecture.md.
"""

from __future__ import annotations

import select
from collections.abc import Sequence

from host_tools.simulator.process import Process


class Ended(Exception):
    """The firmware's process is at its end."""


def _block(lines: Sequence[str]) -> bytes:
    """Lines for the device, after their size, so that it reads them in one go."""
    text = "\n".join(lines)
    return f"{len(text):06}\n{text}".encode()


class Conversation:
    """waiting: it has nothing to do before `deadline` (us; None: ever) or before it is answered."""

    def __init__(self, process: Process, opening: Sequence[str]) -> None:
        self.process = process
        self.waiting = False
        self.deadline: int | None = None
        self._frozen = False
        self._transfer: str | None = None  # the answer, when its time is up
        self._answer: list[str] = []
        self._received = b""  # of a line
        self._lines: list[str] = []
        process.wire.sendall(_block(opening))

    # To the device

    def tell(self, line: str) -> None:
        """For its next answer."""
        self._answer.append(line)

    def wait(self, deadline: int | None) -> None:
        self.waiting = True
        self.deadline = None if self._frozen else deadline

    def transfer(self, answer: str, deadline: int) -> None:
        """A wait that nothing ends early."""
        self.wait(deadline)
        self._transfer = answer

    def owes(self, now: int) -> bool:
        """Whether the device is to be answered now."""
        if not self.waiting or self._frozen:
            return False
        if self.deadline is not None and now >= self.deadline:
            return True
        return bool(self._answer) and self._transfer is None

    def freeze(self) -> None:
        """It is never answered again."""
        self._frozen = True
        self.deadline = None

    def answer(self, now: int) -> None:
        lines, self._answer = self._answer, []
        if self._transfer is not None:
            lines.append(f"bus {self._transfer}")
        self.waiting = False
        self.deadline = self._transfer = None
        try:
            self.process.wire.sendall(_block([*lines, f"now {now}"]))
        except OSError:
            raise Ended from None

    # From the device

    def line(self) -> str | None:
        """The next line that it has sent."""
        return self._lines.pop(0) if self._lines else None

    def listen(self, timeout_s: float) -> bool:
        """Wait for lines of a device that computes; says whether it has said anything."""
        if not select.select([self.process.wire], [], [], timeout_s)[0]:
            return False
        data = self.process.wire.recv(65536)
        if not data:
            raise Ended
        *lines, self._received = (self._received + data).split(b"\n")
        self._lines += [line.decode(errors="replace") for line in lines]
        return True
