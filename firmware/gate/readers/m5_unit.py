"""M5 Unit QRCode and QRCode2 at 115,200 baud: three bytes say what, no checksum. No I/O.

    23 61 41 -> 24 61 41 [mode 00]      which mode?
    21 61 41 mode -> 22 61 41 mode 00   set it

Never 32 76 01, which silences the serial line for good. Codes end with silence.
"""

from micropython import const

from .reply import ALIVE, CHANGED, SILENT, same

_ASK = b"\x23\x61\x41"
_TELL = b"\x24\x61\x41"
_AUTO = b"\x21\x61\x41\x05"  # read when something moves
_DONE = b"\x22\x61\x41"
_TOLD = (_TELL, _DONE)
_MODE = const(5)
_MODES = const(9)  # modes are less than this

_SPEED = const(115200)
_ASK_MS = const(500)
_TRIES = const(3)


class M5Unit:
    """The protocol of one reader, for ManagedReader."""

    BEAT_MS = const(3000)
    starts = b"\x21\x22\x23\x24"

    def __init__(self):
        self.heard = None
        self._said = b""
        self.left = 0

    # Answers

    def expect(self, sent):
        """Only what answers this frame is heard."""
        self._said = sent

    def length(self, data, start, end, final):
        """See reply.Answers. An answer is also the echo of what was last said."""
        first = data[start]
        if first in b"\x21\x23":
            length = same(data, start, end, self._said)
        else:
            length = self._answered(data, start, end, final)
        return 0 if final and length < 0 else length

    def _answered(self, data, start, end, final):
        head = _TOLD[0 if data[start] == 0x24 else 1]
        length = same(data, start, end, head)
        if length > 0:
            # A mode and 00 belong to it, if they are there: no code has such bytes.
            while length < 5:
                if start + length == end:
                    if final:
                        break
                    return -1
                if data[start + length] >= (_MODES if length == 3 else 1):
                    break
                length += 1
            if self._said[0:1] == (b"\x23" if head == _TELL else b"\x21"):
                self.heard = bytes(data[start : start + length])
        return length

    def result(self, _):
        """Whether a line is an answer: never."""
        return False

    # What is said

    def find(self, _, stay):
        """Does it answer?"""
        yield _SPEED
        return bool((yield _ASK, _ASK_MS))

    def set_up(self):
        """Have it read by itself. What is right is not written, for its flash may wear out."""
        notes = ["set_up_codes_open"]
        mode = yield from self._mode()
        if mode is None:
            return None, None
        if mode != _MODE and self.left:
            self.left -= 1
            yield _AUTO, _ASK_MS
            mode = yield from self._mode()
            if mode is None:
                return None, None
        if mode < 0:
            notes.append("mode_unknown")
        elif mode != _MODE:
            notes.append("mode_not_taken")
        return "wrong" if "mode_not_taken" in notes else "ready", " ".join(notes)

    def beat(self):
        """Is it alive, and in its mode?"""
        heard = yield _ASK, _ASK_MS
        if not heard:
            return SILENT
        return CHANGED if len(heard) > 3 and heard[3] != _MODE else ALIVE

    def _mode(self):
        """Its mode; -1 when it does not say, None when it does not answer."""
        for _ in range(_TRIES):
            heard = yield _ASK, _ASK_MS
            if heard:
                return heard[3] if len(heard) > 3 else -1
        return None
