"""The terminal's folder: what is installed, and the record of what has been.

    root.cbor       operators' keys, from provisioning; rotations replace it
    installed.bin   [root, signed head] of the bundle in force; its replacement is the switch
    parts/HEX       parts, named by their SHA-256
    versions.json   versions that must not fall, after the SHA-256 of that line
    clock           the latest time that was known, Unix seconds
    incoming.bin    a bundle file to be installed; refused.bin: the last one that was not

Every file is written under another name and renamed, which LittleFS does whole or not at all.
"""

import errno
import hashlib
import json
import os
from binascii import hexlify, unhexlify
from micropython import const

from ..codec.cbor import Reader
from ..codec.cose import append_bytes
from ..refusal import Refusal
from ..trust.envelope import MAX_HEAD
from ..trust.root import MAX_ROOT, Root
from ..trust.versions import Versions
from .source import File

ROOT = "root.cbor"
INSTALLED = "installed.bin"
VERSIONS = "versions.json"
CLOCK = "clock"
INCOMING = "incoming.bin"
REFUSED = "refused.bin"
_PARTS = "parts"
_NEW = ".new"
_MAX_VERSIONS = const(2048)  # bytes
_MAX_CLOCK = const(10)  # digits


class Store:
    """folder: where all this is, with a slash at its end."""

    def __init__(self, folder):
        self._folder = folder

    # files

    def size(self, name):
        """Bytes of a file, or None if it is not there."""
        try:
            return os.stat(self._folder + name)[6]
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return None

    def read(self, name, most, wrong):
        """A file's content, or None; Refusal(wrong) if it is larger than may be."""
        size = self.size(name)
        if size is None:
            return None
        if size > most:
            raise Refusal(wrong)
        return File(self._folder + name, 0, size).read(0, size)

    def stage(self, name, data):
        """Write what is to take a file's place."""
        with open(self._folder + name + _NEW, "wb") as file:
            file.write(data)

    def switch(self, name):
        """Let it take the place, in one step."""
        path = self._folder + name
        os.rename(path + _NEW, path)

    def replace(self, name, data):
        """Write a file whole or not at all."""
        self.stage(name, data)
        self.switch(name)

    def remove(self, name):
        """Remove a file, if it is there."""
        try:
            os.remove(self._folder + name)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def file(self, name):
        """A Source of a file, or None."""
        size = self.size(name)
        return None if size is None else File(self._folder + name, 0, size)

    def rename(self, name, to):
        os.rename(self._folder + name, self._folder + to)

    # what is believed

    def installed(self):
        """(root, signed head) of the bundle in force, or None. Nothing is verified."""
        data = self.read(INSTALLED, MAX_ROOT + MAX_HEAD + 16, "bundle_invalid")
        if data is None:
            return None
        try:
            reader = Reader(data, wrong="bundle_invalid")
            reader.array(2, 2)
            pair = reader.bytes(1, MAX_ROOT), reader.bytes(1, MAX_HEAD)
            reader.finish()
        except Refusal:
            raise Refusal("bundle_invalid")
        return pair

    def stage_installed(self, root, head):
        """Have this root and this head ready; `switch(INSTALLED)` puts them in force."""
        out = bytearray(b"\x82")
        append_bytes(out, root)
        append_bytes(out, head)
        self.stage(INSTALLED, out)

    def root(self, installed):
        """The Root in force, or None: the one of provisioning, unless what is installed has come
        further by rotations."""
        data = self.read(ROOT, MAX_ROOT, "root_invalid")
        if data is None:
            return None
        root = Root(data)
        if installed is not None:
            later = Root(installed[0])
            if later.version > root.version:
                return later
        return root

    # the record

    def versions(self):
        """The Versions that must not fall, or None. Raises Refusal('record_damaged')."""
        data = self.read(VERSIONS, _MAX_VERSIONS, "record_damaged")
        if data is None:
            return None
        try:
            digest, line = bytes(data).split(b"\n", 1)
            if digest != hexlify(hashlib.sha256(line).digest()):
                raise ValueError
            site, version, manifest, parts, root = json.loads(line)
            for name in parts:
                parts[name] = (parts[name][0], unhexlify(parts[name][1]))
            return Versions(site, version, unhexlify(manifest), parts, root)
        except (ValueError, TypeError, AttributeError, IndexError):
            raise Refusal("record_damaged")

    def stage_versions(self, versions):
        """Have these Versions ready; after `switch(VERSIONS)` they must not fall."""
        parts = {}
        for name in versions.parts:
            version, digest = versions.parts[name]
            parts[name] = (version, hexlify(digest).decode())
        manifest = hexlify(versions.digest).decode()
        fields = (versions.site, versions.version, manifest, parts, versions.root)
        line = json.dumps(fields).encode()
        self.stage(VERSIONS, hexlify(hashlib.sha256(line).digest()) + b"\n" + line)

    # parts

    def part(self, part):
        """A Source of a stored part (envelope.Part), or None; its content is not verified."""
        return self.file(_name(part.digest))

    def create(self, part):
        """A file to write a part to; call `keep` when it has been closed."""
        try:
            os.mkdir(self._folder + _PARTS)
        except OSError as error:
            if error.errno != errno.EEXIST:
                raise
        return open(self._folder + _name(part.digest) + _NEW, "wb")

    def keep(self, part):
        name = self._folder + _name(part.digest)
        os.rename(name + _NEW, name)

    def unstage(self):
        """Remove what was written and never took its place."""
        for name in (INSTALLED, VERSIONS, ROOT):
            self.remove(name + _NEW)

    def sweep(self, manifest, everything=False):
        """Remove every part that a Manifest does not name, and what was left half written.

        Without a Manifest only the latter, unless everything is to go.
        """
        wanted = [_name(part.digest) for part in manifest.parts.values()] if manifest else ()
        try:
            found = os.listdir(self._folder + _PARTS)
        except OSError:
            return
        for name in found:
            path = "%s/%s" % (_PARTS, name)
            if path not in wanted and (manifest or everything or name.endswith(_NEW)):
                self.remove(path)

    # time

    def time(self):
        """The latest time that was known, Unix seconds; 0 if there is none that can be read."""
        try:
            data = self.read(CLOCK, _MAX_CLOCK, "record_damaged")
            return 0 if data is None else int(bytes(data).decode())
        except (OSError, ValueError, Refusal):
            return 0  # the bundle's own floor is left

    def keep_time(self, unix):
        self.replace(CLOCK, str(unix).encode())


def _name(digest):
    return "%s/%s" % (_PARTS, hexlify(digest).decode())
