"""Which characters a terminal may have to show."""

from __future__ import annotations

from collections.abc import Iterable

from host_tools.firmware import FIRMWARE

# Names and numbers in a site's words, and marks that a later text is likely to have.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "，。、；：？！（）《》“”‘’…—·"


def of_texts(more: Iterable[str] = ()) -> set[str]:
    """Those of every language of the firmware, and of these texts."""
    found = set(ALWAYS)
    for path in sorted((FIRMWARE / "gate" / "ui").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                found |= set(line)
    for text in more:
        found |= set(text)
    return {letter for letter in found if letter.isprintable()}
