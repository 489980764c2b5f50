"""Draws what is shown, in steps of a few milliseconds between which relay and fire have their turn.

What is new interrupts what is being drawn. A display that does not answer is reported once and
tried again, less and less often; the lane never waits for it.
"""

import asyncio
import framebuf
from micropython import const

from . import LANGUAGES
from . import show as text_of
from .font import Font, box, doubled, width_of
from .layout import BAND, NOTED, PLAIN, QUIET, pages
from .symbols import draw
from .wrap import size_of

_PAGE_MS = const(1800)  # before the next page
_READ_MS = const(6000)  # a refusal can be read for so long, unless there is something new
_MOST_MS = const(20000)  # and for so long if it takes several pages
_FRESH_MS = const(60000)  # a picture is sent again, in case the display lost it
_FIRST_MS = const(1000)  # until a display that fails is tried again
_LAST_MS = const(60000)
_MOST_NOTES = const(2)
_WAITING = ("ready", "data_ending", "data_old")


class Display:
    """Built once. panel: an SSD1306 or ST7789. report(where, error)."""

    def __init__(self, panel, depth, font, report):
        self._panel = panel
        self._canvas = bytearray((panel.width + 7) // 8 * min(BAND, panel.height))
        self._depth = depth
        self._path = font
        self._font = None
        self._report = report
        self._scene = None  # (what, reason, own words, notes)
        self._later = None  # shown when the refusal has been read
        self._since = None  # ms, of the refusal
        self._due = None  # ms, when the next page is
        self._shown = 0  # pages since the scene changed
        self._pages = 0
        self._changed = asyncio.Event()
        self._now = 0
        self._failed = self._fontless = False  # it has been said

    def show(self, what, reason, own, notes, now_ms):
        """own: the site's words, (text, advice) or None a language; or None."""
        scene = what, reason, own, tuple(notes)
        self._now = now_ms
        if self._since is not None and what in _WAITING:
            self._later = scene
            return
        self._later = None
        if scene != self._scene:
            self._since = now_ms if what == "refused" else None
            self._begin(scene)

    def check(self, now_ms):
        """Wake the task when something is due; call often."""
        self._now = now_ms
        if self._since is not None and now_ms >= self._since + _READ_MS:
            read = self._shown >= self._pages or now_ms >= self._since + _MOST_MS
            if read and self._later is not None:
                self._since = None
                self._begin(self._later)
                self._later = None
        if self._due is not None and now_ms >= self._due:
            self._due = None
            self._changed.set()

    def _begin(self, scene):
        self._scene = scene
        self._shown = 0
        self._pages = 1
        self._changed.set()

    async def run(self):
        """The task; does not end."""
        pause = _FIRST_MS
        while True:
            try:
                for wait in self._panel.begin():
                    await asyncio.sleep_ms(wait)
                await self._round()
                pause = _FIRST_MS
                self._failed = False
            except Exception as error:
                if not self._failed:
                    self._failed = True
                    self._report("display", error)
                self._close()
                await asyncio.sleep_ms(pause)
                pause = min(2 * pause, _LAST_MS)
                continue
            await self._changed.wait()

    async def _round(self):
        """Draw the page that is due."""
        self._changed.clear()
        scene = self._scene
        if scene is None:
            return
        if self._font is None:
            self._open()
        for wait in self._draw(scene):
            await asyncio.sleep_ms(wait)
            if self._scene is not scene:
                return  # and the event is set
        self._shown += 1
        self._due = self._now + (_PAGE_MS if self._pages > 1 else _FRESH_MS)

    def _draw(self, scene):
        """Steps: each gives the ms until the next."""
        what = scene[0]
        paragraphs = []
        yield from _read(scene, paragraphs)
        panel = self._panel
        made = yield from pages(paragraphs, panel.width, panel.height)
        self._pages = len(made)
        y = 0
        for band in made[self._shown % len(made)]:
            yield from self._fill(band, what)
            yield from panel.send(y, band.height, self._canvas, band.style, what)
            y += band.height
        yield from panel.light(what not in _WAITING)

    def _fill(self, band, what):
        """Draw a band on the canvas; a step a character."""
        width = self._panel.width
        canvas = framebuf.FrameBuffer(self._canvas, width, band.height, self._depth)
        canvas.fill(0)
        if band.symbol:
            room = width if band.left is None else band.left
            draw(canvas, what, (room - band.symbol) // 2, -band.top, band.symbol)
            yield 0
        x = band.left
        if x is None:
            x = (width - size_of(band.text) * band.scale) // 2
        for letter in band.text:
            code = ord(letter)
            size = width_of(code)
            glyph = self._font.glyph(code) if self._font else box(code)
            if band.scale == 2:
                glyph = doubled(glyph, size)
                size *= 2
            rows = framebuf.FrameBuffer(bytearray(glyph), size, band.height, framebuf.MONO_HLSB)
            canvas.blit(rows, x, 0, 0)
            x += size
            yield 0

    def _open(self):
        try:
            self._font = Font(self._path, self._missed)
        except (OSError, ValueError) as error:
            if not self._fontless:
                self._fontless = True
                self._report("font", error)

    def _close(self):
        if self._font:
            self._font.close()
            self._font = None

    def _missed(self, code):
        self._report("font", ValueError("no character U+%04X" % code))


def _read(scene, paragraphs):
    """Steps: adds (text, style, whether a headline), language by language, then the standing
    remarks."""
    what, reason, own, notes = scene
    if what != "wait":  # a text would be there for too short a time
        for i in range(len(LANGUAGES)):
            text, advice = (own and own[i]) or text_of(LANGUAGES[i], reason or what)
            yield 0
            paragraphs.append((text, PLAIN, True))
            if advice:
                paragraphs.append((advice, QUIET, False))
    if what in _WAITING:
        for name in notes[:_MOST_NOTES]:
            for language in LANGUAGES:
                paragraphs.append((text_of(language, name)[0], NOTED, False))
                yield 0


def open_display(board, report):
    """The Display of a board; only the driver in use is loaded."""
    kind = board.DISPLAY[0]
    panel: object
    if kind == "ssd1306":
        from .ssd1306 import DEPTH, SSD1306

        panel = SSD1306(board.I2C, *board.DISPLAY[1:])
    elif kind == "st7789":
        from .st7789 import DEPTH, ST7789

        panel = ST7789(board.SPI, *board.DISPLAY[1:])
    else:
        raise ValueError("unknown display " + kind)
    return Display(panel, DEPTH, _beside(board), report)


def _beside(board):
    """The font's file lies beside board.py: both are made from the board's profile."""
    path = getattr(board, "__file__", "board.py")
    return path[: path.rfind("/") + 1] + "font.bin"
