"""A summary for people: figures, and the passes an hour as bars of characters."""

from __future__ import annotations

from collections import Counter

import rich_click as click

from host_tools import times
from host_tools.audit.summary import Summary
from host_tools.cli.json_lines import visible

_WIDTH = 40  # characters of the longest bar
_GRANTED, _REFUSED = "█", "░"


def print_summary(summary: Summary) -> None:
    if not summary.records:
        click.echo("no records")
        return
    if summary.first is not None and summary.last is not None:
        click.echo(f"{times.rfc3339(summary.first)} to {times.rfc3339(summary.last)}")
    granted, refused = sum(summary.granted.values()), sum(summary.reasons.values())
    walked = summary.kinds["passage"]
    click.echo(
        f"{summary.records} records: {summary.kinds['decision'] - refused} granted, {refused} "
        f"refused, {walked} walked through, {summary.kinds['annulled']} did not"
    )
    if summary.untimed:
        click.echo(f"{summary.untimed} records without a trusted time, in no hour")
    if granted or any(summary.refused.values()) or any(summary.passed.values()):
        _bars(summary)
    _counts("refused for", summary.reasons)
    _counts("alarms", summary.alarms)
    _counts("formats", summary.formats)
    _counts("starts", summary.starts)
    latencies = summary.latencies()
    if latencies:
        told = ", ".join(f"{name} {took}" for name, took in latencies.items())
        click.echo(f"verification, ms: {told}")
    if summary.kinds["fault"] or summary.lost:
        click.echo(f"faults: {summary.kinds['fault']}, records lost: {summary.lost}")
    if summary.available is not None:
        click.echo(f"available: {summary.available:.3%} (what is known: see docs/audit.md)")


def _bars(summary: Summary) -> None:
    hours = summary.hours()
    most = max(1, *(summary.granted[hour] + summary.refused[hour] for hour in hours))
    click.echo(f"an hour (UTC), {_GRANTED} granted {_REFUSED} refused, walked through behind them:")
    for hour in hours:
        granted, refused = summary.granted[hour], summary.refused[hour]
        long, short = _scaled(granted, most), _scaled(refused, most)
        when = times.rfc3339(hour)[:16].replace("T", " ")
        bar = _GRANTED * long + _REFUSED * short
        click.echo(f"{when}  {bar:<{_WIDTH + 1}} {granted}+{refused}  {summary.passed[hour]}")


def _scaled(count: int, most: int) -> int:
    return -(-count * _WIDTH // most) if count else 0


def _counts(title: str, counts: Counter[str]) -> None:
    if counts:
        click.echo(visible(f"{title}: " + ", ".join(f"{n} {c}" for n, c in counts.most_common())))
