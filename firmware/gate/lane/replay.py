"""Who went through lately: a code shown again within the window does not open the gate.

Remembers a digest of `presentation.replay_key` and when it was granted, in a ring of fixed size:
when it is full the oldest is forgotten. Nothing survives a restart, and nothing is stored that
names a person.
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
    """window: seconds within which a key counts as shown again; 0 never does."""

    def __init__(self, window=0, capacity=CAPACITY):
        self.window = window
        self._capacity = capacity
        self._digests = bytearray(8 * capacity)
        self._seconds = array("I", bytes(4 * capacity))  # of the monotonic clock
        self._next = 0
        self._count = 0

    def seen(self, key, now_ms):
        """Whether this key was granted within the window before now, give or take a second."""
        if not self.window:
            return False
        at = _newest(self._digests, _digest(key), self._next, self._count, self._capacity)
        return at >= 0 and now_ms // 1000 - self._seconds[at] <= self.window

    def remember(self, key, now_ms):
        at = self._next
        self._digests[8 * at : 8 * at + 8] = memoryview(_digest(key))[:8]
        self._seconds[at] = now_ms // 1000
        self._next = (at + 1) % self._capacity
        self._count = min(self._count + 1, self._capacity)


def _digest(key):
    return hashlib.sha256(key).digest()
