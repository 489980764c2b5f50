"""Files of the audit log: segments in a ring, and the slots of records that wait for theirs.

    log/0000012.seg    a segment; the one with the largest number is in use
    log/0000012.new    what is right of a damaged one, being copied
    log/0000012.bad    a damaged one as it was found, until its number is removed
    log/tail/7         a record that waits, or one that no longer does

Knows no record but by its length. Every method may raise OSError.
"""

import errno
import os
from micropython import const

from .audit_format import FOLDER, MOST, SEGMENT, SLOTS, SUFFIX, TAIL
from .audit_record import TIME, header_of, read_record

_ROOM = const(
    1024
)  # bytes of records that wait, kept in RAM too: reading slots takes LittleFS long
_BLOCK = const(4096)  # bytes of flash that a file takes at least
_BAD = ".bad"
_NEW = ".new"
_DAY = const(86400)
_AGED = const(2)  # segments removed for their age when one is begun, at most: a clock that is
# wrong for an hour must not empty the log


class Ring:
    """buffer: what a record is read into. waiting: how many records wait in slots."""

    def __init__(self, folder, size):
        self._folder = folder
        self._size = size
        self.buffer = memoryview(bytearray(MOST))
        self.waiting = 0
        self._held = memoryview(bytearray(_ROOM))  # the records that wait
        self._end = 0  # of them

    def prepare(self):
        """Have the folders, and finish what was going on when the power went."""
        for name in (FOLDER, TAIL):
            try:
                os.mkdir(self._folder + name)
            except OSError as error:
                if error.errno != errno.EEXIST:
                    raise
        for number in self._numbers(_NEW):
            # a copy is whole when the file it was made from has been put aside
            if self.size(number):
                os.remove(self._path(number, _NEW))
            else:
                os.rename(self._path(number, _NEW), self._path(number))
        numbers = self.numbers()
        if numbers and self.size(numbers[-1]) == 0:
            os.remove(self._path(numbers[-1]))  # it was being made

    def numbers(self):
        """Of the segments, rising."""
        return self._numbers(SUFFIX)

    def size(self, number, suffix=SUFFIX):
        """Bytes of a segment; 0 if there is none."""
        return _size(self._path(number, suffix))

    def open(self, number):
        return open(self._path(number), "rb")

    def create(self, number, data):
        with open(self._path(number), "wb") as file:
            file.write(data)

    # slots

    @property
    def full(self):
        """Whether those that wait have to be moved before another one can."""
        return self.waiting == SLOTS or self._end + MOST > _ROOM

    def put_slot(self, number, data):
        """Store the record of this number: it is in flash when this returns."""
        with open(self._slot(number), "wb") as file:
            file.write(data)
        self.hold(data)

    def hold(self, data):
        """Take a record that is in its slot for one that waits."""
        end = self._end + len(data)
        self._held[self._end : end] = data
        self._end = end
        self.waiting += 1

    def forget(self):
        """Nothing waits."""
        self.waiting = self._end = 0

    def read_slot(self, number):
        """Read what is in the slot of this number into the buffer; as read_record says."""
        try:
            with open(self._slot(number), "rb") as file:
                return read_record(file, self.buffer)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return 0

    def empty_slots(self, first, count):
        """Remove what is in the slots of `count` numbers from `first` on."""
        for number in range(first, first + count):
            if _size(self._slot(number)):
                os.remove(self._slot(number))

    def move(self, segment):
        """Append the records that wait to a segment, all or none."""
        if self.waiting:
            with open(self._path(segment), "ab") as file:
                file.write(self._held[: self._end])
            self.forget()

    def _slot(self, number):
        return "%s%s/%d" % (self._folder, TAIL, number % SLOTS)

    # what is damaged, and what is old

    def cut(self, number, good):
        """Leave the first `good` bytes of a segment; put it aside as it was."""
        buffer = self.buffer
        with self.open(number) as source, open(self._path(number, _NEW), "wb") as target:
            while good:
                count = source.readinto(buffer[: min(good, MOST)])
                if not count:
                    raise OSError(errno.EIO)
                target.write(buffer[:count])
                good -= count
        self.put_aside(number)
        os.rename(self._path(number, _NEW), self._path(number))

    def put_aside(self, number):
        os.rename(self._path(number), self._path(number, _BAD))

    def oldest_to_keep(self, number, unix, days):
        """The number of the oldest segment that stays when segment `number` is begun.

        unix: the time, or None; then nothing is too old.
        """
        numbers = self.numbers()
        taken = SEGMENT
        keep = number
        for one in sorted(numbers + self._numbers(_BAD), reverse=True):
            taken += self._flash(one)
            if taken > self._size:
                break
            keep = one
        if unix is None:
            return keep
        for one in numbers[1 : _AGED + 1]:  # a segment ended when the next one was begun
            if not 0 < self._begun(one) < unix - days * _DAY:
                break
            keep = max(keep, one)
        return keep

    def remove_before(self, oldest):
        for suffix in (SUFFIX, _BAD):
            for number in self._numbers(suffix):
                if number < oldest:
                    os.remove(self._path(number, suffix))

    def _begun(self, number):
        """The latest time that was known when a segment was begun; 0 for none."""
        with self.open(number) as file:
            size = read_record(file, self.buffer)
        header = header_of(self.buffer, size)
        return header[TIME] if header else 0

    def _flash(self, number):
        blocks = 0
        for suffix in (SUFFIX, _BAD):
            blocks += (self.size(number, suffix) + _BLOCK - 1) // _BLOCK
        return blocks * _BLOCK

    def _numbers(self, suffix):
        found = []
        for name in os.listdir(self._folder + FOLDER):
            if name.endswith(suffix) and len(name) == 7 + len(suffix) and name[:7].isdigit():
                found.append(int(name[:7]))
        found.sort()
        return found

    def _path(self, number, suffix=SUFFIX):
        return "%s%s/%07d%s" % (self._folder, FOLDER, number, suffix)


def _size(path):
    try:
        return os.stat(path)[6]
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return 0
