"""One record of the audit log as bytes, in a buffer of fixed size: written, and read back.

Its body is an array: number, kind, start, time, then the name and the value of each field. What
stands in it is in docs/audit.md.
"""

from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal
from .audit_format import (
    FIELDS,
    HEAD,
    LINK,
    MAX_BODY,
    MAX_BYTES,
    MAX_NAME,
    MAX_TEXT,
    MOST,
    SEAL,
    VERSION,
)

# places in what header_of gives
NUMBER = const(0)
FIRST = const(1)
BEFORE = const(2)
OLDEST = const(3)
KEY_ID = const(5)
START = const(6)
TIME = const(7)

_UINT = const(0x00)
_NEGATIVE = const(0x20)
_BYTES = const(0x40)
_TEXT = const(0x60)
_ARRAY = const(0x80)
_MAX_ITEMS = const(23)  # of an array whose head is one byte
_MAX_NUMBER = const(0xFFFFFFFFFFFFFFFF)
_MAX_SMALL = const(0x3FFFFFFF)
_MAX_TIME = const(0xFFFFFFFF)  # Unix seconds, the last that any format has


class Record:
    """data: the whole buffer, a record with its head and room for its link and seal."""

    def __init__(self):
        self.data = memoryview(bytearray(MOST))
        self._at = 0
        self._items = 0

    def body(self):
        return self.data[HEAD : self._at]

    def begin(self, items):
        """Start a body with these, which have to fit."""
        self._at = HEAD + 1
        self._items = 0
        for item in items:
            if not self._put(item):
                raise ValueError("audit")
        self._count(len(items))

    def add(self, name, value):
        """Add a field. False if that is not possible: there is no room, or it is no value that a
        record may have; then the record is as it was."""
        before = self._at
        if isinstance(value, (bytes, bytearray, memoryview)):
            value = value[:MAX_BYTES]
        if (
            self._items + 2 <= _MAX_ITEMS
            and self._put(number_of(name, FIELDS))
            and self._put(value)
        ):
            self._count(2)
            return True
        self._at = before
        return False

    def finish(self, link, seal):
        """Put what comes before and after the body; gives the record."""
        end = self._at
        for part in (link, seal):
            self.data[end : end + len(part)] = part
            end += len(part)
        self.data[0] = 0x58
        self.data[1] = end - HEAD
        return self.data[:end]

    def _count(self, more):
        self._items += more
        self.data[HEAD] = _ARRAY | self._items

    def _put(self, value):
        if value is True or value is False:
            return self._head(0xE0, 21 if value else 20, 0)
        if isinstance(value, int):
            if value < 0:
                return self._head(_NEGATIVE, -1 - value, 0)
            return self._head(_UINT, value, 0)
        if isinstance(value, str):
            data = _cut(value)
            kind = _TEXT
        elif isinstance(value, (bytes, bytearray, memoryview)):
            data = value
            kind = _BYTES
        else:
            return False
        size = len(data)
        if not self._head(kind, size, size):
            return False
        self.data[self._at : self._at + size] = data
        self._at += size
        return True

    def _head(self, kind, number, follows):
        """The head of an item, if it and what follows it have room."""
        if number > _MAX_NUMBER:
            return False
        size = 0
        if number >= 24:
            size = 1
            while number >> (8 * size):
                size *= 2
        at = self._at
        if at + 1 + size + follows > HEAD + MAX_BODY:
            return False
        if size == 0:
            self.data[at] = kind | number
        else:
            self.data[at] = kind | (
                24 if size == 1 else 25 if size == 2 else 26 if size == 4 else 27
            )
            self.data[at + 1 : at + 1 + size] = number.to_bytes(size, "big")
        self._at = at + 1 + size
        return True


def number_of(name, table):
    """What stands for a name in a record: its place in the table, or itself."""
    at = (" %s " % table).find(" %s " % name)
    return name[:MAX_NAME] if at < 0 else table[:at].count(" ")


def read_record(file, buffer):
    """Read a record into the buffer; gives its size, 0 at the end of the file, and -1 for what is
    no whole record. Raises OSError."""
    count = file.readinto(buffer[:HEAD])
    if not count:
        return 0
    size = buffer[1]
    if count < HEAD or buffer[0] != 0x58 or not 24 <= size <= MOST - HEAD:
        return -1
    if file.readinto(buffer[HEAD : HEAD + size]) != size:
        return -1
    return HEAD + size


def header_of(buffer, size):
    """What a segment's header says, in the order in which it stands there; None if it is none."""
    if size <= 0:
        return None
    try:
        reader = Reader(buffer[HEAD : size - LINK - SEAL])
        reader.array(9, 9)
        if reader.uint(VERSION) != VERSION:
            return None
        found = (
            reader.uint(_MAX_SMALL),
            reader.uint(_MAX_SMALL),
            reader.bytes(32, 32),
            reader.uint(_MAX_SMALL),
            reader.text(0, MAX_NAME),
            reader.bytes(4, 4),
            reader.uint(_MAX_SMALL),
            reader.uint(_MAX_TIME),
        )
        reader.finish()
    except Refusal:
        return None
    return found


def start_of(buffer, size):
    """(number, start, time) of a record; None if it is none."""
    try:
        reader = Reader(buffer[HEAD : size - LINK - SEAL])
        reader.array(4, _MAX_ITEMS)
        number = reader.uint(_MAX_SMALL)
        reader.skip()
        found = number, reader.uint(_MAX_SMALL), reader.int()
        return found if found[2] <= _MAX_TIME else None
    except Refusal:
        return None


def _cut(text):
    """A text in UTF-8, cut between two characters where it is too long."""
    data = text.encode()
    size = len(data)
    if size > MAX_TEXT:
        size = MAX_TEXT
        while data[size] & 0xC0 == 0x80:
            size -= 1
    return data[:size]
