"""The lane's states and what leads from one to another, as a picture.

Where a state stands is said here; which arrows there are, and their words, comes from the table. A
change that has no place here is an error, so that the picture cannot leave one out.
"""

from __future__ import annotations

from collections.abc import Callable

from host_tools.boards import svg
from host_tools.lane.rows import REST, STATES, Change, Entrance, entrances

WIDE, HIGH = 1380, 800
_MANY = 3  # events from so many states are drawn once
_INK, _SOFT, _LINE, _PAPER = "#1b1f24", "#5c6670", "#7d8791", "#ffffff"
_W, _H = 150, 58
_UP, _DOWN = 270, 590  # the rows of states
_NOTE = 250  # width of a note
_BAR = (60, 425, 1190, 34)  # rest

_GREEN = "#2b8a3e"
_USUAL = (("idle", "verifying"), ("verifying", "granted"), ("granted", "passing"))

# state -> middle, fill, edge, what stands under its name
_STATES: dict[str, tuple[float, float, str, str, str]] = {
    "denied": (150, _UP, "#fff0f0", "#c92a2a", "the refusal is shown"),
    "idle": (420, _UP, "#eef3f8", "#4a6076", "shut, ready"),
    "verifying": (690, _UP, "#eef3f8", "#4a6076", "shut, a code is judged"),
    "granted": (960, _UP, "#e6f6ea", "#2b8a3e", "open, for its time"),
    "passing": (1190, _UP, "#e6f6ea", "#2b8a3e", "somebody is in it"),
    "locked": (230, _DOWN, "#f1f1f3", "#5c5f66", "shut, by its key"),
    "maintenance": (520, _DOWN, "#fff7e0", "#b07a00", "shut, no alarms"),
    "fire": (815, _DOWN, "#ffe8d9", "#d9480f", "everything is open"),
    "alarm": (1110, _DOWN, "#ffe3e3", "#c92a2a", "shut, no code judged"),
}
# What stands after rest: lane.py's order. A test holds it against the firmware.
RESTS = ("maintenance", "alarm", "passing", "locked", "idle")


def _label(x: float, y: float, events: tuple[str, ...], anchor: str = "middle") -> list[str]:
    """Words on a line, on paper so that lines do not strike them out."""
    lines = [", ".join(events[at : at + 2]) for at in range(0, len(events), 2)]
    wide = max(svg.width(line, 11.5) for line in lines) + 8
    left = {"middle": x - wide / 2, "start": x - 4, "end": x - wide + 4}[anchor]
    found = [svg.rect(left, y - 12, wide, 15 * len(lines) + 2, fill=_PAPER, rx=3, opacity=0.92)]
    for number, line in enumerate(lines):
        found.append(svg.text(x, y + 15 * number, line, 11.5, fill=_INK, text_anchor=anchor))
    return found


def _path(d: str, dashed: bool = False, colour: str = _LINE) -> str:
    more = {"stroke_dasharray": "5 4"} if dashed else {}
    return svg.shape(
        "path", d=d, fill="none", stroke=colour, stroke_width=1.7, marker_end="url(#tip)", **more
    )


def _level(change: Change) -> list[str]:
    """Between neighbours in the upper row, on their own height."""
    (x, y, *_), (to, *_) = _STATES[change.before], _STATES[change.after]
    way = 1 if to > x else -1
    start, end = x + way * _W / 2, to - way * (_W / 2 + 3)
    usual = (change.before, change.after) in _USUAL
    return [
        _path(f"M {start} {y} H {end}", colour=_GREEN if usual else _LINE),
        *_label((start + end) / 2, y - 9 - 15 * ((len(change.events) - 1) // 2), change.events),
    ]


def _arc(
    lift: float, at: float, leave: float = 0, arrive: float = 0
) -> Callable[[Change], list[str]]:
    """Over the heads of the upper row, so high, with the words at this x."""

    def draw(change: Change) -> list[str]:
        (x, y, *_), (to, *_) = _STATES[change.before], _STATES[change.after]
        top = y - _H / 2 - lift
        x, to = x + leave, to + arrive
        bend = 14 if to > x else -14
        d = (
            f"M {x} {y - _H / 2} V {top + 14} Q {x} {top} {x + bend} {top} "
            f"H {to - bend} Q {to} {top} {to} {top + 14} V {y - _H / 2 - 3}"
        )
        return [_path(d), *_label(at, top + 4, change.events)]

    return draw


def _to_rest(change: Change) -> list[str]:
    x, y, *_ = _STATES[change.before]
    left, top, wide, high = _BAR
    x = min(x - 22, left + wide - 24)
    if y < top:
        d = f"M {x} {y + _H / 2} V {top - 3}"
        return [_path(d), *_label(x - 7, (y + _H / 2 + top) / 2, change.events, "end")]
    d = f"M {x} {y - _H / 2} V {top + high + 3}"
    return [_path(d), *_label(x - 7, (y - _H / 2 + top + high) / 2 + 4, change.events, "end")]


def _from_rest(state: str) -> list[str]:
    x, y, *_ = _STATES[state]
    _, top, _, high = _BAR
    x += 22
    if y < top:
        d = f"M {x} {top} V {y + _H / 2 + 3}"
        middle = (y + _H / 2 + top) / 2
    else:
        d = f"M {x} {top + high} V {y - _H / 2 - 3}"
        middle = (y - _H / 2 + top + high) / 2 + 4
    number = RESTS.index(state) + 1
    return [
        _path(d, dashed=True),
        svg.shape("circle", cx=x, cy=middle - 4, r=9, fill=_PAPER, stroke=_LINE),
        svg.text(x, middle, str(number), 11, fill=_SOFT, text_anchor="middle"),
    ]


def _around(change: Change) -> list[str]:
    """From passing, past the end of rest, to alarm."""
    x, y, *_ = _STATES[change.before]
    to, low, *_ = _STATES[change.after]
    edge = x + _W / 2 + 32
    d = (
        f"M {x + _W / 2} {y} H {edge - 14} Q {edge} {y} {edge} {y + 14} "
        f"V {low - 14} Q {edge} {low} {edge - 14} {low} H {to + _W / 2 + 3}"
    )
    return [_path(d), *_label(edge, 510, change.events)]


# the changes that are drawn one by one, and how
_DRAWN: dict[tuple[str, str], Callable[[Change], list[str]]] = {
    ("idle", "verifying"): _level,
    ("verifying", "granted"): _level,
    ("granted", "passing"): _level,
    ("idle", "denied"): _level,
    ("verifying", "denied"): _arc(34, 420, leave=-24, arrive=24),
    ("denied", "verifying"): _arc(72, 420, leave=-24, arrive=24),
    ("passing", "alarm"): _around,
}


def _entrances(state: str, many: list[Entrance]) -> list[str]:
    """Events from many states, as a note with an arrow."""
    x, y, *_ = _STATES[state]
    lines: list[tuple[str, bool]] = []
    for one in many:
        lines.append((", ".join(one.events), True))
        lines += [(line, False) for line in svg.wrap(one.words, 10.5, _NOTE - 16)]
    high = 14 + 15 * len(lines)
    if y == _UP:
        top = y - _H / 2 - 48 - high
        d = f"M {x} {top + high} V {y - _H / 2 - 3}"
    else:
        top = y + _H / 2 + 44
        d = f"M {x} {top} V {y + _H / 2 + 3}"
    found = [
        _path(d, colour=_INK),
        svg.rect(x - _NOTE / 2, top, _NOTE, high, rx=14, fill="#f6f8fa", stroke=_SOFT),
    ]
    for number, (line, event) in enumerate(lines):
        more = {"font_weight": "bold"} if event else {}
        size, colour = (12, _INK) if event else (10.5, _SOFT)
        at = top + 19 + 15 * number
        found.append(svg.text(x, at, line, size, fill=colour, text_anchor="middle", **more))
    return found


def _state(name: str) -> list[str]:
    x, y, fill, edge, words = _STATES[name]
    return [
        svg.rect(x - _W / 2, y - _H / 2, _W, _H, rx=12, fill=fill, stroke=edge, stroke_width=2),
        svg.text(x, y - 2, name, 16, fill=_INK, text_anchor="middle", font_weight="bold"),
        svg.text(x, y + 17, words, 11, fill=_SOFT, text_anchor="middle"),
    ]


def _rest() -> list[str]:
    x, y, w, h = _BAR
    order = ", ".join(f"{number} {state}" for number, state in enumerate(RESTS, 1))
    words = f"rest: the first of these that stands: {order}"
    return [
        svg.rect(x, y, w, h, rx=h / 2, fill="#e9edf1", stroke=_LINE, stroke_width=1),
        svg.text(x + w / 2, y + h / 2 + 5, words, 13, fill=_INK, text_anchor="middle"),
    ]


def picture() -> str:
    """The whole picture, as SVG."""
    body = [
        svg.rect(0, 0, WIDE, HIGH, fill=_PAPER),
        f'<defs><marker id="tip" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path d="M 0 1 L 9 5 L 0 9 z" '
        f'fill="{_SOFT}"/></marker></defs>',
        svg.text(60, 44, "A lane: what leads from one state to another", 20, fill=_INK,
                 font_weight="bold"),
        svg.text(60, 66, "Drawn from firmware/gate/lane/table.py. What is not drawn leaves the "
                 "state as it is. After a fault rest is denied instead of idle.", 12, fill=_SOFT),
    ]  # fmt: skip
    many, changes = entrances(_MANY)
    body += _rest()
    for change in changes:
        draw = _to_rest if change.after == REST else _DRAWN.get((change.before, change.after))
        if draw is None:
            raise ValueError(f"no place for the way from {change.before} to {change.after}")
        body += draw(change)
    for state in RESTS:
        body += _from_rest(state)
    for state in STATES:
        entering = [one for one in many if one.after == state]
        if entering:
            body += _entrances(state, entering)
        body += _state(state)
    return svg.document(WIDE, HIGH, "The states of a lane", body)
