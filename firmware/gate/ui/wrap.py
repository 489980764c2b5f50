"""Breaks a text into lines: Chinese between any two characters, other words at spaces."""

from micropython import const

from .font import WIDE

_MAX_TEXT = const(240)  # characters; a site's text has at most 120 bytes
_SPACE = const(32)
# What must not begin a line.
_CLOSING = "，。、；：？！）》”’…,.;:?!)%"


def size_of(text):
    """Pixels of a line that is not enlarged."""
    pixels = 0
    for letter in text:
        pixels += 16 if ord(letter) >= WIDE else 8
    return pixels


def balanced(text, width, scale):
    """The lines of `wrap`, about as long as each other where that takes no more of them; returned
    by a generator of steps."""
    lines = wrap(text, width, scale)
    yield 0
    if len(lines) > 1:
        even = (size_of(text) * scale // len(lines) + 15) // 16 * 16
        for narrower in (even, even + 16):
            if narrower < width:
                other = wrap(text, narrower, scale)
                yield 0
                if len(other) == len(lines):
                    return other
    return lines


def wrap(text, width, scale):
    """Lines that fit into `width` pixels. Nothing is left out, but spaces at the breaks."""
    room = max(2, width // (8 * scale))  # narrow characters
    text = text[:_MAX_TEXT]
    lines = []
    start = good = 0  # where the line begins; its last place for a break
    used = after = 0  # what the line takes; what is behind the break
    before = _SPACE
    for at, letter in enumerate(text):
        code = ord(letter)
        size = 2 if code >= WIDE else 1
        if code != _SPACE:
            if before == _SPACE or ((size == 2 or before >= WIDE) and letter not in _CLOSING):
                good = at
                after = 0
            if used + size > room:
                if good <= start:  # a word longer than a line
                    good = at
                    after = 0
                lines.append(text[start:good].strip(" "))
                start = good
                used = after
        if used or code != _SPACE:  # spaces at the beginning take nothing
            used += size
            after += size
        elif start == at:
            start += 1
        before = code
    last = text[start:].strip(" ")
    if last:
        lines.append(last)
    return lines
