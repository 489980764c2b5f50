"""A font of 16 rows, read from its file glyph by glyph: docs/formats.md has the format.

A character is narrow (8 pixels) below U+2E80 and wide (16) from there on; the file holds to that.
"""

from micropython import const

WIDE = const(0x2E80)
ROWS = const(16)
MAX_GLYPHS = const(8192)  # of either width
_HEAD = const(8)
_CACHED = const(16)
_SAID = const(8)  # missing characters that are reported

_NO_NARROW = b"\x00\x00\x00\x7e" + b"\x42" * 9 + b"\x7e\x00\x00"
_NO_WIDE = b"\x00\x00\x00\x00\x3f\xfc" + b"\x20\x04" * 10 + b"\x3f\xfc\x00\x00\x00\x00"


def width_of(code):
    """Pixels of a character that is not enlarged."""
    return 16 if code >= WIDE else 8


def box(code):
    """What stands for a character that is not there: hollow, of its width."""
    return _NO_WIDE if code >= WIDE else _NO_NARROW


class Font:
    """Raises ValueError for a file that is no font, OSError for one that cannot be read.

    missed(code): told of a character that the font does not have.
    """

    def __init__(self, path, missed):
        self._file = open(path, "rb")
        self._missed = missed
        self._said = []
        self._cache = {}
        try:
            head = self._file.read(_HEAD)
            if len(head) != _HEAD or head[:4] != b"GF16":
                raise ValueError("no font")
            self._narrow = head[4] | head[5] << 8
            self._wide = head[6] | head[7] << 8
            size = _HEAD + self._narrow * (2 + ROWS) + self._wide * (2 + 2 * ROWS)
            if max(self._narrow, self._wide) > MAX_GLYPHS or self._file.seek(0, 2) != size:
                raise ValueError("font of a wrong size")
        except Exception:
            self._file.close()
            raise

    def glyph(self, code):
        """The rows of a character, a bit a pixel; a hollow box for one that is not there."""
        found = self._cache.get(code)
        if found is None:
            found = self._read(code)
            if found is None:
                found = box(code)
                if code not in self._said and len(self._said) < _SAID:
                    self._said.append(code)
                    self._missed(code)
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[code] = found
        return found

    def close(self):
        self._file.close()

    def _read(self, code):
        if code > 0xFFFF:
            return None
        if code < WIDE:
            index, count, size = _HEAD, self._narrow, ROWS
            glyphs = _HEAD + 2 * (self._narrow + self._wide)
        else:
            index, count, size = _HEAD + 2 * self._narrow, self._wide, 2 * ROWS
            glyphs = _HEAD + 2 * (self._narrow + self._wide) + self._narrow * ROWS
        low, high = 0, count
        while low < high:  # at most 13 rounds
            middle = (low + high) // 2
            there = self._at(index + 2 * middle, 2)
            there = there[0] | there[1] << 8
            if there == code:
                return self._at(glyphs + middle * size, size)
            if there < code:
                low = middle + 1
            else:
                high = middle
        return None

    def _at(self, place, size):
        self._file.seek(place)
        data = self._file.read(size)
        if len(data) != size:
            raise OSError("font cut short")
        return data


# A nibble with every bit doubled, and the same with the second bit of each pair only.
_DOUBLED = b"\x00\x03\x0c\x0f\x30\x33\x3c\x3f\xc0\xc3\xcc\xcf\xf0\xf3\xfc\xff"


def doubled(glyph, width):
    """A glyph twice as large, its steps smoothed (the rule of EPX: a corner that two neighbours
    share is theirs). Row by row with whole rows as numbers: 16 bits."""
    size = width // 8
    full = (1 << width) - 1
    rows = [0]
    for i in range(ROWS):
        row = glyph[i * size]
        if size == 2:
            row = row << 8 | glyph[2 * i + 1]
        rows.append(row)
    rows.append(0)
    out = bytearray(4 * len(glyph))
    at = 0
    for i in range(1, ROWS + 1):
        above, here, below = rows[i - 1], rows[i], rows[i + 1]
        left, right = here >> 1, here << 1 & full
        flat = ~(above ^ below) | ~(left ^ right)  # nothing to smooth
        for next_ in (above, below):
            to_left = ~(left ^ next_) & ~flat
            to_right = ~(right ^ next_) & ~flat
            first = here & ~to_left | next_ & to_left
            second = here & ~to_right | next_ & to_right
            for shift in range(width - 4, -1, -4):
                out[at] = _DOUBLED[first >> shift & 15] & 0xAA | (
                    _DOUBLED[second >> shift & 15] & 0x55
                )
                at += 1
    return out
