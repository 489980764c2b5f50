"""A bundle file: preface, rotations of the root, signed head, and some or all of its parts.

Written and read as docs/formats.md has it. Reading checks that it is whole and that parts are those
of the manifest; who signed it is for the firmware to say (host_tools.bundles.signers).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cbor2

from host_tools.bundles import sealed
from host_tools.bundles.sealed import BUNDLE, ROTATION, Sealed
from host_tools.cbor import encode
from host_tools.problems import Failure

FORMAT = 2
MAX_ROTATIONS = 8


@dataclass(frozen=True)
class Terms:
    """Until when a part counts. Unix seconds and seconds; lenient: after that it is a warning."""

    expires: int
    warning: int = 0
    grace: int = 0
    lenient: bool = False


@dataclass(frozen=True)
class Pinned:
    """A part as the manifest has it."""

    name: str
    version: int
    size: int
    digest: bytes
    terms: Terms

    def fields(self) -> list[object]:
        terms = self.terms
        times = [terms.expires, terms.warning, terms.grace, int(terms.lenient)]
        return [self.name, self.version, self.size, self.digest, *times]


@dataclass(frozen=True)
class Manifest:
    """What the operators sign."""

    site: str
    version: int
    issued: int
    parts: tuple[Pinned, ...]

    def encode(self) -> bytes:
        pinned = [part.fields() for part in self.parts]
        return encode({1: FORMAT, 2: self.site, 3: self.version, 4: self.issued, 5: pinned})

    def part(self, name: str) -> Pinned | None:
        return next((part for part in self.parts if part.name == name), None)


@dataclass(frozen=True)
class BundleFile:
    """head: the signed manifest. parts: name -> content, of those that the file carries."""

    head: Sealed
    parts: Mapping[str, bytes]
    rotations: tuple[Sealed, ...] = ()
    manifest: Manifest = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "manifest", _manifest(self.head.payload))

    @property
    def whole(self) -> bool:
        """Whether it has every part; an update file has not."""
        return all(part.name in self.parts for part in self.manifest.parts)

    def encode(self) -> bytes:
        """The file."""
        rotations = [one.encode() for one in self.rotations]
        head = self.head.encode()
        carried = [n for n, part in enumerate(self.manifest.parts) if part.name in self.parts]
        content = [self.parts[self.manifest.parts[n].name] for n in carried]
        preface = encode([FORMAT, [len(one) for one in rotations], len(head), carried])
        return b"".join([preface, *rotations, head, *content])

    def since(self, old: BundleFile) -> BundleFile:
        """The update file for terminals that have the old bundle: only parts that it has not."""
        known = {part.digest for part in old.manifest.parts}
        new = [part.name for part in self.manifest.parts if part.digest not in known]
        return replace(self, parts={name: self.parts[name] for name in new if name in self.parts})


def read(data: bytes) -> BundleFile:
    """Take a bundle file apart; Failure if it is none, or not whole."""
    try:
        return _read(data)
    except Failure:
        raise
    except Exception as error:  # whatever a file that is no bundle leads to
        raise Failure(f"not a bundle: {error or type(error).__name__}") from None


def load(path: Path) -> BundleFile:
    """Read a bundle file; Failure with its name."""
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except Failure as failure:
        raise Failure(f"{path}: {failure}") from None


def _read(data: bytes) -> BundleFile:
    stream = io.BytesIO(data)
    preface = cbor2.CBORDecoder(stream).decode()
    if not isinstance(preface, list) or not preface or not isinstance(preface[0], int):
        raise ValueError("it does not begin like one")
    if preface[0] != FORMAT:
        raise Failure(f"a bundle of format {preface[0]}; this gatectl knows format {FORMAT}")
    _, sizes, size, carried = preface

    def take(count: int, what: str) -> bytes:
        piece = stream.read(count)
        if len(piece) != count:
            raise Failure(f"the file is cut short in {what}; copy it again")
        return piece

    rotations = tuple(sealed.read(take(one, "a rotation of the root"), ROTATION) for one in sizes)
    head = sealed.read(take(size, "its head"), BUNDLE)
    pinned = _manifest(head.payload).parts
    parts = {}
    for place in carried:
        part = pinned[place]
        content = take(part.size, f"the part {part.name!r}")
        if hashlib.sha256(content).digest() != part.digest:
            raise Failure(f"the part {part.name!r} is damaged, or of another bundle")
        parts[part.name] = content
    if stream.read(1):
        raise Failure("there is something after its last part")
    return BundleFile(head, parts, rotations)


def _manifest(payload: bytes) -> Manifest:
    fields = cbor2.loads(payload)
    if fields[1] != FORMAT:
        raise Failure(f"a manifest of format {fields[1]}; this gatectl knows format {FORMAT}")
    parts = tuple(
        Pinned(one[0], one[1], one[2], one[3], Terms(one[4], one[5], one[6], one[7] == 1))
        for one in fields[5]
    )
    return Manifest(fields[2], fields[3], fields[4], parts)
