"""Runs on MicroPython: cuts the power at every write of an installation, on a real LittleFS.

argv: a folder with root.cbor, old.bin and new.bin; `cut`, or `grow` for flashes that are too small.
The terminal's own start (runtime.settings.Site) installs; the block device fails from write number
N on, as if the power had gone, and what was written until then is mounted again. The last line that
is printed says what came out.
"""

import gc
import json
import os
import sys
import vfs

from gate.runtime.settings import Site

BLOCK = 512
FOLDER = sys.argv[1]
EIO = -5
ERASED = b"\xff" * BLOCK


class Flash:
    """A block device in RAM. left: writes and erasures until the power goes, or None.

    Without power it gives error numbers and allocates nothing: files that are still open are closed
    by the garbage collector.
    """

    def __init__(self, content):
        self.content = content
        self.left = None
        self.torn = False  # whether half of the last write still gets there
        self.dead = False

    def readblocks(self, block, buffer, offset=0):
        if self.dead:
            return EIO
        at = block * BLOCK + offset
        buffer[:] = self.content[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        if self.dead:
            return EIO
        at = block * BLOCK + offset
        size = len(buffer)
        if self._last():
            if self.torn:
                self.content[at : at + size // 2] = buffer[: size // 2]
            return EIO
        self.content[at : at + size] = buffer
        return 0

    def _last(self):
        if self.left == 0:
            self.dead = True
        elif self.left is not None:
            self.left -= 1
        return self.dead

    def ioctl(self, operation, argument):
        if operation == 4:
            return len(self.content) // BLOCK
        if operation == 5:
            return BLOCK
        if operation == 6:
            if self.dead or self._last():
                return EIO
            at = argument * BLOCK
            self.content[at : at + BLOCK] = ERASED
            return 0
        return None


class Powered:
    """The file system of a flash, for as long as there is power."""

    def __init__(self, flash):
        self._flash = flash

    def __enter__(self):
        vfs.mount(vfs.VfsLfs2(self._flash), "/flash")
        os.chdir("/flash")

    def __exit__(self, *_):
        os.chdir("/")
        vfs.umount("/flash")
        gc.collect()


def put(name, target):
    with open("%s/%s" % (FOLDER, name), "rb") as source, open(target, "wb") as file:
        file.write(source.read())


def version():
    """What a start finds that installs nothing."""
    site = Quiet()
    return site.bundle.version if site.bundle else site.reason


class Quiet(Site):
    def waiting(self):
        return False


def state():
    """What is left after a start that installs what waits."""
    site = Site()
    if site.bundle is None:
        raise OSError(site.reason)
    parts = sorted(os.listdir("site/parts"))
    named = sorted([part.digest.hex() for part in site.bundle.manifest.parts.values()])
    files = sorted(os.listdir("site"))
    return site.bundle.version, parts == named, files


def provisioned(blocks=256):
    flash = Flash(bytearray(b"\xff" * (BLOCK * blocks)))
    vfs.VfsLfs2.mkfs(flash)
    with Powered(flash):
        os.mkdir("site")
        put("root.cbor", "site/root.cbor")
        put("old.bin", "site/incoming.bin")
        before = state()
        put("new.bin", "site/incoming.bin")
    return bytes(flash.content), before


def installed(blocks):
    """What becomes of the new bundle on a flash of so many blocks."""
    try:
        image, _ = provisioned(blocks)
    except OSError:
        return "no room for the old one, or for the file"
    with Powered(Flash(bytearray(image))):
        site = Site()
        return [site.bundle.version, site._refused]


def grow():
    """The same on larger and larger flashes."""
    outcomes = []
    for blocks in range(24, 90):
        outcome = installed(blocks)
        if outcome not in outcomes:
            outcomes.append(outcome)
    print(json.dumps(outcomes))


def cut():
    image, before = provisioned()
    outcomes = {}
    cuts = 0
    for torn in (False, True):
        left = 0
        while True:
            flash = Flash(bytearray(image))
            flash.left, flash.torn = left, torn
            with Powered(flash):
                Site()  # whatever happens, it is a terminal that does not open
            if not flash.dead:
                break
            cuts += 1
            again = Flash(bytearray(flash.content))
            with Powered(again):
                found = version()
                outcome = str((found, state()))
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            left += 1
    print(json.dumps({"before": before, "cuts": cuts, "outcomes": outcomes}))


if sys.argv[2] == "cut":
    cut()
else:
    grow()
