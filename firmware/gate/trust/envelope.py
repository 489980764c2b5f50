"""The envelope of a bundle: a signed manifest, then the parts that it names (docs/formats.md).

`open_envelope` gives all parts or refuses all. Nothing counts before a threshold of operators has
signed the manifest and every part is, to the byte, the one the manifest names. What the parts say
is for others to read.
"""

import hashlib
from micropython import const

from ..codec.cbor import Reader
from ..refusal import Refusal
from .root import Root

FORMAT = 1
MAX_SIGNATURES = const(8)
MAX_PARTS = const(8)
MAX_SITE = const(64)  # bytes

_SIGN_TAG = const(98)  # COSE_Sign, RFC 9052 4.1
_MAX_MANIFEST = const(2048)
_MAX_HEADER = const(32)
_MAX_SIGNATURE = const(512)
_MAX_NAME = const(16)
_MAX_PART = 0xFFFFFF  # bytes
_LATEST = 0xFFFFFFFF  # also the greatest version


class Part:
    """One part. version: only ever rises. digest: SHA-256. data: a view of the file."""

    def __init__(self, version, digest, data):
        self.version = version
        self.digest = digest
        self.data = data


class Envelope:
    """site, version, issued, expires as signed; parts: {name: Part}; digest: of the manifest."""

    def __init__(self, manifest):
        """manifest: bytes-like, its signatures checked. The parts have no data yet."""
        self.digest = hashlib.sha256(manifest).digest()
        reader = Reader(manifest, wrong="bundle_invalid")
        fields = reader.map(1, 32)
        reader.key(1)
        if reader.uint(_LATEST) != FORMAT:
            raise Refusal("bundle_format")
        if fields != 6:
            raise Refusal("bundle_invalid")
        reader.key(2)
        self.site = reader.text(1, MAX_SITE)
        reader.key(3)
        self.version = reader.uint(_LATEST)
        reader.key(4)
        self.issued = reader.uint(_LATEST)
        reader.key(5)
        self.expires = reader.uint(_LATEST)
        reader.key(6)
        self.parts = {}
        self.order = []  # (name, length)
        for _ in range(reader.array(1, MAX_PARTS)):
            reader.array(4, 4)
            name = reader.text(1, _MAX_NAME)
            version = reader.uint(_LATEST)
            self.order.append((name, reader.uint(_MAX_PART)))
            if name in self.parts:
                raise Refusal("bundle_invalid")
            self.parts[name] = Part(version, reader.bytes(32, 32), None)
        reader.finish()
        if self.issued >= self.expires:
            raise Refusal("bundle_invalid")


def open_envelope(data, root):
    """Check a bundle file against the root and give its Envelope.

    data: bytes-like, kept and read in place. root: bytes-like. Raises Refusal: root_invalid,
    bundle_invalid, bundle_signatures, bundle_format, bundle_part_missing, bundle_part_damaged.
    """
    operators = Root(root)
    try:
        return _open(memoryview(data), operators)
    except Refusal as refusal:
        if refusal.reason.startswith("cbor_"):
            raise Refusal("bundle_invalid")
        raise


def _open(data, operators):
    reader = Reader(data, wrong="bundle_invalid")
    if not reader.tag(_SIGN_TAG):
        raise Refusal("bundle_invalid")
    reader.array(4, 4)
    reader.bytes(0, 0)
    reader.map(0, 0)
    manifest = reader.view(1, _MAX_MANIFEST)
    signatures = []
    for _ in range(reader.array(1, MAX_SIGNATURES)):
        signatures.append(_read_signature(reader))
    if not operators.enough(signatures, manifest):
        raise Refusal("bundle_signatures")
    envelope = Envelope(manifest)
    position = reader.position
    for name, length in envelope.order:
        part = envelope.parts[name]
        if length > len(data) - position:
            raise Refusal("bundle_part_missing")
        part.data = data[position : position + length]
        if hashlib.sha256(part.data).digest() != part.digest:
            raise Refusal("bundle_part_damaged")
        position += length
    if position != len(data):
        raise Refusal("bundle_invalid")
    return envelope


def _read_signature(reader):
    """(protected, kid, alg, signature) of one COSE_Signature."""
    reader.array(3, 3)
    protected = reader.view(1, _MAX_HEADER)
    reader.map(0, 0)
    signature = reader.view(1, _MAX_SIGNATURE)
    header = Reader(protected, wrong="bundle_invalid")
    header.map(2, 2)
    header.key(1)
    alg = header.int()
    header.key(4)
    kid = header.bytes(1, 16)
    header.finish()
    return protected, kid, alg, signature
