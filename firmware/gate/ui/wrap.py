"""Breaks a text into lines: Chinese between any two characters, other words at spaces."""

from micropython import const

from .font import width_of

_MAX_TEXT = const(240)  # characters; a site's text has at most 120 bytes
# What must not begin a line.
_CLOSING = "，。、；：？！）》”’…,.;:?!)%"


def balanced(text, width, scale):
    """The lines of `wrap`, about as long as each other where that takes no more of them."""
    lines = wrap(text, width, scale)
    if len(lines) > 1:
        even = (size_of(text) * scale // len(lines) + 15) // 16 * 16
        for narrower in (even, even + 16):
            if narrower < width:
                other = wrap(text, narrower, scale)
                if len(other) == len(lines):
                    return other
    return lines


def wrap(text, width, scale):
    """Lines that fit into `width` pixels. Nothing is left out, but spaces at the breaks."""
    lines = []
    line = ""
    room = width
    for word in _words(text[:_MAX_TEXT]):
        size = size_of(word) * scale
        if size <= room:
            line += word
            room -= size
            continue
        if word == " ":  # at the end of a line nobody misses it
            room = 0
            continue
        if word in _CLOSING and line:  # takes the character before it along
            carried = line[-1]
            rest = line[:-1].rstrip(" ")
            if rest and carried != " ":
                lines.append(rest)
                line = carried + word
                room = width - size_of(line) * scale
                continue
        if line.strip(" "):
            lines.append(line.rstrip(" "))
        while size_of(word) * scale > width and len(word) > 1:  # longer than a line
            fits = 1
            while size_of(word[: fits + 1]) * scale <= width:
                fits += 1
            lines.append(word[:fits])
            word = word[fits:]
        line = word
        room = width - size_of(word) * scale
    if line.strip(" "):
        lines.append(line.rstrip(" "))
    return lines


def size_of(text):
    """Pixels of a line that is not enlarged."""
    return sum([width_of(ord(letter)) for letter in text])


def _words(text):
    """A space, a wide character, or as many narrow ones as belong together."""
    word = ""
    for letter in text:
        if letter == " " or width_of(ord(letter)) == 16:
            if word:
                yield word
            yield letter
            word = ""
        else:
            word += letter
    if word:
        yield word
