"""What holds for a lane, and for which gates: pulse, windows, proof, hours, ways
(docs/formats.md)."""

from micropython import const

from ..refusal import Refusal
from .reading import WRONG, between, boolean, name, next_key, references
from .ways import MAX_CONDITIONS, MAX_SCHEDULES

MAX_WAYS = const(16)  # of a site
ENTRY = const(1)
EXIT = const(2)
_MAX_PATTERNS = const(8)  # gates of one lane
_MAX_PATTERN = const(32)  # bytes
_MAX_WINDOW = 172800  # two days
_HELD_MS = const(15000)
_LAST = const(20)  # key of a lane


class Lane:
    """pulse: ms that the relay is on. replay_window, proof_age, skew: seconds. proof: needed or
    not.

    ways: numbers of those that are open here, in order; None: all. schedule: the opening hours, or
    None: always. outside: the ways that are open in other hours. direction: ENTRY, EXIT or None.
    passback_window: seconds in which who came in, and did not go out, may not come in again, or the
    other way round; 0: not asked. accept, refuse: conditions that must hold, and must not hold, for
    everybody. options: whether there is any of these.

    hold: the relay is on until the passage is over. passage_ms: how long a grant waits for one;
    held_ms: how long that may take. alarm_by_key, fire_by_key: they end by the maintenance key
    only. zone: where an entry leads to; capacity: how many may be there. by_floor: a clock that is
    not trusted is taken to show the last time known.
    """

    def __init__(self, reader):
        fields = reader.map(5, _LAST)
        reader.key(1)
        self.options = False
        self.pulse = between(reader, 100, 10000)
        reader.key(2)
        self.replay_window = reader.uint(86400)
        reader.key(3)
        self.proof = boolean(reader)
        reader.key(4)
        self.proof_age = between(reader, 5, 600)
        reader.key(5)
        self.skew = reader.uint(3600)
        self.ways: tuple | None = None
        self.schedule: int | None = None
        self.outside: tuple = ()
        self.direction: int | None = None
        self.passback_window = 0
        self.accept: tuple = ()
        self.refuse: tuple = ()
        self.hold = False
        self.passage_ms = 0
        self.held_ms = _HELD_MS
        self.alarm_by_key = False
        self.fire_by_key = False
        self.zone: str | None = None
        self.capacity: int | None = None
        self.by_floor = False
        before = 5
        for _ in range(fields - 5):
            before = next_key(reader, before, _LAST)
            if before > 12:
                self._read_machine(before, reader)
                continue
            self.options = True
            if before == 6:
                self.ways = references(reader, 1, MAX_WAYS)
            elif before == 7:
                self.schedule = reader.uint(MAX_SCHEDULES - 1)
            elif before == 8:
                self.outside = references(reader, 1, MAX_WAYS)
            elif before == 9:
                self.direction = between(reader, ENTRY, EXIT)
            elif before == 10:
                self.passback_window = between(reader, 1, _MAX_WINDOW)
            elif before == 11:
                self.accept = references(reader, 1, MAX_CONDITIONS)
            else:
                self.refuse = references(reader, 1, MAX_CONDITIONS)
        self._check()

    def _check(self):
        """What asks for something else of the lane must have it."""
        if self.outside and self.schedule is None:
            raise Refusal(WRONG)
        if self.passback_window and self.direction is None:
            raise Refusal(WRONG)
        if self.capacity and self.zone is None:
            raise Refusal(WRONG)

    def _read_machine(self, key, reader):
        """What the lane's state machine goes by, and no decision does."""
        if key == 14:
            self.passage_ms = between(reader, 500, 60000)
        elif key == 15:
            self.held_ms = between(reader, 1000, 600000)
        elif key == 18:
            self.zone = name(reader)
        elif key == 19:
            self.capacity = between(reader, 1, 65535)
        elif not boolean(reader):
            raise Refusal(WRONG)  # without it is said by leaving it out
        elif key == 13:
            self.hold = True
        elif key == 16:
            self.alarm_by_key = True
        elif key == 17:
            self.fire_by_key = True
        else:
            self.by_floor = True


class Gates:
    """A lane and the gates that it is for: their names, in which * stands for any characters."""

    def __init__(self, reader):
        reader.array(2, 2)
        self.patterns = []
        for _ in range(reader.array(1, _MAX_PATTERNS)):
            self.patterns.append(reader.text(1, _MAX_PATTERN))
        self.lane = Lane(reader)

    def includes(self, gate):
        for pattern in self.patterns:
            if matches(pattern, gate):
                return True
        return False


def matches(pattern, text):
    """Whether a pattern, in which * stands for any characters or none, is all of a text."""
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return pattern == text
    first, last = pieces[0], pieces[-1]
    if len(first) + len(last) > len(text) or not (text.startswith(first) and text.endswith(last)):
        return False
    at = len(first)
    end = len(text) - len(last)
    for piece in pieces[1:-1]:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
