"""Lists of people by pseudonymous subject: staff, visitors, who may not come in.

The part holds a digest of each subject, sorted, and is searched in place. A list never opens
anything by itself: it takes a code that was signed by somebody trusted to say who one is.
"""

import hashlib
from micropython import const

from ..refusal import Refusal
from .lanes import MAX_WAYS
from .reading import WRONG, between, boolean, name, next_key, references
from .ways import MAX_SCHEDULES

DIGEST = const(8)  # bytes of SHA-256(format, subject)
MAX_LISTED = const(2048)  # people in all lists together
_LATEST = 0xFFFFFFFF

_ALL_SPARED = const(63)  # bits, see thorough.py and decide.py


def digest(code_format, subject):
    """What stands in a list for a subject. code_format: "OC1", ...; subject: bytes."""
    return hashlib.sha256(code_format.encode() + subject).digest()[:DIGEST]


class List:
    """since, until: Unix seconds, the validity. schedule: a number, or None. deny: they may not
    come in. spares: bits. proof: they must show a proof. only: the ways that are open to them, or
    None."""

    def __init__(self, reader):
        fields = reader.map(2, 9)
        reader.key(1)
        self.name = name(reader)
        reader.key(2)
        self._digests = reader.view(0, MAX_LISTED * DIGEST)
        self.size = len(self._digests) // DIGEST
        self.since = 0
        self.until = _LATEST
        self.schedule = None
        self.deny = False
        self.spares = 0
        self.proof = False
        self.only = None
        before = 2
        for _ in range(fields - 2):
            before = next_key(reader, before, 9)
            if before == 3:
                self.since = reader.uint(_LATEST)
            elif before == 4:
                self.until = reader.uint(_LATEST)
            elif before == 5:
                self.schedule = reader.uint(MAX_SCHEDULES - 1)
            elif before == 6:
                self.deny = boolean(reader)
            elif before == 7:
                self.spares = between(reader, 1, _ALL_SPARED)
            elif before == 8:
                self.proof = boolean(reader)
            else:
                self.only = references(reader, 1, MAX_WAYS)
        self._check()

    def _check(self):
        """Digests must be whole and rise, or the search would not find them."""
        if len(self._digests) % DIGEST:
            raise Refusal(WRONG)
        before = b""
        for number in range(self.size):
            here = self._at(number)
            if here <= before:
                raise Refusal(WRONG)
            before = here

    def _at(self, number):
        return bytes(self._digests[number * DIGEST : (number + 1) * DIGEST])

    def has(self, wanted):
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            here = self._at(middle)
            if here == wanted:
                return True
            if here < wanted:
                low = middle + 1
            else:
                high = middle
        return False


class Listed:
    """What the lists say of one person now.

    denied: the name of a list, or None. members: numbers of the lists that count now. lapsed:
    numbers of those that have the person, but not now. spares: bits of all. proof: whether one of
    them demands it. only: the ways that all of them leave open, or None.
    """

    def __init__(self, lists, wanted, now, open_now):
        """lists: of the policy. wanted: `digest`. open_now: says of a schedule's number if it is
        open."""
        self.denied = None
        self.members = []
        self.lapsed = []
        self.spares = 0
        self.proof = False
        self.only = None
        for number in range(len(lists)):
            one = lists[number]
            if not one.has(wanted):
                continue
            if not (one.since <= now <= one.until and open_now(one.schedule)):
                self.lapsed.append(number)
                continue
            self.members.append(number)
            if one.deny and self.denied is None:
                self.denied = one.name
            self.spares |= one.spares
            self.proof = self.proof or one.proof
            if one.only is not None:
                allowed = self.only
                self.only = [way for way in one.only if allowed is None or way in allowed]
