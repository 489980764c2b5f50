"""The signed manifest: what a bundle consists of, and until when each part counts.

Nothing counts before a threshold of operators has signed. What the parts say is for others.
"""

import hashlib
from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal
from .signed import BUNDLE, read

FORMAT = 2
MAX_SIGNATURES = const(8)
MAX_PARTS = const(8)
MAX_SITE = const(64)  # bytes
MAX_HEAD = const(6656)  # bytes: a manifest and eight signatures by RSA keys with 4096 bits

_MAX_MANIFEST = const(2048)
_MAX_NAME = const(16)
_MAX_PART = 0xFFFFFF  # bytes
_LATEST = 0xFFFFFFFF  # also the greatest version


class Part:
    """One part as the operators pinned it.

    name; version: only ever rises; size: bytes; digest: SHA-256. expires: Unix seconds, when it
    should have been renewed; warning: seconds before, when that is near; grace: seconds after, in
    which it still counts; lenient: whether it counts even then, with a warning.
    """

    def __init__(self, reader):
        reader.array(8, 8)
        self.name = reader.text(1, _MAX_NAME)
        self.version = reader.uint(_LATEST)
        self.size = reader.uint(_MAX_PART)
        self.digest = reader.bytes(32, 32)
        self.expires = reader.uint(_LATEST)
        self.warning = reader.uint(_LATEST)
        self.grace = reader.uint(_LATEST)
        self.lenient = reader.uint(1) == 1


class Manifest:
    """site, version, issued (Unix seconds); parts: {name: Part}; order: names as the manifest has
    them; digest: of the manifest."""

    def __init__(self, data):
        """data: bytes-like, its signatures checked. Raises Refusal: bundle_invalid, bundle_format,
        cbor_*."""
        self.digest = hashlib.sha256(data).digest()
        reader = Reader(data, wrong="bundle_invalid")
        fields = reader.map(1, 32)
        reader.key(1)
        if reader.uint(_LATEST) != FORMAT:
            raise Refusal("bundle_format")
        if fields != 5:
            raise Refusal("bundle_invalid")
        reader.key(2)
        self.site = reader.text(1, MAX_SITE)
        reader.key(3)
        self.version = reader.uint(_LATEST)
        reader.key(4)
        self.issued = reader.uint(_LATEST)
        reader.key(5)
        self.parts = {}
        self.order = []
        for _ in range(reader.array(1, MAX_PARTS)):
            part = Part(reader)
            if part.name in self.parts or part.expires <= self.issued or not part.version:
                raise Refusal("bundle_invalid")
            self.parts[part.name] = part
            self.order.append(part.name)
        reader.finish()


def open_manifest(head, root):
    """The Manifest of a signed head (bytes-like), if enough operators of the root signed it.

    Raises Refusal: bundle_invalid, bundle_signatures, bundle_format.
    """
    payload, signatures = read(head, _MAX_MANIFEST, MAX_SIGNATURES, "bundle_invalid")
    if not root.enough(signatures, payload, BUNDLE):
        raise Refusal("bundle_signatures")
    try:
        return Manifest(payload)
    except Refusal as refusal:
        if refusal.reason.startswith("cbor_"):
            raise Refusal("bundle_invalid")
        raise
