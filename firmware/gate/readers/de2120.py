"""SparkFun DE2120: commands in text, `^_^` name argument `.`; ACK 06, NACK 15. No I/O.

It has no way to read a setting back, and none is known to lock its set-up codes.
"""

from micropython import const

from .framing import PREFIXES
from .reply import ALIVE, SILENT, acknowledged, at_speeds, same

_ACK = const(0x06)
_NACK = const(0x15)

_VERSION = b"^_^DSPYFW."
_SERIAL = b"^_^POR232."  # talk by the serial line, not by USB
_FAST = b"^_^232BAD9."  # 115,200 baud
_SETTINGS = (
    b"^_^SCMMDH.",  # read when something moves
    b"^_^BEPSUC0.",  # no sound: a beep says "read", people hear "granted"
)

_SPEEDS = (115200, 9600, 57600)
_ASK_MS = const(1000)  # a version takes 430 ms
_SETTLE_MS = const(500)  # 300 ms after a change of speed it does not answer yet


class De2120:
    """The protocol of one reader, for ManagedReader."""

    BEAT_MS = const(10_000)
    starts = b"\x06\x15^"

    def __init__(self):
        self.heard = None
        self._said = b""
        self._lines = 0  # versions that are yet to come
        self.left = 0
        self._speed = 0

    # Answers

    def expect(self, sent):
        """An ACK or NACK to this is heard."""
        self._said = sent

    def length(self, data, start, end, final):
        """See reply.Answers. An answer is also the echo of what was last said."""
        if data[start] == 0x5E:
            echoed = same(data, start, end, self._said)
            return 0 if final and echoed < 0 else echoed
        self.heard = bytes((data[start],))
        if data[start] == _ACK and self._said == _VERSION:
            self._lines = 1
        return 1

    def result(self, code):
        """Whether a line is the version that was asked for, and no code."""
        if self._lines == 0:
            return False
        for prefix in PREFIXES:
            if code.startswith(prefix):
                return False
        self._lines = 0
        return True

    # What is said

    def find(self, speed, stay):
        """At which speed does it answer? speed: as it is now. While stay() no other one."""
        found = yield from at_speeds(speed, _SPEEDS, _VERSION, _ASK_MS, stay)
        if found is not None:
            self._speed = found
            return found > 0
        yield _SPEEDS[0]
        self._speed = _SPEEDS[0]
        return bool((yield _SERIAL, _ASK_MS))

    def set_up(self):
        """Say what it is to do: it acknowledges, more cannot be known. Each may wear its flash."""
        notes = ["set_up_codes_open"]
        if self.left:
            self.left -= 1
            for command in _SETTINGS:
                done = yield from self._acknowledged(command)
                if done is None:
                    return None, None
                if not done:
                    notes.append("refused_" + command[3:-1].decode())
            if self._speed != _SPEEDS[0]:
                yield _FAST, _ASK_MS
                yield b"", _SETTLE_MS
                for baud in (_SPEEDS[0], self._speed):
                    yield baud
                    self._speed = baud
                    if (yield from self._acknowledged(_VERSION)):
                        break
                else:
                    return None, None
                if self._speed != _SPEEDS[0]:
                    notes.append("slow")
        return "ready", " ".join(notes)

    def beat(self):
        """Is it alive?"""
        if (yield _VERSION, _ASK_MS):
            return ALIVE
        return SILENT

    def _acknowledged(self, command):
        return acknowledged(command, _ASK_MS, _ACK)
