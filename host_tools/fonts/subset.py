"""Makes glyphs.hex anew from a whole unifont.hex:

    python -m host_tools.fonts.subset /usr/share/unifont/unifont.hex

Letters of European languages, Chinese punctuation, and the 3,755 characters of the first level of
GB 2312, which hold what is written on signs, in alphabetical order of code points.
"""

from __future__ import annotations

import sys
from pathlib import Path

from host_tools.fonts.glyphs import GLYPHS, parse

_RANGES = (
    (0x20, 0x7F),
    (0xA0, 0xAD),
    (0xAE, 0x180),
    (0x2010, 0x2028),
    (0x20AC, 0x20AD),
    (0x2103, 0x2104),
    (0x2190, 0x2194),
    (0x3000, 0x3018),
    (0xFF01, 0xFF5F),
)


def wanted() -> set[int]:
    found = {code for first, end in _RANGES for code in range(first, end)}
    for row in range(0xB0, 0xD8):  # the first level
        for cell in range(0xA1, 0xFF):
            if row == 0xD7 and cell > 0xF9:  # its last row is not full
                break
            found.add(ord(bytes((row, cell)).decode("gb2312")))
    return found


def subset(text: str, where: str) -> str:
    glyphs = parse(text, where)
    codes = sorted(wanted() & set(glyphs))
    return "".join(f"{code:04X}:{glyphs[code].hex().upper()}\n" for code in codes)


if __name__ == "__main__":
    source = Path(sys.argv[1])
    GLYPHS.write_text(subset(source.read_text(encoding="ascii"), source.name), encoding="ascii")
