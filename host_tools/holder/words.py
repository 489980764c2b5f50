"""Claims at a glance: what a statement says, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from host_tools import times
from host_tools.holder.statement import Statement
from host_tools.times import DAY


def lines(one: Statement, now: int) -> Iterator[tuple[str, str]]:
    """(kind, words) for each claim of a statement."""
    for kind, claims in one.claims.items():
        for claim in claims:
            yield kind, _SAY[kind](claim, now)


def left(one: Statement, now: int) -> str:
    """How long a statement is valid."""
    if now > one.expires:
        return f"expired {_span(now - one.expires)} ago"
    if now < one.begins:
        return f"begins in {_span(one.begins - now)}"
    return f"{_span(one.expires - now)} left"


def _health(claim: Mapping[str, Any], now: int) -> str:
    return f"{claim['jurisdiction']} {claim['colour']}, assessed {_ago(claim['at'], now)}"


def _travel(claim: Mapping[str, Any], now: int) -> str:
    today = now // DAY
    visited = [
        f"{place} ({'today' if today - day <= 0 else f'{today - day} d ago'})"
        for place, day in claim["regions"].items()
    ]
    risk = f"; at risk: {' '.join(claim['risk'])}" if claim["risk"] else ""
    return f"{claim['jurisdiction']}, {claim['days']} days: {' '.join(visited) or 'none'}{risk}"


def _vaccination(claim: Mapping[str, Any], _now: int) -> str:
    dose = f"{claim['dose']} of {claim['of']}"
    return f"{claim['jurisdiction']} {claim['product']}, {dose}, {times.day_text(claim['day'])}"


def _test(claim: Mapping[str, Any], now: int) -> str:
    kind = claim["kind"].upper()
    return f"{claim['jurisdiction']} {kind} {claim['result']}, sampled {_ago(claim['at'], now)}"


def _recovery(claim: Mapping[str, Any], _now: int) -> str:
    start, end = times.day_text(claim["from"]), times.day_text(claim["until"])
    return f"{claim['jurisdiction']} valid {start} to {end}"


_SAY = {
    "health": _health,
    "travel": _travel,
    "vaccination": _vaccination,
    "test": _test,
    "recovery": _recovery,
}


def _ago(at: int, now: int) -> str:
    return f"{_span(now - at)} ago" if now - at >= 60 else "just now"


def _span(seconds: int) -> str:
    """A duration in its largest unit that counts at least two, or minutes."""
    for size, unit in ((DAY, "d"), (3600, "h")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{max(1, seconds // 60)} min"
