"""The running gate as `gatectl sim` draws it: lamp, relay, display, what was decided, the log."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from host_tools.simulator.record import Note
from host_tools.simulator.session import Session
from host_tools.simulator.turnstile import Outcome
from host_tools.simulator.words import milliseconds, relay_words, told

_LOG_LINES = 6


def plain(note: Note) -> str:
    """A log line with its time, for output that is no terminal."""
    return f"{note.at_us / 1e6:9.3f}  {note.text}"


def picture(session: Session) -> RenderableType:
    """Everything at a glance."""
    return Group(_front(session), _decisions(session), _log(session))


def _front(session: Session) -> RenderableType:
    turnstile = session.turnstile
    board = turnstile.board
    display = turnstile.record.events("display")[-1].fields
    relay = (
        Text("▐    ▌ open", "bold green") if turnstile.relay_open else Text("▐████▌ shut", "bold")
    )
    grid = Table.grid(padding=(0, 3))
    grid.add_column(style="dim")
    grid.add_column()
    lamp = Text.assemble(
        ("●", "bold green" if turnstile.lit(board.green) else "grey30"),
        " ",
        ("●", "bold red" if turnstile.lit(board.red) else "grey30"),
        ("   ♪", "bold yellow") if turnstile.lit(board.buzzer) else "",
    )
    grid.add_row("display", Text(told(display, "zh"), "bold"))
    grid.add_row("", told(display, "en"))
    grid.add_row("lamp", lamp)
    grid.add_row("relay", relay)
    title = f"gate {session.start['gate']} · {board.title} · {session.start['site'] or 'no site'}"
    return Panel(
        grid,
        title=title,
        title_align="left",
        subtitle="gatectl scan CODE|FILE.png · gatectl scan --fire on|off · Ctrl+C stops",
        border_style="green" if turnstile.relay_open else "cyan",
        box=box.ROUNDED,
    )


def _decisions(session: Session) -> RenderableType:
    table = Table(box=None, expand=True, header_style="dim")
    for column in ("at", "verdict", "why", "issuer", "latency", "relay"):
        table.add_column(column, no_wrap=column in ("at", "verdict", "latency"))
    for outcome in reversed(session.outcomes):
        table.add_row(*_row(outcome))
    return table


def _row(outcome: Outcome) -> list[RenderableType]:
    pulse = outcome.pulse
    on_us = pulse.on_us - outcome.last_byte_us if pulse else None
    return [
        f"{outcome.last_byte_us / 1e6:.1f} s",
        Text("granted", "green") if outcome.granted else Text("refused", "red"),
        outcome.reason or str(outcome.decision.get("rule") or ""),
        str(outcome.decision.get("issuer") or ""),
        f"{max(0, outcome.latency_us) / 1000:.0f} ms",
        relay_words(milliseconds(on_us), milliseconds(pulse.length_us if pulse else None)),
    ]


def _log(session: Session) -> RenderableType:
    notes = session.turnstile.record.notes[-_LOG_LINES:]
    return Text("\n".join(plain(note) for note in notes), "dim", no_wrap=True, overflow="ellipsis")
