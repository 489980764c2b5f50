"""Framing: bytes off a reader's serial line become codes. No UART and no clock in here.

Understood, without being told which one the reader sends:

    text CR | text LF | text CR LF     printable ASCII
    text, then silence                 readers that end with nothing
    03 lenHi lenLo data                GM861 with length framing; length 0 is a heartbeat

An event is a code (`bytes`, without its line end) or the reason of a refusal (`str`). Whatever
comes in, the framer finds its way back: after bytes that make no sense the buffered rest is looked
at again, and the next line, frame, silence or known prefix starts anew. Codes are never put
together from pieces: two codes without anything between them come out as one text, which no
signature fits. They are not cut at the second prefix, because base45 may hold "OC1:" by chance.

What a reader answers to commands lies in the same stream, even in the middle of a code. An answers
object knows its looks (reply.py): it is taken out, whole, and what lies around it stays together.
"""

from micropython import const

from ..codec import formats
from .reply import Answers

MAX_TEXT = formats.MAX_CODE  # characters
# ms; the chip may hand over 120 bytes at a time, which take 125 ms at 9,600 baud
SILENCE_MS = const(150)
PREFIXES = formats.prefixes()  # where reading starts anew in the middle of garbage

TOO_LONG = "text_too_long"
FRAME_INVALID = "frame_invalid"
GARBAGE = "reader_garbage"
MEMORY_SHORT = "memory_short"

_FRAME = const(0x03)
_IGNORED = b"\r\n"  # between codes: empty lines
_HEAD = const(3)  # bytes of a frame before its data
_PREFIX = max([len(prefix) for prefix in PREFIXES])
_ENDS = bytes([prefix[-1] for prefix in PREFIXES])  # a known prefix ends with one of these
_SPARE = const(16)  # bytes, for a short answer in the middle of the longest code
_LOOK_BACK = const(3)  # printable bytes with which an answer may begin

_HEARTBEAT = b"\x03\x00\x00"

_IDLE = const(0)  # nothing begun
_TEXT = const(1)  # a text begun at _start
_SKIP = const(2)  # dropping what was refused, from _start on


class Framer:
    """One serial line. `feed` what arrived; call `expire` when `deadline` has passed."""

    def __init__(self, answers=None, max_text: int = MAX_TEXT, silence_ms: int = SILENCE_MS):
        self._answers = answers or Answers()
        self._max = max_text
        self._silence = silence_ms
        self._buffer = bytearray(max_text + _HEAD + 1 + _SPARE)
        self._view = memoryview(self._buffer)  # to move and take without a copy between
        self._end = 0  # bytes held
        self._position = 0  # bytes looked at
        self._start = 0
        self._state = _IDLE
        self._last = 0  # ms when the last byte came
        self._final = False  # nothing more comes that would help to tell

    def feed(self, data, now_ms: int, earliest_ms=None) -> list:
        """Take bytes (bytes-like) that arrived until now_ms; give the events they complete.

        earliest_ms: since when they may have lain in the chip's buffer, if not just come: silence
        before them counts only up to then.
        """
        events = self.expire(now_ms if earliest_ms is None else earliest_ms)
        taken = 0
        while taken < len(data):
            count = min(len(data) - taken, len(self._buffer) - self._end)
            self._buffer[self._end : self._end + count] = data[taken : taken + count]
            self._end += count
            taken += count
            self._final = self._end == len(self._buffer)
            self._scan(events)
            self._compact()
            self._last = now_ms
        return events

    def deadline(self):
        """When silence ends what has begun, in ms; None when nothing has."""
        if self._end == 0 and self._state == _IDLE:
            return None
        return self._last + self._silence

    def expire(self, now_ms: int) -> list:
        """Let silence end an unfinished text or drop half a frame, if it has lasted long enough."""
        events: list = []
        due = self.deadline()
        if due is None or now_ms < due:
            return events
        self._final = True
        self._scan(events)
        while self._position < self._end and self._state == _IDLE:
            rest = self._view[self._position : self._end]
            if len(rest) == len(_HEARTBEAT) and bytes(rest) == _HEARTBEAT:
                self._position = self._end
            else:
                # Half a frame: it is nothing, but what was taken for its data may hold codes.
                self._refuse(FRAME_INVALID, events)
                self._scan(events)
        self._final = False
        if self._state == _TEXT and self._end > self._start:
            events.append(self._taken(self._start, self._end))
        self._end = self._position = 0
        self._state = _IDLE
        return events

    def _scan(self, events: list) -> None:
        """Look at every byte that is there, as far as it can be judged without more."""
        steps = (self._idle, self._text, self._skip)
        while self._position < self._end and steps[self._state](events):
            pass

    # Each of these goes on by at least a byte, or gives False: it takes more bytes to go on.

    def _idle(self, events: list) -> bool:
        """Between codes."""
        answered = self._answer(self._position, self._position)
        if answered:
            return answered > 0
        byte = self._buffer[self._position]
        if byte in _IGNORED:
            self._position += 1
        elif byte == _FRAME:
            return self._framed(events)
        elif 0x20 <= byte < 0x7F:
            self._state = _TEXT
            self._start = self._position
        else:
            self._refuse(GARBAGE, events)
        return True

    def _framed(self, events: list) -> bool:
        """At a byte that starts a frame."""
        buffer = self._buffer
        position = self._position
        if self._end - position < _HEAD:
            return False
        length = buffer[position + 1] << 8 | buffer[position + 2]
        if length > self._max:
            self._refuse(FRAME_INVALID, events)
            return True
        start = position + _HEAD
        if self._end - start < length:
            return False
        for at in range(start, start + length):
            if not 0x20 <= buffer[at] < 0x7F:
                answered = self._answer(at, start)
                if answered:
                    self._position = position  # again, with what is left
                    return answered > 0
                # Perhaps a frame by accident, which swallowed the lines after it: look again.
                self._refuse(FRAME_INVALID, events)
                return True
        if length:
            answered = self._answer(start + length - 1, start)
            if answered:  # it has a printable byte of it at its end
                self._position = position
                return answered > 0
            events.append(self._taken(start, start + length))
        self._position = start + length
        return True

    def _text(self, events: list) -> bool:
        """In a text: up to what ends it, or to the last byte there is."""
        buffer = self._buffer
        position = self._position
        stop = min(self._end, self._start + self._max)
        while position < stop and 0x20 <= buffer[position] < 0x7F:
            position += 1
        self._position = position
        if position == self._end:
            return True
        byte = buffer[position]
        if byte in _IGNORED:
            self._complete(events)
            return True
        if 0x20 <= byte < 0x7F:
            self._refuse(TOO_LONG, events)
            return True
        answered = self._answer(position, self._start)
        if answered:
            return answered > 0
        if byte == _FRAME:
            self._complete(events)
        else:
            self._refuse(GARBAGE, events)
        return True

    def _complete(self, events: list) -> None:
        if self._position > self._start:
            events.append(self._taken(self._start, self._position))
        self._state = _IDLE

    def _taken(self, start: int, end: int):
        """The code that lies there, or why it cannot be judged: in a heap full of holes there may
        be no room in one piece for a long one."""
        try:
            return bytes(self._view[start:end])
        except MemoryError:
            return MEMORY_SHORT

    def _skip(self, events: list) -> bool:
        """Dropping: up to a line end or a known prefix."""
        buffer = self._buffer
        position = self._position
        if buffer[position] in self._answers.starts:
            answered = self._answer(position, position)
            if answered:
                return answered > 0
        self._position += 1
        if buffer[position] in _IGNORED:
            self._state = _IDLE
        elif buffer[position] in _ENDS:
            for prefix in PREFIXES:
                begin = self._position - len(prefix)
                if begin >= self._start and self._buffer[begin : self._position] == prefix:
                    self._state = _TEXT
                    self._start = begin
        return True

    def _answer(self, position: int, begin: int) -> int:
        """Take out the answer that lies across `position` and starts at `begin` or later.

        1: it is out, 0: there is none, -1: that cannot be told yet.
        """
        answers = self._answers
        start = position
        while start >= begin and position - start <= _LOOK_BACK:
            if self._buffer[start] in answers.starts:
                length = answers.length(self._buffer, start, self._end, self._final)
                if length < 0:
                    return -1
                if start + length > position:
                    rest = self._end - start - length
                    view = self._view
                    view[start : start + rest] = view[start + length : self._end]
                    self._end -= length
                    self._position = start
                    return 1
            start -= 1
        return 0

    def _refuse(self, reason: str, events: list) -> None:
        """Report once, drop the byte at hand and go on looking behind it."""
        events.append(reason)
        self._position += 1
        self._start = self._position
        self._state = _SKIP

    def _compact(self) -> None:
        """Move what is still needed to the front of the buffer."""
        keep = self._position
        if self._state == _TEXT:
            keep = self._start
        elif self._state == _SKIP:
            keep = max(self._start, self._position - _PREFIX + 1)
        if keep:
            rest = self._end - keep
            self._view[:rest] = self._view[keep : self._end]
            self._end = rest
            self._position -= keep
            self._start = max(0, self._start - keep)
