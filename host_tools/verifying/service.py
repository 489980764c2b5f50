"""One MicroPython process that verifies codes, one after the other.

Open a Service with a trust part or a bundle, then ask it for each code.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

from host_tools.problems import Failure
from host_tools.served import NoAnswer, Served

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
        belief = (trust, bundle, root, values, gate.encode())
        size = sum(len(part) for part in belief)
        heap = HEAP if size < 500_000 else f"{2 + size // 200_000}M"
        self._served = Served(LOOP, heap=heap, patience=PATIENCE, hello=belief)

    def __enter__(self) -> Service:
        try:
            opened = json.loads(self._served.start())
        except NoAnswer:
            raise Failure(
                f"the firmware's verifier does not start; see why with: gatectl micropython {LOOP}"
            ) from None
        if not opened["ok"]:
            self._served.stop()
            raise Failure(f"the firmware does not accept this trust or bundle: {opened['reason']}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._served.stop()

    def verify(self, code: bytes, at: int) -> Answer:
        """The firmware's answer for one code at a time in Unix seconds. Always gives one."""
        try:
            answer = json.loads(self._served.ask([at.to_bytes(8, "big"), code[:MAX_CODE]]))
        except (NoAnswer, ValueError):
            # The firmware must never die of a code. Should it do so all the same, that code is
            # refused and the next one finds a new process.
            self._served.stop()
            return _no_answer()
        return {name: answer[name] for name in FIELDS if name in answer}


def _no_answer() -> Answer:
    nothing = dict.fromkeys(FIELDS[3:7])
    return {"ok": False, "reason": "internal_error", "stage": "gate", **nothing}
