"""Where the bytes of a part are: in RAM, or in a stretch of a file that is read by seeks.

A Source has .size and .read(offset, count), which gives exactly `count` bytes (bytes-like, not to
be kept longer than until the next read) or raises OSError. What the bytes say is for others.
"""

import errno


class Memory:
    """data: bytes-like, kept."""

    def __init__(self, data):
        self._data = memoryview(data)
        self.size = len(self._data)

    def read(self, offset, count):
        _check(offset, count, self.size)
        return self._data[offset : offset + count]

    def slice(self, start, size):
        """A Source of a stretch of this one."""
        return Memory(self.read(start, size))

    def readinto(self, offset, buffer):
        """Fill a buffer from `offset` on."""
        count = len(buffer)
        buffer[:] = self.read(offset, count)

    def close(self):
        """Nothing is open."""


class File:
    """`size` bytes of the file `path` from `start` on; opened when first read, and kept open."""

    def __init__(self, path, start, size):
        self.path = path
        self.size = size
        self._start = start
        self._file = None

    def read(self, offset, count):
        _check(offset, count, self.size)
        data = bytearray(count)
        self.readinto(offset, data)
        return data

    def slice(self, start, size):
        """A Source of a stretch of this one; it opens the file for itself."""
        _check(start, size, self.size)
        return File(self.path, self._start + start, size)

    def readinto(self, offset, buffer):
        """Fill a buffer from `offset` on; allocates nothing of its own."""
        _check(offset, len(buffer), self.size)
        try:
            if self._file is None:
                self._file = open(self.path, "rb")
            self._file.seek(self._start + offset)
            if self._file.readinto(buffer) != len(buffer):
                raise OSError(errno.EIO)  # the file is shorter than it was
        except OSError:
            self.close()  # the next read begins anew
            raise

    def close(self):
        file = self._file
        self._file = None
        if file is not None:
            file.close()


def _check(offset, count, size):
    if offset < 0 or count < 0 or offset > size or count > size - offset:
        raise OSError(errno.EINVAL)
