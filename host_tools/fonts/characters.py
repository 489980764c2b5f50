"""Which characters a terminal may have to show."""

from __future__ import annotations

from collections.abc import Iterable

import cbor2

from host_tools.bundles import bundle_file
from host_tools.firmware import FIRMWARE
from host_tools.problems import Failure

_TEXTS = 13  # their field of the policy part, docs/formats.md
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


def words_of(bundle: bytes | None) -> list[str]:
    """A site's own words, out of its bundle; none of one that cannot be read or has no policy."""
    try:
        policy = bundle_file.read(bundle).parts.get("policy") if bundle else None
    except Failure:  # a terminal refuses it too
        return []
    if policy is None:
        return []
    return [text for entry in cbor2.loads(policy).get(_TEXTS, ()) for text in entry[2:]]
