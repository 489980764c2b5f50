"""Who went through lately: a code shown again within the window does not open the gate, who came in
does not come in again before going out, and the other way round (anti-passback).

Remembers a digest of `presentation.replay_key` - of the person, not of the code's text - with the
direction and when it was granted, in a ring of fixed size: when it is full the oldest is forgotten.
Nothing survives a restart, and nothing is stored that names a person.

A terminal with several lanes shares one memory among them: then whoever goes out by one of them may
come in again. A grant that nobody walked through is annulled by its ticket: the window is open then
as if there had been none.
"""

import hashlib
from array import array
from micropython import const

CAPACITY = const(512)  # persons; with a window of 5 minutes, more than one each 0.6 s


@micropython.viper
def _newest(words, digest, start: int, count: int, capacity: int) -> int:
    """The entry of the ring, among the `count` before `start`, that was last written with this
    digest; -1 if there is none. Its first 64 bits are compared."""
    ring = ptr32(words)
    wanted = ptr32(digest)
    low = int(wanted[0])
    high = int(wanted[1])
    at = start
    while count:
        count -= 1
        if at == 0:
            at = capacity
        at -= 1
        if int(ring[2 * at]) == low and int(ring[2 * at + 1]) == high:
            return at
    return -1


class ReplayMemory:
    """direction, here: 0 none, 1 in, 2 out, as in policy.lanes. window: seconds; 0: not asked."""

    def __init__(self, capacity=CAPACITY):
        self._capacity = capacity
        self._digests = bytearray(8 * capacity)
        self._seconds = array("I", bytes(4 * capacity))  # monotonic, times 4, and the direction
        self._next = 0
        self._count = 0
        self._ticket = 0

    def seen(self, key, now_ms, window, direction=0):
        """Whether this key was granted in this direction, and since then in no other, within the
        window before now, give or take a second: it is a replay then, or would come in while it is
        inside, or go out while it is outside."""
        at = self._find(key) if window else -1
        if at < 0 or self._seconds[at] % 4 != direction:
            return False
        return now_ms // 1000 - self._seconds[at] // 4 <= window

    def remember(self, key, now_ms, direction=0):
        """Remember a grant; gives a ticket with which it can be annulled."""
        at = self._next
        self._digests[8 * at : 8 * at + 8] = memoryview(_digest(key))[:8]
        self._seconds[at] = now_ms // 1000 * 4 + direction
        self._next = (at + 1) % self._capacity
        self._count = min(self._count + 1, self._capacity)
        self._ticket += 1
        return self._ticket

    def annul(self, ticket):
        """Forget a grant that was not used, as if it had never been; False if it is not
        remembered."""
        back = self._ticket - ticket
        if not 0 <= back < self._count:
            return False
        at = (self._next - 1 - back) % self._capacity
        self._digests[8 * at : 8 * at + 8] = bytes(8)  # no digest that anybody has
        return True

    def forget(self):
        """Forget everybody: after a fire nobody knows who is inside."""
        self._count = 0

    def _find(self, key):
        return _newest(self._digests, _digest(key), self._next, self._count, self._capacity)


def _digest(key):
    return hashlib.sha256(key).digest()
