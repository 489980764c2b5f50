"""Who went through lately: a code shown again within the window does not open the gate.

Remembers a digest of `presentation.replay_key` and when it was granted, in a ring of fixed size:
when it is full the oldest is forgotten. Nothing survives a restart, and nothing is stored that
names a person.
"""

import hashlib
from micropython import const

CAPACITY = const(512)  # persons; with a window of 5 minutes, more than one each 0.6 s
_DIGEST = const(8)  # bytes kept of SHA-256


class ReplayMemory:
    """window: seconds within which a key counts as shown again; 0 never does."""

    def __init__(self, window=0, capacity=CAPACITY):
        self.window = window
        self._capacity = capacity
        self._digests = bytearray(capacity * _DIGEST)
        self._seconds = [0] * capacity  # of the monotonic clock
        self._next = 0
        self._count = 0

    def seen(self, key, now_ms):
        """Whether this key was granted within the window before now, give or take a second."""
        if not self.window:
            return False
        digest = hashlib.sha256(key).digest()[:_DIGEST]
        now = now_ms // 1000
        for back in range(self._count):
            at = (self._next - 1 - back) % self._capacity
            if now - self._seconds[at] > self.window:
                return False  # and whatever is older
            if self._digests[at * _DIGEST : (at + 1) * _DIGEST] == digest:
                return True
        return False

    def remember(self, key, now_ms):
        at = self._next
        self._digests[at * _DIGEST : (at + 1) * _DIGEST] = hashlib.sha256(key).digest()[:_DIGEST]
        self._seconds[at] = now_ms // 1000
        self._next = (at + 1) % self._capacity
        self._count = min(self._count + 1, self._capacity)
