"""The site's own words for reasons, read where they lie in the policy part when they are shown.

A text is for a reason, or for a reason that a certain condition, list or way gave: "test_stale", or
"condition_failed/boosted".
"""

from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal
from .reading import WRONG

MAX_TEXTS = const(96)
_MAX_KEY = const(65)  # bytes: a reason, "/", a name
_MAX_TEXT = const(120)


class Texts:
    """Reads all of them once, to refuse what is wrong, and keeps none."""

    def __init__(self, reader):
        self._data = reader.data
        self._start = reader.position
        before = ("", "")
        for _ in range(reader.array(1, MAX_TEXTS)):
            key, language = _read(reader)[:2]
            if (key, language) <= before:
                raise Refusal(WRONG)
            before = (key, language)

    def find(self, reason, named, language):
        """(what is the matter, what helps) of a reason that `named` gave; None: no words of
        ours."""
        reader = Reader(self._data, wrong=WRONG)
        reader.position = self._start
        exact = None if named is None else reason + "/" + named
        found = None
        for _ in range(reader.array(1, MAX_TEXTS)):
            key, there, text, advice = _read(reader)
            if there == language and (key == exact or (key == reason and found is None)):
                found = text, advice
                if key == exact:
                    break
        return found


def _read(reader):
    reader.array(4, 4)
    return (
        reader.text(1, _MAX_KEY),
        reader.text(2, 8),
        reader.text(1, _MAX_TEXT),
        reader.text(0, _MAX_TEXT),
    )
