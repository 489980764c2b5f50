"""The site's own words for reasons, as the display can show them."""

from __future__ import annotations

import re
import unicodedata

from host_tools import firmware
from host_tools.names import suggest
from host_tools.yaml_file import Item

MAX_TEXTS = 96
MAX_BYTES = 120
COLUMNS = 60  # of a display; Chinese characters take two
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")

Key = tuple[str, str]  # the reason, perhaps with "/" and what gave it; the language
Text = tuple[str, str]  # what is the matter, what helps


def read_texts(item: Item) -> dict[Key, Text]:
    """The `texts:` section: reason -> language -> text."""
    assert firmware.FIRMWARE.is_dir()
    from gate.refusal import reasons

    known = reasons()
    found: dict[Key, Text] = {}
    for name, value in item.pairs():
        with name.collecting():
            reason = name.text(1, 65).partition("/")[0]
            if reason not in known:
                name.fail(f"{reason!r} is no reason{suggest(reason, known)}; see docs/reasons.md")
            found.update(read_languages(name.text(), value))
    return found


def read_languages(key: str, item: Item) -> dict[Key, Text]:
    """language -> "what is the matter | what helps"."""
    found: dict[Key, Text] = {}
    for name, value in item.pairs():
        with name.collecting():
            language = name.text()
            if _LANGUAGE.fullmatch(language) is None or len(language) > 8:
                name.fail(f"{language!r} is no language such as zh or en")
            found[key, language] = _text(value)
    return found


def fields(texts: dict[Key, Text]) -> list[list[str]]:
    """The field of the policy part, sorted as the terminal wants it."""
    return [[*key, *texts[key]] for key in sorted(texts)]


def _text(item: Item) -> Text:
    what, bar, advice = item.text(1, 400).partition("|")
    text = what.strip(), advice.strip()
    if not text[0] or (bar and not text[1]):
        item.fail("write: what is the matter | what helps, or who can fix it")
    for part in text:
        if not part.isprintable():
            item.fail("this has characters that a display cannot show")
        if len(part.encode()) > MAX_BYTES or width(part) > COLUMNS:
            item.fail(f"{part!r} is too long for a display: {COLUMNS} columns are possible")
    return text


def width(text: str) -> int:
    """Columns that a text takes on a display."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide
