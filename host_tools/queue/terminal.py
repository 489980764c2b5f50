"""Our gate's part of a check: how long the code is on the serial line, how long the decision takes.

Calculated, not measured: characters by the baud rate, and the instructions that
docs/performance.json has, by the chip's clock. Nobody has run it on a chip.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from host_tools.bench.measure import Result
from host_tools.bench.report import CHIPS
from host_tools.bench.targets import row_of
from host_tools.boards.profile import Profile
from host_tools.firmware import ROOT
from host_tools.problems import Failure
from host_tools.simulator.readers.line import BITS_PER_BYTE

STORED = ROOT / "docs" / "performance.json"
_CHIPS = {name.lower().replace("-", ""): (mhz, kernel) for name, mhz, kernel in CHIPS}
_DECISION = "decision on an aggregate code"


@dataclass(frozen=True)
class Code:
    """A code that people show. characters: with its line end. more: work beyond an aggregate's."""

    title: str
    characters: int
    more: tuple[str, ...] = ()


# A test makes such codes and compares their lengths.
CODES = {
    "printed": Code("one issuer's word for all claims, no proof by the phone", 254),
    "live": Code(
        "four claims of three issuers, and the phone's proof", 764,
        ("Ed25519 cached", "SM2 cached", "ES256 first seen"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Terminal:
    """A board with a reader, and the code that is shown to it."""

    board: Profile
    baud: int
    code: Code

    @property
    def transfer_s(self) -> float:
        return self.code.characters * BITS_PER_BYTE / self.baud

    @property
    def instructions(self) -> int:
        """From the reader's last byte to the relay's pin."""
        _, kernel = self._chip
        result = Result.read(json.loads(STORED.read_text(encoding="utf-8")))
        total = 0
        for name in (_DECISION, *self.code.more):
            row = row_of(result, name)
            composed = None if row is None else row.composed.get(kernel)
            if composed is None:
                raise Failure(f"docs/performance.json has no count of {name!r} with {kernel}")
            total += composed.total
        return total

    def decision_s(self, cycles: float) -> float:
        """cycles: that the chip takes for an instruction."""
        return self.instructions * cycles / (self._chip[0] * 1e6)

    @property
    def _chip(self) -> tuple[int, str]:
        if self.board.chip not in _CHIPS:
            raise Failure(f"no clock is known of {self.board.chip}, the chip of {self.board.name}")
        return _CHIPS[self.board.chip]
