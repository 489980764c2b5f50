"""The font that a terminal with a display needs: the characters of its texts, and no more.

`needed` is what a board's tree and a simulated terminal's folder get. What it is made of is
glyphs.hex, a part of GNU Unifont that is committed (README.md says why).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from host_tools.fonts import font_file, glyphs
from host_tools.fonts.characters import of_texts, words_of

__all__ = ["FILE", "font", "needed", "words_of"]

FILE = "font.bin"  # beside board.py


def needed(profile: Any, texts: Iterable[str] = ()) -> dict[str, bytes]:
    """Files by name that a board needs besides its program: none if it has no display.

    texts: what else may have to be shown, as the words of a site's policy.
    """
    if getattr(profile, "display", None) is None:
        return {}
    return {FILE: font(texts)[0]}


def font(texts: Iterable[str] = ()) -> tuple[bytes, set[str]]:
    """A font for the firmware's texts and these, and the characters that there are no glyphs of."""
    known = glyphs.load()
    wanted = of_texts(texts)
    missing = {letter for letter in wanted if ord(letter) not in known}
    return font_file.make({ord(c): known[ord(c)] for c in wanted - missing}), missing
