"""The font file of a terminal, docs/formats.md: made here, read by firmware/gate/ui/font.py."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from host_tools.fonts.glyphs import ROWS, WIDE
from host_tools.problems import Failure

MAGIC = b"GF16"
MAX_GLYPHS = 8192  # of either width


def make(glyphs: Mapping[int, bytes]) -> bytes:
    """The same glyphs give the same bytes."""
    beyond = [code for code in glyphs if code > 0xFFFF]
    if beyond:
        raise Failure(f"U+{beyond[0]:04X}: a font has no characters beyond U+FFFF")
    narrow = sorted(code for code in glyphs if code < WIDE)
    wide = sorted(code for code in glyphs if code >= WIDE)
    if max(len(narrow), len(wide)) > MAX_GLYPHS:
        raise Failure(f"a font has at most {MAX_GLYPHS} characters of either width")
    for code, rows in glyphs.items():
        if len(rows) != (2 * ROWS if code >= WIDE else ROWS):
            raise Failure(f"U+{code:04X}: a glyph of {len(rows)} bytes does not fit")
    codes = struct.pack(f"<{len(glyphs)}H", *narrow, *wide)
    bits = b"".join(glyphs[code] for code in narrow + wide)
    return MAGIC + struct.pack("<HH", len(narrow), len(wide)) + codes + bits
