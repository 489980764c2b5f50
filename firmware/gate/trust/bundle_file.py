"""A bundle file: a preface, rotations of the root, the signed head, and some or all of its parts.

The preface says how long each piece is and which parts there are; it is not signed, and a wrong one
leads to pieces that are none. Pieces are read where they are; only rotations and the head come to
RAM, one at a time.
"""

from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal
from .envelope import FORMAT, MAX_HEAD, MAX_PARTS, open_manifest
from .root import MAX_ROTATION

MAX_ROTATIONS = const(8)
_MAX_PREFACE = const(64)  # bytes
_LATEST = 0xFFFFFFFF


class BundleFile:
    """Call `root` and then `manifest`; afterwards `part` gives what the file has of it.

    head: the signed head, bytes-like, once `manifest` has been called.
    """

    def __init__(self, source):
        """source: a Source of gate.storage. Raises Refusal: bundle_invalid, bundle_format,
        bundle_cut; OSError."""
        self._source = source
        try:
            self._read(
                Reader(source.read(0, min(source.size, _MAX_PREFACE)), wrong="bundle_invalid")
            )
        except Refusal as refusal:
            if refusal.reason != "bundle_format":
                raise Refusal("bundle_invalid")
            raise
        if self._end > source.size:
            raise Refusal("bundle_cut")

    def _read(self, reader):
        fields = reader.array(1, 32)
        if reader.uint(_LATEST) != FORMAT:
            raise Refusal("bundle_format")
        if fields != 4:
            raise Refusal("bundle_invalid")
        sizes = []
        for _ in range(reader.array(0, MAX_ROTATIONS)):
            sizes.append(reader.uint(MAX_ROTATION))
        head = reader.uint(MAX_HEAD)
        self._carried = []  # places of parts in the manifest, rising
        last = -1
        for _ in range(reader.array(0, MAX_PARTS)):
            place = reader.uint(MAX_PARTS - 1)
            if place <= last:
                raise Refusal("bundle_invalid")
            last = place
            self._carried.append(place)
        at = reader.position
        self._rotations = []
        for size in sizes:
            self._rotations.append((at, size))
            at += size
        self._place = at, head
        self._end = at + head  # of what comes before the parts
        self._parts = {}

    def root(self, root):
        """The Root after the rotations that the file brings; the given one if it brings none.

        Raises Refusal('root_rotation_invalid'), OSError.
        """
        for offset, size in self._rotations:
            root = root.rotated(self._source.read(offset, size))
        return root

    def manifest(self, root):
        """The Manifest, if the root's operators signed it and the file is as long as it must be.

        Raises Refusal: those of trust.envelope, bundle_cut, bundle_invalid; OSError.
        """
        self.head = self._source.read(*self._place)
        manifest = open_manifest(self.head, root)
        at = self._end
        for place in self._carried:
            if place >= len(manifest.order):
                raise Refusal("bundle_invalid")
            part = manifest.parts[manifest.order[place]]
            self._parts[part.name] = at
            at += part.size
        if at > self._source.size:
            raise Refusal("bundle_cut")
        if at != self._source.size:
            raise Refusal("bundle_invalid")
        return manifest

    def part(self, part):
        """A Source of the bytes that the file has for an envelope.Part, or None. Unchecked."""
        if part.name not in self._parts:
            return None
        return self._source.slice(self._parts[part.name], part.size)
