"""What the terminal tells people: lamp, buzzer and display, whichever the board has.

A part that fails is reported once, and tried again with every show; the lane never hears of it.
"""

from micropython import const

from . import LANGUAGES

_READY = const(0)

# what is shown, from what gives way to what does not; one word of a line is as good as another
_URGENCY = (
    " ready data_ending data_old data_expired ",
    " locked maintenance ",
    " wait granted refused ",
    " alarm ",
    " fire ",
)


def urgency(what):
    """A number: what is shown stays when another lane shows something that has less."""
    wanted = " %s " % what
    for i in range(len(_URGENCY)):
        if wanted in _URGENCY[i]:
            return i
    return _READY


class Face:
    """board: what board.py holds. now_ms: a function. report(where, error): told of a failure."""

    def __init__(self, board, now_ms, report):
        self._now_ms = now_ms
        self._report = report
        self._lanes = {}  # lane -> what it shows: (what, reason, the site's own words)
        self._latest = 0
        self._notes = []
        self._failed = set()
        self._lamp = self._buzzer = self._display = None
        self._lamp = self._made("lamp", self._open_lamp, board)
        self._buzzer = self._made("buzzer", self._open_buzzer, board)
        self._display = self._made("display", self._open_display, board)

    def _made(self, name, make, board):
        try:
            return make(board)
        except Exception as error:
            self._fail(name, error)
            return None

    def _open_lamp(self, board):
        if board.PIXELS:
            from .pixels import Pixels

            return Pixels(*board.PIXELS)
        if not (board.GREEN or board.RED):
            return None
        from .lamp import Lamp

        return Lamp(board.GREEN, board.RED)

    def _open_buzzer(self, board):
        if not board.BUZZER:
            return None
        from .buzzer import Buzzer

        return Buzzer(*board.BUZZER)

    def _open_display(self, board):
        if not board.DISPLAY:
            return None
        from .display import open_display

        return open_display(board, self._tell)

    def tasks(self):
        """(name, coroutine function) of what has to run beside `check`."""
        return (("display", self._display.run),) if self._display else ()

    def show(self, what, reason=None, named=None, texts=None, lane=0):
        """Show what a lane is doing.

        what: ready wait granted refused fire alarm locked maintenance data_ending data_old
        data_expired. reason: of a refusal, or the kind of alarm. named, texts: as for ui.show.
        With several lanes the most urgent is shown, and of equal ones the latest.
        """
        now = self._now_ms()
        self._lanes[lane] = what, reason, self._own(what, reason, named, texts)
        self._latest = lane
        for other in self._lanes:
            if urgency(self._lanes[other][0]) > urgency(self._shown()[0]):
                self._latest = other
        if self._buzzer:
            self._do("buzzer", self._buzzer.show, what, reason, self._shown()[0] == "alarm", now)
        self._draw(now)

    def note(self, name, on):
        """A standing remark, shown while nobody is at the gate: reader_silent and the like."""
        if on == (name in self._notes):
            return
        if on:
            self._notes.append(name)
        else:
            self._notes.remove(name)
        self._draw(self._now_ms())

    def check(self, now_ms):
        """Bounded work; call every 10 ms."""
        if self._lamp:
            self._do("lamp", self._lamp.check, now_ms)
        if self._buzzer:
            self._do("buzzer", self._buzzer.check, now_ms)
        if self._display:
            self._do("display", self._display.check, now_ms)

    def _own(self, what, reason, named, texts):
        """The site's own words for a display, language by language; read now, as `texts` may belong
        to a bundle that is replaced before they are drawn."""
        if not (self._display and texts):
            return None
        try:
            return tuple([texts.find(reason or what, named, one) for one in LANGUAGES])
        except Exception as error:
            self._fail("texts", error)
            return None

    def _shown(self):
        return self._lanes.get(self._latest, ("ready", None, None))

    def _draw(self, now):
        shown = self._shown()
        what = shown[0]
        if self._lamp:
            noted = len(self._notes) > 0 or what == "data_old"
            self._do("lamp", self._lamp.show, what, noted, now)
        if self._display:
            self._do("display", self._display.show, *shown, self._notes, now)

    def _do(self, name, function, *arguments):
        try:
            function(*arguments)
            self._failed.discard(name)
        except Exception as error:
            self._fail(name, error)

    def _fail(self, name, error):
        if name not in self._failed:
            self._failed.add(name)
            self._tell(name, error)

    def _tell(self, name, error):
        try:
            self._report(name, error)
        except Exception:  # no memory to report with
            pass
