"""The audit log: what the gate decided and what happened at it, chained, sealed and bounded.

A record is in flash when `record` returns. It is first written to a small file of its own (one of
SLOTS), which costs no erased block, and moved to its segment together with others: in a quiet
moment (`tend`), or when no slot is left. The oldest segments are removed whole. Format, what it
proves and what it does not: docs/audit.md.

Nothing here raises: what cannot be written is counted, `failing` says why, and the number is the
first thing that is recorded when the flash works again.
"""

import hashlib
from micropython import const

from .audit_format import HEAD, KINDS, LINK, MAX_NAME, MOST, SEAL, SEGMENT, SLOTS, VERSION
from .audit_keys import Keys
from .audit_record import (
    BEFORE,
    FIRST,
    KEY_ID,
    NUMBER,
    OLDEST,
    START,
    TIME,
    Record,
    header_of,
    number_of,
    read_record,
    start_of,
)
from .audit_ring import Ring

_DAY = const(86400)  # seconds
_RETRY_MS = const(10000)  # until a flash that failed is tried again
_FULL = const(28)  # ENOSPC, which MicroPython's errno does not name
_BUSY = const(6)  # slots in use from which on a quiet moment is used to empty them


class Audit:
    """floor: the latest trusted time in the log, Unix seconds. boot: number of this start.

    failing: None, "log_full" or "log_failing". lost: records since the flash last worked.
    """

    def __init__(self, folder, device="", size=262144, days=31):
        """folder: the terminal's, with a slash at its end. device: names the terminal, at most 16
        characters. size: bytes of flash that segments may take. days: that they are kept."""
        self.floor = 0
        self.boot = 0
        self.failing = None
        self.lost = 0
        self._folder = folder
        self._device = device[:MAX_NAME]
        self._days = days
        self._ring = Ring(folder, size)
        self._keys = Keys(folder)
        self._record = Record()
        self._chain = bytes(32)
        self._next = 1  # number of the next record
        self._number = 0  # of the segment that this goes to
        self._open = False  # whether more may go there; else another one is begun
        self._last = 0  # the largest number of a segment
        self._size = 0  # of its file, with what waits
        self._day = 0  # of its first record with a trusted time; 0: there is none yet
        self._time = 0  # the last trusted time in the log; 0: none
        self._start = 0  # number of the last start in the log
        self._oldest = 0  # segment that is kept
        self._key_id = b""  # that its segment was begun with
        self._notes = []  # records of our own that are still to be written
        self._ready = False
        self._retry = None
        self._try(self._recover, None)

    # what others call

    def record(self, kind, fields=(), unix=None, ms=0):
        """Record what happened; says whether it is in flash.

        kind, and the names of fields: of audit_format, or another short text. fields: pairs of
        name and value (int, bool, str, bytes; None is left out), the most important first. A field
        `subject` is a presentation's replay_key, and is recorded as a pseudonym. unix: seconds, or
        None when the clock is not trusted. ms: since the start.
        """
        if self._try(self._write, ms, kind, fields, unix, ms):
            return True
        self.lost += 1
        return False

    def tend(self, unix=None, ms=0):
        """Do in a quiet moment what would cost time later; to be called now and then."""
        if self._ring.waiting >= _BUSY or self.failing or self._notes or self._another_day(unix):
            self._try(self._tend, ms, unix, ms)

    def close(self):
        """Move what waits to its segment."""
        if self._ready:
            self._try(self._ring.move, None, self._number)

    # never raising

    def _try(self, work, ms, *arguments):
        """Do some of the work; gives whether it could be done. ms: the time now, None: at once."""
        if self._retry is not None and ms is not None and 0 <= self._retry - ms <= _RETRY_MS:
            return False
        try:
            if not self._ready and work != self._recover:
                self._recover()
            work(*arguments)
        except Exception as error:
            full = isinstance(error, OSError) and error.errno == _FULL
            self.failing = "log_full" if full else "log_failing"
            self._ready = False  # what is in flash now is to be found out
            self._retry = (ms or 0) + _RETRY_MS
            return False
        self.failing = None
        self._retry = None
        return True

    def _tend(self, unix, ms):
        self._notes_first(unix, ms)
        if self._another_day(unix) or self._size + SLOTS * MOST > SEGMENT:
            self._begin(unix)
        self._ring.move(self._number)

    # writing

    def _write(self, kind, fields, unix, ms):
        self._notes_first(unix, ms)
        self._append(kind, fields, unix, ms)

    def _notes_first(self, unix, ms):
        """What has to be recorded of the log itself."""
        while self._notes:
            kind, fields = self._notes[0]
            self._append(kind, fields, unix, ms)
            self._notes.pop(0)
        if self.lost:
            self._append("lost", (("count", self.lost),), unix, ms)
            self.lost = 0

    def _append(self, kind, fields, unix, ms):
        if not self._open or self._size + MOST > SEGMENT or self._another_day(unix):
            self._begin(unix)
        elif self._ring.full:
            self._ring.move(self._number)
        record = self._record
        number = self._next
        time = -1 - ms if unix is None else unix
        record.begin((number, number_of(kind, KINDS), self.boot, time))
        for name, value in fields.items() if isinstance(fields, dict) else fields:
            if name == "subject" and value is not None:
                value = self._keys.subject(value, unix, self.boot)
            elif name == "verdict" and kind == "decision":
                value = value == "granted"
            record.add(name, value)
        chain = _chained(self._chain, record.body())
        seal = self._keys.seal(chain)
        data = record.finish(chain[:LINK], seal)
        self._ring.put_slot(number, data)
        self._chain = _chained(chain, seal)
        self._next = number + 1
        self._size += len(data)
        if unix is not None:
            self._knows(unix)

    def _another_day(self, unix):
        """Whether the segment in use is of another day, so that days can be counted by segments."""
        return unix is not None and self._day != 0 and unix // _DAY != self._day

    def _knows(self, unix):
        """A trusted time that the log has."""
        self._time = unix
        self.floor = max(self.floor, unix)
        if not self._day:
            self._day = unix // _DAY

    def _begin(self, unix):
        """Begin a segment, whose header leads on from the one before; remove what is too old."""
        ring = self._ring
        ring.move(self._number)
        keys = self._keys
        number = max(self._last, keys.number) + 1
        oldest = ring.oldest_to_keep(number, unix, self._days)
        record = self._record
        record.begin((
            VERSION, number, self._next, self._chain, oldest, self._device, keys.id, self.boot,
            self._time,
        ))  # fmt: skip
        chain = _chained(self._chain, record.body())
        keys.advance(number)
        seal = keys.seal(chain)
        data = record.finish(chain[:LINK], seal)
        ring.create(number, data)
        keys.keep()
        self._chain = _chained(chain, seal)
        self._number = self._last = number
        self._open = True
        self._size = len(data)
        self._day = 0 if unix is None else unix // _DAY
        ring.remove_before(oldest)

    # after a start, and after a failure

    def _recover(self):
        """Find out what is in flash: where the chain ends, and what is not right there."""
        ring = self._ring
        keys = self._keys
        ring.prepare()
        ring.forget()
        numbers = ring.numbers()
        self._last = last = numbers[-1] if numbers else 0
        new_keys = keys.load(last)
        self._chain = bytes(32)
        self._next = 1
        self._number = self._day = 0
        self._open = False
        cut = gone = 0  # bytes, segments
        for number in reversed(numbers):
            size = ring.size(number)
            good = self._follow(number)
            cut += size - good
            if not good:
                ring.put_aside(number)
                gone += 1
                continue
            if good < size:
                ring.cut(number, good)
            self._number = number
            self._size = good
            cut += self._follow_slots()
            ring.remove_before(self._oldest)  # the power may have gone before
            self._open = number == last and number >= keys.number and self._key_id == keys.id
            break
        if self._open and number > keys.number:
            keys.advance(number)
            keys.keep()
        if not self.boot:
            self.boot = self._start + 1
        if new_keys:
            self._note("key", (("cause", new_keys),))
        gone += max(0, keys.number - last)
        if cut or gone:
            ring.empty_slots(self._next, SLOTS - ring.waiting)  # of records that are cut off, too
            self._note("cut", (("bytes", cut), ("segments", gone)))
        self._ready = True

    def _note(self, kind, fields):
        """Note it once: what cannot be written yet is found again each time the flash is tried."""
        if (kind, fields) not in self._notes:
            self._notes.append((kind, fields))

    def _follow(self, number):
        """Follow the chain through a segment; gives the bytes that are right, 0 if not even its
        header is."""
        buffer = self._ring.buffer
        with self._ring.open(number) as file:
            size = read_record(file, buffer)
            header = header_of(buffer, size)
            if header is None or header[NUMBER] != number or header[OLDEST] > number:
                return 0
            chain = _chained(header[BEFORE], buffer[HEAD : size - LINK - SEAL])
            if not _linked(chain, buffer, size):
                return 0
            self._chain = _chained(chain, buffer[size - SEAL : size])
            self._next = header[FIRST]
            self._start = header[START]
            self._key_id = header[KEY_ID]
            self._oldest = header[OLDEST]
            if header[TIME]:
                self.floor = max(self.floor, header[TIME])
                self._time = header[TIME]
            good = size
            while True:
                size = read_record(file, buffer)
                if size <= 0 or good + size > SEGMENT or not self._follows(buffer, size):
                    return good
                good += size

    def _follow_slots(self):
        """Follow the chain through the slots; gives the bytes there that do not go on with it."""
        ring = self._ring
        buffer = ring.buffer
        while not ring.full:
            size = ring.read_slot(self._next)
            if size <= 0 or not self._follows(buffer, size):
                break
            ring.hold(buffer[:size])
            self._size += size
        cut = 0
        for number in range(self._next, self._next + SLOTS - ring.waiting):
            size = ring.read_slot(number)
            start = start_of(buffer, size) if size > 0 else None
            if size and (start is None or start[0] >= self._next):  # not one of those moved since
                cut += max(1, size)
        return cut

    def _follows(self, buffer, size):
        """Take the record in the buffer, if it is the next one of the chain."""
        start = start_of(buffer, size)
        if start is None or start[0] != self._next:
            return False
        chain = _chained(self._chain, buffer[HEAD : size - LINK - SEAL])
        if not _linked(chain, buffer, size):
            return False
        self._chain = _chained(chain, buffer[size - SEAL : size])
        self._next += 1
        self._start = start[1]
        if start[2] >= 0:
            self._knows(start[2])
        return True


def _chained(chain, what):
    """The chain with a body behind it, or with the seal over that."""
    digest = hashlib.sha256(chain)
    digest.update(what)
    return digest.digest()


def _linked(chain, record, size):
    """Whether a record's link is that of the chain with it."""
    return bytes(record[size - LINK - SEAL : size - SEAL]) == chain[:LINK]
