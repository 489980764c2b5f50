"""Where symbol and texts go on a display of any size: pages, and bands from top to bottom in each.

What does not fit on one page goes on to the next; nothing is cut. High displays have the symbol
above the texts, low ones beside the first. It takes a while, so it comes in steps.
"""

from micropython import const

from .wrap import balanced

# styles of a band; a display without colours shows NOTED inverted
PLAIN = const(0)
STATE = const(1)  # the colour of the verdict
QUIET = const(2)  # advice
NOTED = const(3)  # a standing remark

BAND = const(80)  # the highest
_ROW = const(16)
_LOW = const(64)  # displays up to this height have the symbol beside the text
_BESIDE = const(32)  # pixels of it
_EDGE = const(4)
_SPACE = const(8)  # between paragraphs

# For high displays, from the most generous: pixels of the symbol's band; enlargement of the first
# headline, of the other headlines, of the rest. The first that fits on one page with something to
# spare, or without, else the last.
_PLANS = (
    b"\x50\x02\x02\x02",
    b"\x50\x02\x02\x01",
    b"\x40\x02\x02\x01",
    b"\x50\x02\x01\x01",
    b"\x30\x02\x01\x01",
    b"\x30\x01\x01\x01",
)


class Band:
    """height, style; symbol: its size or 0; top: rows of it that are above the band; text in a
    line that begins at left (None: in the middle), enlarged by scale."""

    def __init__(self, height, style=PLAIN, text="", scale=1, left=None, symbol=0, top=0):
        self.height = height
        self.style = style
        self.text = text
        self.scale = scale
        self.left = left
        self.symbol = symbol
        self.top = top


def pages(paragraphs, width, height):
    """paragraphs: (text, style, whether it is a headline). A generator of steps; what it returns
    is a list of pages, each a list of Bands that are together as high as the display."""
    if height <= _LOW:
        return (yield from _low(paragraphs, width, height))
    close = None  # fits, with nothing to spare
    known = {}  # (number of a paragraph, scale) -> its lines
    for plan in _PLANS:
        made = yield from _high(paragraphs, width, height, plan, known)
        yield 0
        if len(made) == 1:
            if made[0][-1].height >= _SPACE and not made[0][-1].text:
                return made
            close = close or made
    return close or made


def _high(paragraphs, width, height, plan, known):
    made = []
    bands = [Band(plan[0], STATE, symbol=plan[0] - 16, top=-8)]
    left = height - plan[0]
    at = 1
    for number in range(len(paragraphs)):
        text, style, headline = paragraphs[number]
        scale = plan[at] if headline else plan[3]
        if headline:
            at = 2
        lines = known.get((number, scale))
        if lines is None:
            lines = yield from balanced(text, width - 2 * _EDGE, scale)
            known[(number, scale)] = lines
        row = _ROW * scale
        if len(lines) * row > left and len(lines) * row <= height and len(bands) > 1:
            made.append(_filled(bands, left))
            bands, left = [], height
        for i in range(len(lines)):
            if left < row:
                made.append(_filled(bands, left))
                bands, left = [], height
            bands.append(Band(row, style, lines[i], scale))
            left -= row
    made.append(_filled(bands, left))
    return made


def _filled(bands, left):
    """Space what is left: between symbol, paragraphs and languages, then above and below."""
    breaks = []
    for i in range(1, len(bands)):
        if bands[i].style != bands[i - 1].style:
            breaks.append(i)
    if bands[0].style != STATE:
        breaks.insert(0, 0)
    spaced = []
    # Before a headline first: it parts the languages.
    chosen = [i for i in breaks if bands[i].style == PLAIN]
    chosen += [i for i in breaks if bands[i].style != PLAIN]
    chosen = chosen[: left // _SPACE]
    left -= _SPACE * len(chosen)
    above = left // 2 // _SPACE * _SPACE
    first = 1 if bands[0].style == STATE else 0
    for i in range(len(bands)):
        if i == first:
            _blank(spaced, above)
            left -= above
        if i in chosen:
            _blank(spaced, _SPACE)
        spaced.append(bands[i])
    _blank(spaced, left)
    return spaced


def _blank(bands, height):
    while height > 0:
        bands.append(Band(min(height, BAND)))
        height -= bands[-1].height


def _low(paragraphs, width, height):
    made = []
    rows = height // _ROW
    lines = []  # of the page: (text, style)
    left = _BESIDE  # where its text begins: the first page has the symbol
    for text, style, _ in paragraphs:
        more = yield from balanced(text, width - left, 1)
        if lines and len(lines) + len(more) > rows:
            made.append(_rows(lines, rows, left))
            lines, left = [], 0
            more = yield from balanced(text, width, 1)
        while more:
            if len(lines) == rows:  # longer than a page
                made.append(_rows(lines, rows, left))
                lines = []
            lines.append((more.pop(0), style))
    if lines or not made:
        made.append(_rows(lines, rows, left))
    return made


def _rows(lines, rows, left):
    """In the middle, and the symbol too."""
    bands = []
    above = (rows - len(lines)) // 2
    at = (rows - _BESIDE // _ROW) // 2
    for i in range(rows):
        text, style = "", PLAIN
        if above <= i < above + len(lines):
            text, style = lines[i - above]
        symbol = _BESIDE if left and at <= i < at + _BESIDE // _ROW else 0
        bands.append(Band(_ROW, style, text, 1, left, symbol, (i - at) * _ROW))
    return bands
