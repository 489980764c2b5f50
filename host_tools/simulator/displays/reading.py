"""Reads the texts off a picture of a display, by the glyphs of its font: for tests that ask what a
person can read, not what the firmware meant to draw. Only texts that are not enlarged.
"""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from host_tools.fonts import glyphs

ROWS = glyphs.ROWS
_BRIGHT = 128


@lru_cache(maxsize=1)
def _letters() -> dict[tuple[int, ...], str]:
    """Rows of a glyph, as numbers with the width before them, -> the character."""
    known = {}
    for code, rows in sorted(glyphs.load().items(), reverse=True):  # ASCII wins over look-alikes
        wide = len(rows) // ROWS
        numbers = (int.from_bytes(rows[i : i + wide], "big") for i in range(0, len(rows), wide))
        known[8 * wide, *numbers] = chr(code)
    return known


def lines(picture: Image.Image) -> list[str]:
    """The texts of a picture from top to bottom; rows without any are left out."""
    grey = picture.convert("L")
    found = []
    for y in range(0, picture.height - ROWS + 1, ROWS):
        text = _line(grey, y)
        if text:
            found.append(text)
    return found


def _line(picture: Image.Image, y: int) -> str:
    text = ""
    x = 0
    while x + 8 <= picture.width:
        for width in (16, 8):
            letter = _letters().get((width, *_rows(picture, x, y, width)))
            if letter is not None and letter.strip():
                break
        else:
            letter, width = " ", 8
        text += letter
        x += width
    return " ".join(text.split())


def _rows(picture: Image.Image, x: int, y: int, width: int) -> list[int]:
    rows = []
    for dy in range(ROWS):
        bits = 0
        for dx in range(width):
            inside = x + dx < picture.width
            bits = bits << 1 | (inside and picture.getpixel((x + dx, y + dy)) > _BRIGHT)  # type: ignore[operator]
        rows.append(bits)
    return rows
