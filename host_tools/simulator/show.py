"""The demo as people read it: a card for each person, and a summary. Plain where there is no
terminal. Prints what the simulated hardware saw; judges only whether that was expected."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from host_tools.simulator.cast import Person
from host_tools.simulator.turnstile import Outcome
from host_tools.simulator.words import milliseconds, relay_words, told

_STEP_MS = 100  # one character of the picture of the relay
_STEPS = 14
_TEXT_LENGTH = re.compile(r'(<text[^>]* textLength=)"([0-9.]+)"([^>]*>)([^<]*)<')
_FONTS = "Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace"


@dataclass(frozen=True)
class Scene:
    """One person at the turnstile, and what came of it."""

    number: int
    person: Person
    outcome: Outcome

    @property
    def problem(self) -> str | None:
        """What differs from what was expected; None if nothing does.

        How long the relay was open is not judged here: a busy computer stretches real time. The
        scenarios hold it to the microsecond in virtual time.
        """
        expected, got = self.person.expected, self.outcome.reason
        if expected != got:
            return f"expected {expected or 'granted'}, got {got or 'granted'}"
        pulse = self.outcome.pulse
        if expected is None:
            if pulse is None or pulse.length_us is None:
                return "granted, but the relay did not open and shut"
        elif pulse is not None:
            return "refused, but the relay opened"
        return None


def card(scene: Scene, width: int) -> RenderableType:
    """One person, four lines or so."""
    person, outcome = scene.person, scene.outcome
    colour = "green" if outcome.granted else "red"
    verdict = "GRANTED" if outcome.granted else "REFUSED"
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right")
    title = Text.assemble((f"{person.name}", "bold"), "  ", (person.story, "italic"))
    head.add_row(title, Text(f"{verdict} {_when(outcome)}", f"bold {colour}"))
    lines = Table.grid(padding=(0, 1))
    lines.add_column(style="dim", width=6)
    lines.add_column(overflow="fold")
    lines.add_row("claims", " · ".join(person.claims))
    lines.add_row("told", _texts(outcome))
    lines.add_row("relay", Text.assemble((_wave(outcome), colour), "  ", _relay(outcome)))
    if scene.problem:
        lines.add_row("WRONG", Text(scene.problem, "bold white on red"))
    body = Table.grid(padding=(0, 1), expand=True)
    body.add_column(width=2, justify="right", style=f"bold {colour}")
    body.add_column(width=1)
    body.add_column(ratio=1)
    bar = Text("\n".join(["▌"] * _height(head, lines, width)), colour)
    body.add_row(str(scene.number), bar, Group(head, lines))
    return Group(body, Text(""))


def summary(scenes: Sequence[Scene], computer: str, seconds: float) -> RenderableType:
    """The closing panel."""
    granted = [scene for scene in scenes if scene.outcome.granted]
    refused = [scene for scene in scenes if not scene.outcome.granted]
    wrong = [scene for scene in scenes if scene.problem]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    reasons = Counter(str(scene.outcome.reason) for scene in refused)
    table.add_row("granted", f"{len(granted)} of {len(scenes)}")
    table.add_row("refused", f"{len(refused)}: {', '.join(reasons)}")
    for label, some in (("to open", granted), ("to refuse", refused)):
        if some:
            slowest = max(some, key=lambda scene: scene.outcome.latency_us)
            times = sorted(scene.outcome.latency_us / 1000 for scene in some)
            middle = times[len(times) // 2]
            table.add_row(
                label,
                f"median {max(0, middle):.0f} ms, slowest {times[-1]:.0f} ms "
                f"({slowest.person.name}), on this computer",
            )
    table.add_row("ran on", computer)
    table.add_row("took", f"{seconds:.1f} s")
    if wrong:
        title, style = f"{len(wrong)} of {len(scenes)} not as expected", "bold red"
        for scene in wrong:
            table.add_row(Text("WRONG", "bold red"), f"{scene.person.name}: {scene.problem}")
    else:
        title, style = f"all {len(scenes)} as expected", "bold green"
    return Panel(table, title=title, title_align="left", border_style=style, box=box.ROUNDED)


def header(lines: Sequence[tuple[str, str]]) -> RenderableType:
    """The opening panel."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, text in lines:
        table.add_row(label, text)
    return Panel(
        table,
        title="[bold]One code, one scan, no network[/]",
        title_align="left",
        border_style="cyan",
        box=box.ROUNDED,
    )


def picture(console: Console, title: str) -> str:
    """What was printed, as SVG. It names fonts of the viewer's computer and loads none."""
    without_fonts = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(
        title=title, code_format=without_fonts.replace("Fira Code, monospace", _FONTS)
    )
    return _TEXT_LENGTH.sub(_widen, svg)


def _widen(match: re.Match[str]) -> str:
    """rich counts a Chinese character as one cell wide in an SVG's textLength; it is two."""
    before, length, between, content = match.groups()
    text = html.unescape(content)
    width = float(length) * cell_len(text) / max(1, len(text))
    return f'{before}"{width:g}"{between}{content}<'


def _when(outcome: Outcome) -> str:
    if outcome.latency_us < 0:
        return "at once"
    return f"after {outcome.latency_us / 1000:.0f} ms"


def _texts(outcome: Outcome) -> Text:
    reason = f"  ({outcome.reason})" if outcome.reason else ""
    zh, en = (told(outcome.texts, language) for language in ("zh", "en"))
    return Text.assemble((zh, "bold"), (" · ", "dim"), en, (reason, "dim"))


def _relay(outcome: Outcome) -> str:
    pulse = outcome.pulse
    on_us = None if pulse is None else pulse.on_us - outcome.last_byte_us
    return relay_words(milliseconds(on_us), milliseconds(pulse.length_us if pulse else None))


def _wave(outcome: Outcome) -> str:
    """The relay from the last byte on, one character for 100 ms."""
    pulse = outcome.pulse
    if pulse is None or pulse.off_us is None:
        return "▁" * _STEPS
    start = (pulse.on_us - outcome.last_byte_us) / 1000 / _STEP_MS
    end = (pulse.off_us - outcome.last_byte_us) / 1000 / _STEP_MS
    return "".join("█" if start <= step + 0.5 < end else "▁" for step in range(_STEPS))


def _height(head: RenderableType, lines: RenderableType, width: int) -> int:
    console = Console(width=max(20, width - 5), file=None)
    options = console.options.update(width=max(20, width - 5))
    return sum(len(console.render_lines(part, options)) for part in (head, lines))
