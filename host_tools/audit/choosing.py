"""Which records are wanted."""

from __future__ import annotations

from dataclasses import dataclass

from host_tools.audit.bodies import Record


@dataclass(frozen=True)
class Choice:
    """Whatever is set has to hold. since, until: Unix seconds; a record whose time was not trusted
    has none, and is not in any range of times."""

    since: int | None = None
    until: int | None = None
    gates: tuple[str, ...] = ()
    verdict: str | None = None
    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()

    def takes(self, record: Record) -> bool:
        return (
            self._in_time(record)
            and _among(record.text("gate"), self.gates)
            and self.verdict in (None, record.text("verdict"))
            and _among(record.text("reason"), self.reasons)
            and _among(record.kind, self.kinds)
            and self._alarm(record)
        )

    def _in_time(self, record: Record) -> bool:
        if self.since is None and self.until is None:
            return True
        if record.unix is None:
            return False
        return (self.since is None or self.since <= record.unix) and (
            self.until is None or record.unix < self.until
        )

    def _alarm(self, record: Record) -> bool:
        if not self.alarms:
            return True
        return record.kind in ("alarm", "alarm_over") and record.text("kind") in self.alarms


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted
