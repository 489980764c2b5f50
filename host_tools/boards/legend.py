"""What the colours and marks in the picture of a board mean, and the notes under it."""

from __future__ import annotations

from collections.abc import Iterator

from host_tools.boards import svg
from host_tools.boards.hazard import Hazard
from host_tools.boards.profile import Profile, Use

PIN = 18  # the side of a pin's square
COLOURS = {
    "reader": "#1f6fd6",
    "relay": "#e8590c",
    "fire": "#c92a2a",
    "input": "#2b8a3e",
    "lamp and buzzer": "#d9a400",
    "display and clock": "#7b3fb5",
    "ethernet": "#0b8a8a",
    "power": "#8d1f1f",
    "ground": "#22262b",
    "free": "#cfd6dd",
    "taken by the chip": "#8f98a1",
}
INK = "#1b1f24"
SOFT = "#5c6670"
AMBER = "#f0a202"
RED = "#d6336c"


def role(use: Use) -> str:
    """What a use is for, as the legend calls it."""
    first = use.part.split()[0]
    if first in ("reader", "relay", "fire", "ethernet"):
        return first
    if first in ("lamp", "buzzer"):
        return "lamp and buzzer"
    return "display and clock" if first in ("i2c", "spi", "display") else "input"


def triangle(x: float, y: float, colour: str) -> Iterator[str]:
    points = f"{x - 7},{y + 6} {x + 7},{y + 6} {x},{y - 7}"
    yield svg.shape("polygon", points=points, fill=colour, stroke="#ffffff", stroke_width=1)
    yield svg.text(x, y + 5, "!", 9.5, fill="#ffffff", text_anchor="middle", font_weight="bold")


def legend(profile: Profile, found: list[Hazard], y: float) -> tuple[list[str], float]:
    body = []
    x = 24.0
    for name, colour in COLOURS.items():
        body.append(svg.rect(x, y - 10, 13, 13, rx=3, fill=colour))
        body.append(svg.text(x + 18, y + 1, name, 11, fill=INK))
        x += 34 + svg.width(name, 11)
    y += 26
    body += triangle(31, y - 4, AMBER)
    body.append(svg.text(46, y, "a warning below", 11, fill=INK))
    body += triangle(171, y - 4, RED)
    body.append(svg.text(186, y, "an error", 11, fill=INK))
    body.append(
        svg.shape("circle", cx=260, cy=y - 4, r=4.5, fill="none", stroke=AMBER, stroke_width=1.8)
    )
    body.append(svg.text(272, y, "free, but decides something at boot", 11, fill=INK))
    body.append(svg.rect(500, y - 13, PIN, PIN, rx=4, fill=COLOURS["free"]))
    body.append(svg.rect(503, y - 5.5, 12, 3, fill="#ffffff"))
    body.append(svg.text(524, y, "an input only, without pull resistors", 11, fill=INK))
    y += 12
    for line in _notes(profile, found):
        y += 17
        body.append(svg.text(24, y, line, 11, fill=SOFT))
    return body, y + 22


def _notes(profile: Profile, found: list[Hazard]) -> Iterator[str]:
    told: dict[tuple[int, str], list[str]] = {}
    for hazard in found:
        told.setdefault((hazard.pin, hazard.use), []).append(hazard.name)
    for (pin, use), names in sorted(told.items()):
        where = f"GPIO {pin}, {use}" if pin >= 0 else use
        yield f"{where}: {', '.join(names)}"
    why = f"gatectl board check {profile.name} says why, and what excuses it" if told else ""
    yield why or "no hazards are known"
