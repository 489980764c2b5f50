"""What a log amounts to: passes an hour, reasons of refusals, how long it took, what went wrong.

Memory is bounded by the hours and the distinct values in a log, not by its records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from host_tools import times
from host_tools.audit.bodies import Record

HOUR = 3600
PERCENTILES = (50, 90, 95, 99, 100)
_MAX_MS = 600_000  # what took longer counts as this long


@dataclass
class Summary:
    """hours: by the Unix second at which one begins."""

    records: int = 0
    untimed: int = 0  # whose time was not trusted
    first: int | None = None
    last: int | None = None
    granted: Counter[int] = field(default_factory=Counter)  # hour -> granted
    passed: Counter[int] = field(default_factory=Counter)  # hour -> passages
    refused: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    took_ms: Counter[int] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)  # cause -> starts
    lost: int = 0
    away: int = 0  # seconds from the last time before a start to the first one after it
    _latest: int | None = None
    _started: bool = False

    def add(self, record: Record) -> None:
        self.records += 1
        self.kinds[record.kind] += 1
        hour = None if record.unix is None else record.unix - record.unix % HOUR
        if record.kind == "start":
            self.starts[record.text("reset") or "unknown"] += 1
            self._started = True
        if record.unix is None:
            self.untimed += 1
        else:
            self.first = record.unix if self.first is None else min(self.first, record.unix)
            self.last = record.unix if self.last is None else max(self.last, record.unix)
            if self._started and self._latest is not None:
                self.away += max(0, record.unix - self._latest)
            self._started = False
            self._latest = record.unix
        if record.kind == "decision":
            self._decision(record, hour)
        elif record.kind == "passage" and hour is not None:
            self.passed[hour] += 1
        elif record.kind == "alarm":
            self.alarms[record.text("kind") or "unknown"] += 1
        elif record.kind == "lost":
            count = record.fields.get("count")
            self.lost += count if isinstance(count, int) else 0

    def _decision(self, record: Record, hour: int | None) -> None:
        granted = record.text("verdict") == "granted"
        if hour is not None:
            (self.granted if granted else self.refused)[hour] += 1
        if not granted:
            self.reasons[record.text("reason") or "unknown"] += 1
        self.formats[record.text("format") or "none"] += 1
        took = record.fields.get("ms")
        if isinstance(took, int) and not isinstance(took, bool) and took >= 0:
            self.took_ms[min(took, _MAX_MS)] += 1

    @property
    def available(self) -> float | None:
        """The part of the time between the first record and the last during which it was on."""
        if self.first is None or self.last is None or self.last == self.first:
            return None
        return 1 - min(1.0, self.away / (self.last - self.first))

    def latencies(self) -> dict[str, int]:
        """Milliseconds of a decision, by percentile (nearest rank)."""
        total = sum(self.took_ms.values())
        found = {}
        for percentile in PERCENTILES if total else ():
            rank = -(-percentile * total // 100)
            for took in sorted(self.took_ms):
                rank -= self.took_ms[took]
                if rank <= 0:
                    found[f"p{percentile}"] = took
                    break
        return found

    def hours(self) -> list[int]:
        """Every hour from the first with a decision or passage to the last, at most 31 days."""
        marked = [*self.granted, *self.refused, *self.passed]
        if not marked:
            return []
        last = max(marked)
        return list(range(max(min(marked), last - 31 * 24 * HOUR), last + HOUR, HOUR))

    def document(self) -> dict[str, Any]:
        available = self.available
        return {
            "records": self.records,
            "records_without_time": self.untimed,
            "from": None if self.first is None else times.rfc3339(self.first),
            "to": None if self.last is None else times.rfc3339(self.last),
            "granted": self.kinds["decision"] - sum(self.reasons.values()),
            "refused": sum(self.reasons.values()),
            "passages": self.kinds["passage"],
            "annulled": self.kinds["annulled"],
            "reasons": dict(self.reasons.most_common()),
            "alarms": dict(self.alarms.most_common()),
            "formats": dict(self.formats.most_common()),
            "latency_ms": self.latencies(),
            "starts": dict(self.starts.most_common()),
            "faults": self.kinds["fault"],
            "records_lost": self.lost,
            "available": None if available is None else round(available, 5),
            "hours": [
                {
                    "hour": times.rfc3339(hour),
                    "granted": self.granted[hour],
                    "refused": self.refused[hour],
                    "passages": self.passed[hour],
                }
                for hour in self.hours()
            ],
        }


def summarise(records: Iterable[Record]) -> Summary:
    summary = Summary()
    for record in records:
        summary.add(record)
    return summary
