"""`select.poll` over simulated streams: anything with `ioctl(3, events)` can be waited for."""

from _wire import wire

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16

_IOCTL_POLL = 3  # MP_STREAM_POLL


class poll:
    def __init__(self):
        self._entries = []  # [stream, events], in order of registration

    def register(self, stream, events=POLLIN | POLLOUT):
        for entry in self._entries:
            if entry[0] is stream:
                entry[1] = events
                return
        self._entries.append([stream, events])

    def modify(self, stream, events):
        self.register(stream, events)

    def unregister(self, stream):
        self._entries = [entry for entry in self._entries if entry[0] is not stream]

    def _ready(self):
        ready = []
        for stream, events in self._entries:
            happened = stream.ioctl(_IOCTL_POLL, events | POLLERR | POLLHUP)
            if happened:
                ready.append((stream, happened))
        return ready

    def poll(self, timeout_ms=-1):
        """What is ready, after waiting at most timeout_ms (-1: until something is)."""
        end = None if timeout_ms < 0 else wire.elapsed_us() + timeout_ms * 1000
        if timeout_ms == 0:
            wire.wait(0)
        while True:
            ready = self._ready()
            if ready:
                return ready
            left = None if end is None else end - wire.elapsed_us()
            if left is not None and left <= 0:
                return ready
            wire.wait(left)

    def ipoll(self, timeout_ms=-1, flags=0):
        return self.poll(timeout_ms)
