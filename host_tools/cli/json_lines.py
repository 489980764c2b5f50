"""Answers as lines of JSON on standard output, for programs and for people's terminals."""

from __future__ import annotations

import json
import sys


def write(answer: object) -> None:
    """One line of JSON, at once. What a terminal or a reader of lines might act on is escaped."""
    line = visible(json.dumps(answer, ensure_ascii=False))
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()


def visible(text: str) -> str:
    """A text with its control characters, line separators and the like as JSON's escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
