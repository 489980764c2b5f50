"""CertLogic 1.3: the value of one expression, from its program and the data it is about.

The program is CBOR (docs/formats.md, "CertLogic program") and is walked where it lies; no tree is
made of it. What is open lies on a list of frames, so nothing recurses. Steps are counted, and stand
for time and memory alike: what an evaluation can keep grows by a few bytes a step, whatever the
program. Texts are never put together, and numbers stay within 64 bits.

Follows the specification, and where that is silent its reference in JavaScript: arrays and objects
are equal only to themselves, days that a month does not have run into the next. The rest is in
docs/formats.md.
"""

from micropython import const

from ..codec.cbor import Reader
from ..codec.real import Real
from ..codec.utf8 import text_of
from ..refusal import Refusal
from .certlogic_time import Moment, parse, plus

BUDGET = 5000  # steps; of 2,705 published cases of national rules none takes more than 101
MAX_DEPTH = 64  # operations and arrays that are open at once

# kind of an error -> nothing more: host_tools.policies.certlogic says each in words
KINDS = (
    "program_invalid",  # the program is none
    "too_deep",  # more than MAX_DEPTH
    "budget_exhausted",
    "not_boolean",  # neither truthy nor falsy
    "not_integer",
    "not_text",
    "not_array",
    "not_date_time",
    "date_invalid",  # a text that names no date-time
    "date_range",  # a date-time beyond those that there are
    "integer_range",  # beyond 64 bits
)

# numbers of operations in programs; comparisons end in their two bits of order
_ARRAY = const(0)
_IF = const(1)
_SAME = const(2)
_AND = const(3)
_BEFORE = const(8)
_IN = const(12)
_PLUS = const(13)
_NOT = const(14)
PLUS_TIME = 15
_REDUCE = const(16)
EXTRACT = 17
_BIRTH = const(18)
# fewest and most operands of each; 0: any number
_FEWEST = b"\x00\x03\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x01\x03\x03\x02\x01"
_MOST = b"\x00\x03\x02\x00\x03\x03\x03\x03\x03\x03\x03\x03\x02\x02\x01\x03\x03\x02\x01"

# a frame: what is open. Its operation, operands to come, where it begins, and what it holds
_OPERATION = const(0)
_LEFT = const(1)
_START = const(2)
_HELD = const(3)

_MORE = object()  # instead of a value: there is none yet, read on


class CertLogicError(Exception):
    """An evaluation that has no value. kind: one of KINDS. at: where in the program it was seen."""

    def __init__(self, kind, at=0):
        super().__init__(kind)
        self.kind = kind
        self.at = at


def evaluate(program, data, budget=BUDGET):
    """The value of a program: None, bool, int, str, list, dict or Moment.

    program: bytes-like. data: the same kinds of values, never changed. Raises only CertLogicError,
    and MemoryError as everything does.
    """
    run = Run(program, data, budget)
    try:
        value = run.value()
        run.reader.finish()
    except Refusal:
        raise CertLogicError("program_invalid", run.at)
    return value


def operation(reader):
    """The head of an operation, an array of its number and operands: number, count of operands."""
    count = reader.array(1, reader.end) - 1
    number = reader.uint(len(_FEWEST) - 1)
    if not fits(number, count):
        raise Refusal("cbor_invalid")
    return number, count


def fits(number, count):
    """Whether an operation takes so many operands."""
    return _FEWEST[number] <= count and (not _MOST[number] or count <= _MOST[number])


def truth(value):
    """True of what is truthy, False of what is falsy, None of what is neither: date-times."""
    if value is True or value is False:
        return value
    if value is None or isinstance(value, (int, str, list, tuple, dict)):
        return bool(value)
    return True if isinstance(value, Real) else None


class Run:
    """One evaluation. left: steps that it may still take."""

    def __init__(self, program, data, budget):
        self.reader = Reader(program)
        self.data = data
        self.around = None  # in a reduction: the data around it, and what is around that
        self.left = budget
        self.at = 0
        self.frames = []

    def value(self):
        """Walk the program to the end of its expression.

        What programs mostly hold, short texts, paths, numbers and operations, is read in this loop:
        in MicroPython a call costs more than most of what is done here.
        """
        reader = self.reader
        data = reader.data
        end = reader.end
        frames = self.frames
        while True:
            at = reader.position
            self.at = at
            self.left -= 1
            if self.left < 0:
                raise self.error("budget_exhausted")
            if at >= end:
                raise Refusal("cbor_invalid")
            first = data[at]
            if 0x40 <= first < 0x58 or 0x60 <= first < 0x78:
                after = at + 1 + (first & 31)
                if after > end:
                    raise Refusal("cbor_invalid")
                reader.position = after
                value = text_of(data[at + 1 : after])
                if first < 0x60:
                    value = self._access(value)
            elif 0x80 < first < 0x98:
                value = self._open(at, first & 31)
            elif first < 0x18:
                reader.position = at + 1
                value = first
            else:
                value = self._read_long(at, first)
            while value is not _MORE:
                if not frames:
                    return value
                frame = frames[-1]
                self.at = frame[_START]
                value = _TAKE[frame[_OPERATION]](self, frame, value)
                if value is not _MORE:
                    frames.pop()

    def charge(self, steps):
        self.left -= steps
        if self.left < 0:
            raise self.error("budget_exhausted")

    def error(self, kind):
        return CertLogicError(kind, self.at)

    def holds(self, value):
        """Whether a value counts as true."""
        verdict = truth(value)
        if verdict is None:
            raise self.error("not_boolean")
        return verdict

    def skip(self, count):
        """Pass over operands that are not wanted."""
        for _ in range(count):
            self.charge(1 + self.reader.skip() // 4)

    def _read_long(self, at, first):
        """What the loop leaves: numbers and texts with long heads, booleans, long arrays."""
        reader = self.reader
        kind = first >> 5
        if kind == 4:
            return self._open(at, 0)
        if kind == 2 or kind == 3:
            text = text_of(reader.view(0, reader.end)) if kind == 2 else reader.text(0, reader.end)
            self.charge(len(text) // 16)
            return self._access(text) if kind == 2 else text
        if kind < 2:
            return reader.int()
        reader.position = at + 1
        if first == 0xF5:
            return True
        if first == 0xF4:
            return False
        raise Refusal("cbor_invalid")

    def _open(self, at, size):
        """Open the operation at `at`. size: of its array, if that is in its first byte; else 0."""
        reader = self.reader
        if size:
            number = reader.data[at + 1] if at + 1 < reader.end else 255
            count = size - 1
            if number >= len(_FEWEST) or not fits(number, count):
                raise Refusal("cbor_invalid")
            reader.position = at + 2
        else:
            number, count = operation(reader)
        if number == _ARRAY:
            self.charge(8 + count)
            if not count:
                return []
        frames = self.frames
        if len(frames) == MAX_DEPTH:
            raise self.error("too_deep")
        frames.append([number, count, at, []])
        return _MORE

    def _access(self, path):
        """What the data have at a path, of names and indices with full stops between, or None."""
        value = self.data
        if not path:
            return value
        around = self.around
        names = path.split(".")
        self.charge(len(names))
        for name in names:
            if around is not None and name == "data":
                value, around = around
                continue
            around = None
            if isinstance(value, dict):
                value = value.get(name)
            elif isinstance(value, (list, tuple)):
                # no index has ten digits
                index = int(name) if name.isdigit() and len(name) < 10 else -1
                value = value[index] if 0 <= index < len(value) else None
            else:
                return None
        return value


# what each operation does with the next of its operands: gives its own value, or _MORE


def _take_all(run, frame, value):
    """Operations that want the values of all their operands."""
    values = frame[_HELD]
    values.append(value)
    frame[_LEFT] -= 1
    if frame[_LEFT]:
        return _MORE
    number = frame[_OPERATION]
    if number == _ARRAY:
        return values
    if number == _SAME:
        return _same(values[0], values[1])
    if number == _IN:
        return _in(run, values[0], values[1])
    if number == _PLUS:
        return _sum(run, values)
    return _compare(run, number, values)


def _same(one, other):
    """Equality of texts and numbers by value, and of everything else by identity."""
    if one is other:
        return True
    if isinstance(one, str):
        return isinstance(other, str) and one == other
    if isinstance(one, (int, Real)):
        return isinstance(other, (int, Real)) and one == other
    return False


def _in(run, value, values):
    if not isinstance(values, (list, tuple)):
        raise run.error("not_array")
    run.charge(len(values))
    for item in values:
        if _same(value, item):
            return True
    return False


def _sum(run, values):
    _need(run, values, int, "not_integer")
    total = values[0] + values[1]
    if total >> 63 not in (0, -1):
        raise run.error("integer_range")
    return total


def _compare(run, number, values):
    """Each value against the next: is it less, more, at most, at least?"""
    if number >= _BEFORE:
        _need(run, values, Moment, "not_date_time")
        values = [(moment.day, moment.ms) for moment in values]
    else:
        _need(run, values, int, "not_integer")
    number &= 3
    for i in range(1, len(values)):
        one = values[i - 1]
        other = values[i]
        if number & 1:
            one, other = other, one
        if not (one < other if number < 2 else one <= other):
            return False
    return True


def _need(run, values, kind, error):
    for value in values:
        if not isinstance(value, kind):  # True is no int in MicroPython
            raise run.error(error)


def _take_if(run, frame, value):
    left = frame[_LEFT]
    if left == 3:  # the guard
        if run.holds(value):
            frame[_LEFT] = 2
        else:
            run.skip(1)
            frame[_LEFT] = 1
        return _MORE
    if left == 2:  # what holds; the other is not asked for
        run.skip(1)
    return value


def _take_and(run, frame, value):
    frame[_LEFT] -= 1
    left = frame[_LEFT]
    if not run.holds(value):
        run.skip(left)
    elif left:
        return _MORE
    return value


def _take_not(run, _frame, value):
    return not run.holds(value)


def _take_time(run, _frame, value):
    moment = _date_time(run, value, False)
    amount = run.reader.int()
    moved = plus(moment, amount, run.reader.uint(3))
    if moved is None:
        raise run.error("date_range")
    return moved


def _take_birth(run, _frame, value):
    return _date_time(run, value, True)


def _date_time(run, text, whole_day):
    moment = parse(_text(run, text), whole_day)
    if moment is None:
        raise run.error("date_invalid")
    return moment


def _text(run, value):
    if not isinstance(value, str):
        raise run.error("not_text")
    run.charge(len(value) // 8)
    return value


def _take_extract(run, _frame, value):
    index = run.reader.int()
    if value is None:
        return None
    data = _text(run, value).encode()
    start = 9 if data[:9] == b"URN:UVCI:" else 0
    for at in range(start, len(data) + 1):
        if at == len(data) or data[at] in b"/#:":
            if index == 0:
                return str(data[start:at], "utf-8")
            index -= 1
            start = at + 1
    return None


def _take_reduce(run, frame, value):
    """First comes the array, then the initial value, then what the lambda gave for each item.

    Held: the array, the index of the next item, where the lambda begins and the whole ends, and the
    data outside the lambda with what is around them.
    """
    reader = run.reader
    left = frame[_LEFT]
    if left == 3:
        frame[_LEFT] = 2
        if value is None:
            value = ()
        elif not isinstance(value, (list, tuple)):
            raise run.error("not_array")
        frame[_HELD] = [value, 0, reader.position, 0, run.data, run.around]
        run.skip(1)
        return _MORE
    held = frame[_HELD]
    if left == 2:
        frame[_LEFT] = 1
        held[3] = reader.position
    values, index, start, end, data, around = held
    if index == len(values):
        run.data = data
        run.around = around
        reader.position = end
        return value
    run.charge(12)
    held[1] = index + 1
    run.data = {"accumulator": value, "current": values[index]}
    run.around = (data, around)
    reader.position = start
    return _MORE


_TAKE = (
    _take_all,  # [ ]
    _take_if,
    _take_all,  # ===
    _take_and,
    _take_all,  # <
    _take_all,  # >
    _take_all,  # <=
    _take_all,  # >=
    _take_all,  # before
    _take_all,  # after
    _take_all,  # not-after
    _take_all,  # not-before
    _take_all,  # in
    _take_all,  # +
    _take_not,
    _take_time,
    _take_reduce,
    _take_extract,
    _take_birth,
)
