"""A flash chip for the real LittleFS (`vfs.VfsLfs2`), which the power may leave at any operation.

As NOR flash is: programming only clears bits, so a block is erased before it is programmed; both
are counted. A program of LittleFS that would not hold on a chip raises AssertionError here. What
may be left of an operation during which the power goes:

    none     nothing of it happened
    partial  a part of it: half of the bytes are programmed, or half of the block is erased
    ragged   all of it, but bits here and there did not make it
    whole    all of it, and nobody was told

How a test uses it is in docs/audit.md.
"""

import gc
import os
import vfs

BLOCK = 4096  # bytes, as an ESP32's flash has them
UNIT = 32  # bytes that are programmed at once, as stock MicroPython formats
TEARS = ("none", "partial", "ragged", "whole")

_EIO = -5  # what a block device gives for an error


class Flash:
    """content: a bytearray of all blocks, each of `block` bytes. erases: how often each was erased.

    left: operations until the power goes, or None. dead: it has gone. worn: blocks that cannot be
    erased or programmed any more (a set). unreadable: blocks that cannot be read (a set).
    Without power it gives error numbers and allocates nothing: files that are still open are closed
    by the garbage collector.
    """

    def __init__(self, content, left=None, tear="none", block=BLOCK):
        self.content = content
        self.block = block
        self.left = left
        self.tear = tear
        self.dead = False
        self.operations = 0
        self.programmed = 0  # bytes
        self.read = 0  # bytes
        self.erases = [0] * (len(content) // block)
        self._erased = b"\xff" * block
        self.worn = set()
        self.unreadable = set()

    def readblocks(self, block, buffer, offset=0):
        if self.dead or block in self.unreadable:
            return _EIO
        at = block * self.block + offset
        self.read += len(buffer)
        buffer[:] = self.content[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        if self.dead or block in self.worn:
            return _EIO
        at = block * self.block + offset
        size = len(buffer)
        assert offset % UNIT == 0 and size % UNIT == 0 and offset + size <= self.block
        self.programmed += size
        if self._last():
            if self.tear == "partial":
                self._program(at, buffer[: size // 2], 0)
            elif self.tear == "ragged":
                self._program(at, buffer, 0x11)
            elif self.tear == "whole":
                self._program(at, buffer, 0)
            return _EIO
        self._program(at, buffer, 0)
        return 0

    def ioctl(self, operation, argument):
        if operation == 4:
            return len(self.content) // self.block
        if operation == 5:
            return self.block
        if operation == 6:
            return self._erase(argument)
        return None

    def _program(self, at, data, missing):
        """Clear bits. missing: bits that are not cleared in each seventh byte."""
        content = self.content
        there = content[at : at + len(data)]
        assert there == self._erased[: len(data)], "programmed without having been erased"
        content[at : at + len(data)] = data
        if missing:
            for i in range(at, at + len(data), 7):
                content[i] |= missing

    def _erase(self, block):
        if self.dead or block in self.worn:
            return _EIO
        content = self.content
        at = block * self.block
        end = at + self.block
        self.erases[block] += 1
        last = self._last()
        if not last or self.tear == "whole":
            content[at:end] = self._erased
        elif self.tear == "partial":
            end -= self.block // 2
            content[at:end] = self._erased[: end - at]
        elif self.tear == "ragged":
            for i in range(at, end):
                content[i] |= 0x5A
        return _EIO if last else 0

    def _last(self):
        self.operations += 1
        if self.left == 0:
            self.dead = True
        elif self.left is not None:
            self.left -= 1
        return self.dead


class Powered:
    """The file system of a flash, mounted at /flash, for as long as there is power."""

    def __init__(self, flash):
        self._flash = flash

    def __enter__(self):
        vfs.mount(vfs.VfsLfs2(self._flash), "/flash")
        os.chdir("/flash")
        return self._flash

    def __exit__(self, *_):
        os.chdir("/")
        vfs.umount("/flash")
        gc.collect()  # files that were left open


def formatted(blocks, block=BLOCK):
    """A flash with an empty file system."""
    flash = Flash(bytearray(b"\xff" * (block * blocks)), block=block)
    vfs.VfsLfs2.mkfs(flash)
    flash.erases = [0] * blocks
    flash.operations = flash.programmed = flash.read = 0
    return flash


def cuts(image, work, tears=TEARS, block=BLOCK):
    """Do some work on copies of a flash, while the power goes at its first, second ... operation
    in each manner; gives (operation, tear, flash as it was left).

    image: content of the flash before. work: called with the file system mounted; it may raise
    OSError when the power has gone. Ends after the last operation that the work has.
    """
    for tear in tears:
        left = 0
        while True:
            flash = Flash(bytearray(image), left, tear, block)
            with Powered(flash):
                try:
                    work()
                except OSError:
                    assert flash.dead
            if not flash.dead:
                break
            yield left, tear, Flash(flash.content, block=block)
            left += 1
