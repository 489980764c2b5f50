"""Revocations: which codes their issuers have taken back. docs/revocation.md has the layout.

A set holds salted hashes: a hash says the block, the bucket in it, and 3 or 4 bytes that are kept.
A look-up reads where the block is, then the block, and compares what lies in one bucket, one entry
in the mean. What is in the set is always found; what is not is found once in 2^24 or 2^32 times.

Nothing is taken on trust: a part that does not fit together, or a block whose check sum is wrong,
is Refusal('revocation_invalid') and never "not revoked".
"""

import hashlib
from binascii import crc32
from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal

FORMAT = 1
SALT = const(16)  # bytes
HASH = const(16)  # bytes of what is looked up: the first 128 bits of a SHA-256
BUCKETS = const(256)  # of a block; which one is one byte of the hash
MAX_BLOCKS = const(0xFFFF)
MAX_IN_BLOCK = const(512)  # entries; there are 256 in the mean, so a block stays below 2.2 KiB
WIDTHS = (3, 4)  # bytes that are kept of an entry

_WRONG = "revocation_invalid"
_MAX_HEAD = const(128)  # bytes
_OFFSET = const(3)  # bytes of one place in the index
_CHECK = const(4)  # bytes of a block's check sum, lowest first
_RESIDUE = 0x2144DF1C  # CRC-32 of anything with its own CRC-32 after it, lowest byte first
_SMALLEST = const(36)  # bytes of a block without entries
_LARGEST = const(2148)  # bytes of one with MAX_IN_BLOCK entries of 4 bytes


class Revocations:
    """Both parts together: everything revoked up to a day, and what has changed since."""

    def __init__(self, base=None, recent=None):
        """Each is a storage.source, or None. Raises Refusal('revocation_invalid')."""
        self._base = None
        self._added = None
        self._reinstated = None
        salt = b""
        if base is not None:
            part = _Part(base, 1)
            self._base = part.sets[0]
            salt = self._base.salt
            if part.follows:
                raise Refusal(_WRONG)
        if recent is not None:
            part = _Part(recent, 2)
            # a delta to another base would leave a hole between the two
            if part.follows != salt:
                raise Refusal(_WRONG)
            self._added, self._reinstated = part.sets
        size = _SMALLEST
        for one in (self._base, self._added, self._reinstated):
            if one is not None and one.largest > size:
                size = one.largest
        self._buffer = memoryview(bytearray(size))  # once: a heap in pieces may have no such hole

    def revoked(self, hash16):
        """Say whether a hash (16 bytes) is revoked. Raises Refusal('revocation_invalid')."""
        if len(hash16) != HASH:
            raise Refusal(_WRONG)
        buffer = self._buffer
        try:
            if self._added is not None and self._added.has(hash16, buffer):
                return True
            if self._base is None or not self._base.has(hash16, buffer):
                return False
            # what is still revoked is never taken for one of these: the builder sees to that
            return self._reinstated is None or not self._reinstated.has(hash16, buffer)
        except OSError:  # what flash does not give is no reason to let anybody pass
            raise Refusal(_WRONG)


class _Part:
    """The head of a part, and its sets. follows: the salt of the part that it adds to, or b""."""

    def __init__(self, source, count):
        head = _fill(source, 0, memoryview(bytearray(min(source.size, _MAX_HEAD))))
        try:
            reader = Reader(head, wrong=_WRONG)
            reader.array(3, 3)
            if reader.uint(0xFF) != FORMAT:
                raise Refusal(_WRONG)
            self.follows = reader.bytes(0, SALT)
            reader.array(count, count)
            self.sets = [_Set(reader) for _ in range(count)]
        except Refusal:
            raise Refusal(_WRONG)
        if len(self.follows) not in (0, SALT):
            raise Refusal(_WRONG)
        # what the head says is under the check sum of every block
        start = reader.position
        seed = crc32(head[:start])
        for one in self.sets:
            start = one.place(source, start, seed)
        if start != source.size:
            raise Refusal(_WRONG)


class _Set:
    """Salted hashes in a stretch of a source: an index of blocks, then the blocks."""

    def __init__(self, reader):
        reader.array(6, 6)
        self.salt = reader.bytes(SALT, SALT)
        self.width = reader.uint(0xFF)
        self.entries = reader.uint(MAX_BLOCKS * MAX_IN_BLOCK)
        self.blocks = reader.uint(MAX_BLOCKS)
        self.size = reader.uint(0xFFFFFF)  # bytes of index and blocks
        self.largest = reader.uint(_LARGEST)  # bytes of a block
        if (
            self.width not in WIDTHS
            or (self.largest < _SMALLEST) != (self.blocks == 0)
            or (self.entries == 0) != (self.blocks == 0)
            or self.entries > self.blocks * MAX_IN_BLOCK
        ):
            raise Refusal(_WRONG)

    def place(self, source, start, seed):
        """Take one's place in a source; gives where the next set begins."""
        end = start + self.size
        index = _OFFSET * (self.blocks + 1) if self.blocks else 0
        self._source = source
        self._index = start
        self._first = start + index  # of all blocks
        self._room = self.size - index
        self._seed = seed
        if end > source.size or self._room < 0 or (self._room > 0) != (self.blocks > 0):
            raise Refusal(_WRONG)
        if self.blocks:
            first = _fill(source, start, bytearray(_OFFSET))
            last = _fill(source, start + index - _OFFSET, bytearray(_OFFSET))
            if first != bytes(_OFFSET) or last != self._room.to_bytes(_OFFSET, "big"):
                raise Refusal(_WRONG)
        return end

    def has(self, hash16, buffer):
        """Say whether a hash is in the set, or is taken for one that is.

        buffer: a memoryview of at least `largest` bytes.
        """
        if not self.blocks:
            return False
        salted = hashlib.sha256(self.salt + hash16).digest()
        # 30 bits: the most that a small integer has
        spread = salted[0] << 22 | salted[1] << 14 | salted[2] << 6 | salted[3] >> 2
        block = self._block(spread % self.blocks, buffer)
        width = self.width
        # after the check sum is taken off: 256 bits, and 1 bit and `width` bytes an entry
        size = len(block) - _CHECK
        count = (8 * size - BUCKETS) // (8 * width + 1)
        bits = size - width * count
        if count > MAX_IN_BLOCK or bits != (BUCKETS + count + 7) >> 3:
            raise Refusal(_WRONG)
        found = _bucket(block, bits, count, salted[4])
        if found < 0:
            raise Refusal(_WRONG)
        at = bits + (found >> 16) * width
        kept = salted[5 : 5 + width]
        for _ in range(found & 0xFFFF):
            if bytes(block[at : at + width]) == kept:
                return True
            at += width
        return False

    def _block(self, number, buffer):
        """A block with its check sum, which is right; a slice of the buffer."""
        places = buffer[: 2 * _OFFSET]
        self._source.readinto(self._index + _OFFSET * number, places)
        start = places[0] << 16 | places[1] << 8 | places[2]
        size = (places[3] << 16 | places[4] << 8 | places[5]) - start
        if not _SMALLEST <= size <= self.largest or start + size > self._room:
            raise Refusal(_WRONG)
        check = crc32(places, self._seed)
        block = buffer[:size]
        self._source.readinto(self._first + start, block)
        # over the head, where the block is, and what is in it
        if crc32(block, check) != _RESIDUE:
            raise Refusal(_WRONG)
        return block


def _fill(source, offset, buffer):
    """Read from a source; an error there is one of the part."""
    try:
        source.readinto(offset, buffer)
    except OSError:
        raise Refusal(_WRONG)
    return buffer


@micropython.viper
def _bucket(block: ptr8, size: int, count: int, wanted: int) -> int:
    """Where a bucket's entries are: the first's number << 16 | how many. -1: the bits are wrong.

    The first `size` bytes are bits, the highest first: a 0 for each bucket, followed by a 1 for
    each entry in it, then zeros up to a whole byte. All of them are counted, so that nothing is
    found, or missed, in bits that do not add up.
    """
    zeros = 0
    place = 0 - 1
    i = 0
    while i < size:
        ones = int(block[i])
        ones -= (ones >> 1) & 0x55
        ones = (ones & 0x33) + ((ones >> 2) & 0x33)
        here = 8 - ((ones + (ones >> 4)) & 15)
        if place < 0 and zeros + here > wanted:
            skip = wanted - zeros
            place = i << 3
            while True:
                if not (int(block[i]) >> (7 - (place & 7))) & 1:
                    if skip == 0:
                        break
                    skip -= 1
                place += 1
        zeros += here
        i += 1
    spare = (size << 3) - 256 - count
    if zeros - spare != 256 or int(block[0]) & 0x80 or place < 0:
        return 0 - 1
    if int(block[size - 1]) & ((1 << spare) - 1):
        return 0 - 1
    first = place - wanted
    end = (size << 3) - spare
    place += 1
    many = 0
    while place < end and (int(block[place >> 3]) >> (7 - (place & 7))) & 1:
        many += 1
        place += 1
    return first << 16 | many
