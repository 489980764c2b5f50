"""Draws docs/display.png: every state on two displays and as a lamp, by the firmware itself.

python -m host_tools.simulator.displays.sheet docs/display.png
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from host_tools.simulator.displays import studio
from host_tools.simulator.displays.studio import Call, Studio

STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ready", ()),
    ("wait", ()),
    ("granted", ()),
    ("refused", ("health_stale",)),
    ("fire", ()),
    ("alarm", ("tailgating",)),
    ("locked", ()),
    ("maintenance", ()),
    ("data_expired", ("policy_expired",)),
    ("noted", ()),  # ready, with a standing remark
)
_EVERY_MS = 4000
_FIRST_MS = 1000
_PAGE_MS = 1800
_SLOT_MS = 125
_SLOTS = 16
_BACK = (236, 239, 242)
_INK = (40, 46, 54)
_BEZEL = (52, 56, 62)
_GAP = 18


def script() -> list[Call]:
    found: list[Call] = []
    for i, (what, more) in enumerate(STATES):
        at = _FIRST_MS + i * _EVERY_MS
        if what == "noted":
            found.append((at, "note", ("reader_silent", True)))
            found.append((at, "show", ("ready",)))
        else:
            found.append((at, "show", (what, *more)))
    return found


def pictures(folder: Path, display: str, pages: int) -> list[list[Image.Image]]:
    """By state, the pages that the display shows one after the other."""
    with Studio(folder, studio.board(display), script()) as face:
        return [
            [
                face.at_ms(_FIRST_MS + i * _EVERY_MS + page * _PAGE_MS + 1500)
                for page in range(pages)
            ]
            for i in range(len(STATES))
        ]


def lamps(folder: Path) -> list[list[tuple[int, int, int]]]:
    """By state, the colour in each slot of two seconds."""
    profile = dataclasses.replace(
        studio.with_pixels(studio.board("ssd1306 128x64"), 1), display=None
    )
    with Studio(folder, profile, script()) as face:
        pixels = face.panels.pixels
        assert pixels is not None
        found = []
        for i in range(len(STATES)):
            colours = []
            for slot in range(_SLOTS):
                face.run_to_ms(_FIRST_MS + i * _EVERY_MS + 10 + slot * _SLOT_MS + _SLOT_MS // 2)
                colours.append(pixels.colours[0])
            found.append(colours)
        return found


def sheet() -> Image.Image:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        small = pictures(folder / "small", "ssd1306 128x64", 2)
        large = pictures(folder / "large", "st7789 240x240", 1)
        lit = lamps(folder / "lamp")
    cells = [_cell(*parts) for parts in zip(STATES, large, small, lit, strict=True)]
    columns = 5
    wide, high = cells[0].size
    rows = -(-len(cells) // columns)
    page = Image.new("RGB", (columns * (wide + _GAP) + _GAP, rows * (high + _GAP) + _GAP), _BACK)
    for i, cell in enumerate(cells):
        at = i % columns * (wide + _GAP) + _GAP, i // columns * (high + _GAP) + _GAP
        page.paste(cell, at)
    return page


def _cell(
    state: tuple[str, tuple[str, ...]],
    large: list[Image.Image],
    small: list[Image.Image],
    lit: list[tuple[int, int, int]],
) -> Image.Image:
    """One state: its name and lamp, the large display, the pages of the small one."""
    edge = 6
    wide = large[0].width + 2 * edge
    cell = Image.new("RGB", (wide, 30 + large[0].height + 2 * edge + 8 + 64 * 2 + 20), _BACK)
    pen = ImageDraw.Draw(cell)
    pen.text((0, 0), state[0].replace("_", " "), _INK, font_size=15)
    size = 9
    for slot, colour in enumerate(lit):
        x = wide - _SLOTS * size + slot * size
        glow = tuple(min(255, 2 * part) for part in colour) if max(colour) else (198, 203, 208)
        pen.rectangle((x, 5, x + size - 2, 16), fill=glow)
    y = 26
    pen.rounded_rectangle((0, y, wide - 1, y + large[0].height + 2 * edge), 6, fill=_BEZEL)
    cell.paste(large[0], (edge, y + edge))
    y += large[0].height + 2 * edge + 10
    different = small[:1] if small[0].tobytes() == small[1].tobytes() else small
    for page in different:
        at = (wide - page.width - 2 * edge) // 2
        pen.rounded_rectangle(
            (at, y, at + page.width + 2 * edge, y + page.height + 2 * 4), 5, fill=_BEZEL
        )
        cell.paste(page, (at + edge, y + 4))
        y += page.height + 2 * 4 + 4
    return cell


if __name__ == "__main__":
    sheet().save(sys.argv[1], optimize=True)
