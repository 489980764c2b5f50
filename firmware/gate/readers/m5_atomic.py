"""M5 Atomic QRCode at 9,600 baud. No I/O.

    len | what | from | status | data | checksum, 2 bytes     len: bytes before the checksum

It reads in host mode: a start is good for one code or five seconds, so it is started again and
again; the acknowledgement of that is the sign of life. Codes end with silence or CR LF.
"""

from micropython import const

from .reply import ALIVE, SILENT, acknowledged, same

_WAKE = b"\x00"
_START = b"\x04\xe4\x04\x00\xff\x14"
_HOST = b"\x07\xc6\x04\x08\x00\x8a\x08\xfe\x95"

_REFUSAL = const(0xD1)
_ACKNOWLEDGEMENT = const(0xD0)

_SPEED = const(9600)
_ASK_MS = const(500)
_WAKE_MS = const(100)


class M5Atomic:
    """The protocol of one reader, for ManagedReader."""

    BEAT_MS = const(1000)  # after a code it rests for up to this long
    starts = b"\x04\x05\x07"  # of acknowledgements, refusals, and of what we say

    def __init__(self):
        self.heard = None
        self._said = b""
        self.left = 0

    # Answers

    def expect(self, sent):
        """Only an acknowledgement is heard, and what refuses."""
        self._said = sent

    def length(self, data, start, end, final):
        """See reply.Answers: any message with a right checksum, and the echo of what was said."""
        length = self._message(data, start, end)
        return 0 if final and length < 0 else length

    def _message(self, data, start, end):
        count = data[start]
        if start + 1 == end:
            return -1
        what = data[start + 1]
        if what not in (_ACKNOWLEDGEMENT, _REFUSAL):
            return same(data, start, end, self._said)
        if start + count + 2 > end:
            return -1
        total = data[start + count] << 8 | data[start + count + 1]
        for i in range(start, start + count):
            total += data[i]
        if total & 0xFFFF:
            return 0
        self.heard = bytes((what,))
        return count + 2

    def result(self, _):
        """Whether a line is an answer: never."""
        return False

    # What is said

    def find(self, _, stay):
        """Does it answer?"""
        yield _SPEED
        yield _WAKE, _WAKE_MS
        return bool((yield _START, _ASK_MS))

    def set_up(self):
        """Have it read when it is told to, and tell it."""
        notes = ["set_up_codes_open"]
        if self.left:
            self.left -= 1
            done = yield from self._acknowledged(_HOST)
            if done is None:
                return None, None
            if not done:
                notes.append("mode_not_taken")
        if not (yield from self._acknowledged(_START)):
            return None, None
        return "wrong" if len(notes) > 1 else "ready", " ".join(notes)

    def beat(self):
        """Read on. Is it alive?"""
        if (yield from self._acknowledged(_START)):
            return ALIVE
        yield _WAKE, _WAKE_MS
        return SILENT

    def _acknowledged(self, command):
        return acknowledged(command, _ASK_MS, _ACKNOWLEDGEMENT)
