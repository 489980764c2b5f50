"""One hazard: what is wrong, where, why."""

from __future__ import annotations

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Hazard:
    """pin: -1 where it is about no single one. accepted: why the profile lives with it, or ""."""

    name: str
    severity: str
    pin: int
    use: str
    reason: str
    accepted: str = ""
