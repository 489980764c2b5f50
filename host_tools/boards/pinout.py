"""The wiring of a board as a picture: its headers as they are on the board, coloured by what each
pin is for, the parts that hang on them, what the board has itself, and hazards.

Boxes beside the board are what somebody wires; boxes on it are there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from host_tools.boards import described, hazards, svg
from host_tools.boards.hazard import ERROR, Hazard
from host_tools.boards.legend import AMBER, COLOURS, INK, PIN, RED, SOFT, legend, role, triangle
from host_tools.boards.profile import Header, HeaderPin, Lan8720, Profile, Use

_BOARD = "#12323f"
_ROW = 24
_TOP = 78
_WIDE = 1240
_BODY = (430, 810)  # the board's left and right edge
_BOX = 330  # width of a part's box
_GAP = 10  # between boxes
_POWER = ("3V3", "5V", "VIN", "VCC")


@dataclass
class _Place:
    """A pin of a header in the picture. side: -1 left, 1 right."""

    pin: HeaderPin
    side: int
    y: float
    ordered: bool


@dataclass
class _Box:
    """A part that somebody wires, with its lines: pin, text, and where the pin is."""

    title: str
    colour: str
    side: int
    lines: list[tuple[_Place, list[str]]] = field(default_factory=list)
    y: float = 0
    split: bool = False  # whether it has pins on the other side as well

    @property
    def height(self) -> float:
        return 28 + sum(self.line_height(texts) for _, texts in self.lines)

    @staticmethod
    def line_height(texts: list[str]) -> float:
        return 6 + 14 * len(texts)


def picture(profile: Profile) -> str:
    """The SVG document."""
    found = hazards.check(profile)
    places, height = _places(profile)
    chips = _chips(profile)
    edge = max(height, _TOP + 40 + sum(chip[2] + 8 for chip in chips))
    boxes = _boxes(profile, places)
    height = max([edge, *(box.y + box.height for box in boxes)])
    body = [svg.rect(0, 0, _WIDE, 10, fill="#ffffff")]  # the background, made tall at the end
    body += [*_head(profile), *_board(edge), *_headers(profile, places), *_middle(chips)]
    for box in boxes:
        body += [*_wires(box), *_box(box)]
    for place in places:
        body += _pin(profile, place, found)
    below, bottom = legend(profile, found, height + 34)
    body[0] = svg.rect(0, 0, _WIDE, bottom, fill="#ffffff")
    return svg.document(_WIDE, bottom, f"{profile.title}: wiring", body + below)


def _head(profile: Profile) -> Iterator[str]:
    told = described.summary(profile)
    yield svg.text(24, 34, profile.title, 22, font_weight="bold", fill=INK)
    lanes = f"{len(profile.lanes)} lane{'s' if len(profile.lanes) > 1 else ''}"
    memory = f"{profile.flash_kb // 1024} MB flash"
    memory += "" if profile.psram == "none" else f", PSRAM ({profile.psram})"
    parts = [told["chip"], memory, lanes, told["network"] or "no network"]
    yield svg.text(24, 56, " · ".join(parts), 13, fill=SOFT)
    said = f"boards/{profile.name}.yaml"
    yield svg.text(_WIDE - 24, 34, said, 12, fill=SOFT, text_anchor="end")


def _places(profile: Profile) -> tuple[list[_Place], float]:
    """Where each pin of the headers is, and where the lowest ends."""
    found = []
    lowest = {-1: float(_TOP), 1: float(_TOP)}
    for header in profile.headers:
        side = -1 if header.side == "left" else 1
        y = lowest[side] + 40
        for pin in header.pins:
            found.append(_Place(pin, side, y, header.ordered))
            y += _ROW
        lowest[side] = y
    return found, max(lowest.values()) + 8


def _board(height: float) -> Iterator[str]:
    left, right = _BODY
    yield svg.rect(left, _TOP, right - left, height - _TOP, rx=14, fill=_BOARD)
    for x in (left + 18, right - 18):
        for y in (_TOP + 18, height - 18):
            yield svg.shape("circle", cx=x, cy=y, r=6, fill="#ffffff", stroke="#c9a227")


def _headers(profile: Profile, places: list[_Place]) -> Iterator[str]:
    start = 0
    for header in profile.headers:
        place = places[start]
        x = _BODY[0] + 36 if place.side < 0 else _BODY[1] - 36
        anchor = "start" if place.side < 0 else "end"
        name = _header_name(header)
        yield svg.text(x, place.y - 18, name, 10, fill="#9fc3d1", text_anchor=anchor)
        start += len(header.pins)


def _header_name(header: Header) -> str:
    return header.name if header.ordered else f"{header.name} (order: see the print)".strip()


def _colour_of(profile: Profile, pin: HeaderPin) -> str:
    if pin.gpio is None:
        if pin.label == "GND":
            return COLOURS["ground"]
        return COLOURS["power"] if pin.label in _POWER else "#ffffff"
    uses = [use for use in profile.uses() if use.pin == pin.gpio]
    if uses:
        return COLOURS[role(uses[0])]
    chip = profile.silicon
    taken = pin.gpio in chip.flash | chip.psram.get(profile.psram, frozenset())
    if isinstance(profile.network, Lan8720) and pin.gpio in hazards.RMII:
        return COLOURS["ethernet"]
    return COLOURS["taken by the chip" if taken else "free"]


def _pin(profile: Profile, place: _Place, found: list[Hazard]) -> Iterator[str]:
    edge = _BODY[0] if place.side < 0 else _BODY[1]
    colour = _colour_of(profile, place.pin)
    dash = {} if place.ordered else {"stroke_dasharray": "3 2"}
    yield svg.rect(edge - PIN / 2, place.y - PIN / 2, PIN, PIN, rx=4, fill=colour,
                   stroke="#aeb8c1", stroke_width=1.2, **dash)  # fmt: skip
    gpio, label = place.pin.gpio, place.pin.label
    inner = edge - place.side * 16
    anchor = "start" if place.side < 0 else "end"
    if gpio is None or label == str(gpio):
        words, weight = (label, "normal") if gpio is None else (label, "bold")
        yield svg.text(inner, place.y + 4, words, 11.5, fill="#e9f3f7", text_anchor=anchor,
                       font_weight=weight)  # fmt: skip
    else:
        words = f"{gpio}  {label}" if place.side < 0 else f"{label}  {gpio}"
        yield svg.text(inner, place.y + 4, words, 11.5, fill="#e9f3f7", text_anchor=anchor,
                       font_weight="bold")  # fmt: skip
    if gpio is not None:
        yield from _mark(place, edge, profile, [h for h in found if h.pin == gpio])


def _mark(place: _Place, edge: float, profile: Profile, found: list[Hazard]) -> Iterator[str]:
    """A triangle where there is a hazard, a ring on a free pin that straps, a line: input only."""
    x, gpio = edge + place.side * 21, place.pin.gpio
    if found:
        worst = RED if any(hazard.severity == ERROR for hazard in found) else AMBER
        yield from triangle(x, place.y, worst)
    elif gpio in profile.silicon.strapping:
        yield svg.shape("circle", cx=x, cy=place.y, r=4.5, fill="none", stroke=AMBER,
                        stroke_width=1.8)  # fmt: skip
    if gpio in profile.silicon.input_only:
        yield svg.rect(edge - 6, place.y - 1.5, 12, 3, fill="#ffffff")


def _on_board(profile: Profile, use: Use) -> bool:
    return any(o.pin == use.pin and o.use and str(use).startswith(o.use) for o in profile.onboard)


def _brought_out(profile: Profile, pin: int) -> bool:
    return any(place.gpio == pin for header in profile.headers for place in header.pins)


def _outside(profile: Profile, use: Use) -> bool:
    """Whether somebody wires it: the board may have a resistor or converter of its own there."""
    parts = ("relay", "ethernet", "lamp pixels", "buzzer")
    inside = _on_board(profile, use) and str(use).startswith(parts)
    return not inside and _brought_out(profile, use.pin)


def _boxes(profile: Profile, places: list[_Place]) -> list[_Box]:
    boxes: dict[tuple[str, int], _Box] = {}
    for use in profile.uses():
        if not _outside(profile, use):
            continue
        there = [place for place in places if place.pin.gpio == use.pin]
        title = _title(profile, use)
        # a pin that is on both sides is wired where its part is already
        place = next((p for p in reversed(there) if (title, p.side) in boxes), there[-1])
        box = boxes.setdefault((title, place.side), _Box(title, COLOURS[role(use)], place.side))
        words = described.wire(profile, use)
        box.lines.append((place, svg.wrap(words, 11, _BOX - 66)))
    for (title, side), box in boxes.items():
        box.split = (title, -side) in boxes
        box.lines.sort(key=lambda line: line[0].y)
    for side in (-1, 1):
        lowest = max((place.y + _ROW for place in places if place.side == side), default=0.0)
        _stack([box for box in boxes.values() if box.side == side], lowest)
    return list(boxes.values())


def _title(profile: Profile, use: Use) -> str:
    if use.part.startswith("reader"):
        reader = profile.readers[int(use.part.split()[1])]
        return f"{use.part}: {described.reader(reader).replace('baud', 'Bd')}, UART {reader.uart}"
    if use.part in ("i2c", "spi", "display"):
        clock = ["clock"] if profile.rtc and use.part == "i2c" else []
        return " and ".join(["display"] * bool(profile.display) + clock) or "I2C"
    return use.part


def _stack(boxes: list[_Box], lowest: float) -> None:
    """Put boxes beside their pins, one under the other without overlap, none far below the pins."""
    boxes.sort(key=_middle_of)
    floor = float(_TOP)
    for box in boxes:
        box.y = max(floor, _middle_of(box) - box.height / 2)
        floor = box.y + box.height + _GAP
    ceiling = max(lowest, _TOP + sum(box.height + _GAP for box in boxes) - _GAP)
    for box in reversed(boxes):
        box.y = min(box.y, ceiling - box.height)
        ceiling = box.y - _GAP


def _middle_of(box: _Box) -> float:
    return sum(place.y for place, _ in box.lines) / len(box.lines)


def _ports(box: _Box) -> Iterator[tuple[_Place, list[str], float]]:
    y = box.y + 28
    for place, texts in box.lines:
        yield place, texts, y + box.line_height(texts) / 2 - 2
        y += box.line_height(texts)


def _wires(box: _Box) -> Iterator[str]:
    for place, _, y in _ports(box):
        edge = (_BODY[0] if place.side < 0 else _BODY[1]) + place.side * PIN / 2
        port = 24 + _BOX if place.side < 0 else _WIDE - 24 - _BOX
        middle = (edge + port) / 2
        path = f"M {edge:.1f} {place.y:.1f} C {middle:.1f} {place.y:.1f} {middle:.1f} {y:.1f} "
        yield svg.shape("path", d=path + f"{port:.1f} {y:.1f}", fill="none", stroke=box.colour,
                        stroke_width=2.4, stroke_linecap="round")  # fmt: skip


def _box(box: _Box) -> Iterator[str]:
    x = 24 if box.side < 0 else _WIDE - 24 - _BOX
    port = x + _BOX if box.side < 0 else x
    yield svg.rect(x, box.y, _BOX, box.height, rx=8, fill="#fbfcfd", stroke=box.colour,
                   stroke_width=1.6)  # fmt: skip
    yield svg.rect(x, box.y, 6, box.height, rx=3, fill=box.colour)
    title = box.title + (f" ({'right' if box.side < 0 else 'left'} too)" if box.split else "")
    # The estimate is of regular letters; bold ones take a tenth more.
    size = min(12.5, 12.5 * (_BOX - 30) / (1.1 * svg.width(title, 12.5)))
    yield svg.text(x + 18, box.y + 18, title, round(size, 1), font_weight="bold", fill=INK)
    for place, texts, y in _ports(box):
        yield svg.shape("circle", cx=port, cy=y, r=4.5, fill=box.colour, stroke="#ffffff")
        number = f"{place.pin.gpio}"
        top = y + 4 - 7 * (len(texts) - 1)
        yield svg.text(x + 18, y + 4, number, 11, font_weight="bold", fill=box.colour)
        for row, words in enumerate(texts):
            yield svg.text(x + 44, top + 14 * row, words, 11, fill=INK)


def _chips(profile: Profile) -> list[tuple[str, list[str], float, str]]:
    """What the board has itself: part, lines, height, colour."""
    grouped: dict[tuple[str, str], list[int]] = {}
    uses = profile.uses()
    for one in profile.onboard:
        serving = [u for u in uses if u.pin == one.pin and str(u).startswith(one.use or "?")]
        colour = COLOURS[role(serving[0])] if serving else COLOURS["taken by the chip"]
        grouped.setdefault((one.part, colour), []).append(one.pin)
    chips = []
    for (part, colour), pins in grouped.items():
        serving = [u for u in uses if u.pin in pins and _on_board(profile, u)]
        served = ", ".join(dict.fromkeys(_served(profile, u) for u in serving)) or "not used"
        numbers = ", ".join(str(pin) for pin in pins)
        lines = svg.wrap(f"GPIO {numbers}: {served}", 10, 182)
        chips.append((part, lines, 24.0 + 13 * len(lines), colour))
    return chips


def _served(profile: Profile, use: Use) -> str:
    """What a part on the board is for; of a relay, in which lane."""
    if not use.part.startswith("relay"):
        return use.part
    lanes = [n for n, lane in enumerate(profile.lanes) if int(use.part.split()[1]) in lane.relays]
    return f"{use.part}, lane {lanes[0]}" if lanes else f"{use.part}, in no lane"


def _middle(chips: list[tuple[str, list[str], float, str]]) -> Iterator[str]:
    y = _TOP + 34.0
    x, wide = (_BODY[0] + _BODY[1]) / 2 - 102, 204
    for part, lines, height, colour in chips:
        yield svg.rect(x, y, wide, height, rx=6, fill="#1d4657", stroke=colour, stroke_width=1.6)
        yield svg.rect(x, y, 5, height, rx=2, fill=colour)
        yield svg.text(x + 13, y + 15, part, 11, font_weight="bold", fill="#ffffff")
        for row, words in enumerate(lines):
            yield svg.text(x + 13, y + 29 + 13 * row, words, 10, fill="#cfe3ec")
        y += height + 8
