"""Reads glyphs in the .hex form of GNU Unifont: a code point, a colon, 16 rows of 8 or 16 bits."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from host_tools.problems import Failure

GLYPHS = Path(__file__).with_name("glyphs.hex")
ROWS = 16
WIDE = 0x2E80  # from here on a character is 16 pixels wide; below 8


@lru_cache(maxsize=1)
def load() -> dict[int, bytes]:
    """Every glyph at hand, by code point."""
    return parse(GLYPHS.read_text(encoding="ascii"), GLYPHS.name)


def parse(text: str, where: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        code, colon, rows = line.partition(":")
        try:
            found[int(code, 16)] = bytes.fromhex(rows)
        except ValueError:
            colon = ""
        if not colon or len(found[int(code, 16)]) not in (ROWS, 2 * ROWS):
            raise Failure(f"{where}: line {number} is no glyph of 8 or 16 by 16 pixels")
    return found
