"""Mistakes in files that people write: where each is, the line itself, and all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from host_tools.problems import Failure

MAX_SHOWN = 20
_MARGIN = 160  # characters of a line that are shown


class Mistake(Failure):
    """One mistake in a file. place: line and column, from 1, for their order."""

    def __init__(self, message: str, place: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.place = place


class Document:
    """The text of a file, for showing places in it, and the mistakes found so far."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self._lines = text.splitlines()

    def mistake(self, message: str, line: int, column: int, width: int = 1) -> Mistake:
        """A mistake at a place, both counted from 0."""
        head = f"{self.name}:{line + 1}:{column + 1}: {message}"
        return Mistake(head + self._shown(line, column, width), (line + 1, column + 1))

    def _shown(self, line: int, column: int, width: int) -> str:
        """The line and a mark under the place, as further lines of the message."""
        if line >= len(self._lines):
            return ""
        text = self._lines[line]
        if column >= _MARGIN or not text.strip():
            return ""
        text = text[:_MARGIN]
        lead = "".join(c if c == "\t" else _blank(c) for c in text[:column])
        marked = text[column : column + max(1, width)] or " "
        mark = "".join("^" * len(_blank(c)) for c in marked)
        number = f"{line + 1}"
        return f"\n  {number} | {text}\n  {' ' * len(number)} | {lead}{mark}"

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """What goes wrong inside is remembered, and whatever follows is read all the same."""
        try:
            yield
        except Mistake as mistake:
            self.mistakes.append(mistake)

    def finish(self) -> None:
        """Fail with all mistakes that were collected, in the order of the file."""
        if not self.mistakes:
            return
        found = sorted(self.mistakes, key=lambda mistake: mistake.place)
        messages = list(dict.fromkeys(str(mistake) for mistake in found))
        self.mistakes = []
        shown = messages[:MAX_SHOWN]
        if len(messages) > MAX_SHOWN:
            shown.append(f"and {len(messages) - MAX_SHOWN} more mistakes")
        raise Failure("\n".join(shown))


def _blank(character: str) -> str:
    """As many spaces as a character is wide; Chinese ones take two."""
    return "  " if character >= "\u1100" and not character.isascii() else " "
