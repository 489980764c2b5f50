"""The root of a terminal: which operators sign, how many of them it takes, and how it changes.

A root changes by a *rotation*: the next root, signed by enough operators of the old one and by
enough of its own. Rotations travel in bundle files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cbor2

from host_tools.bundles.sealed import ROTATION, Sealed
from host_tools.cbor import encode
from host_tools.keys.public import PublicKey
from host_tools.problems import Failure

MAX_KEYS = 8


@dataclass(frozen=True)
class Root:
    """keys: (kid, algorithm, key)."""

    version: int
    threshold: int
    keys: tuple[tuple[bytes, int, bytes], ...]

    def encode(self) -> bytes:
        return encode([self.version, self.threshold, [list(key) for key in self.keys]])


def make(keys: Sequence[PublicKey], threshold: int, version: int = 1) -> Root:
    """A root of these operators' keys."""
    if len({key.raw for key in keys}) != len(keys):
        raise Failure("the same operator key is named twice")
    if not 1 <= len(keys) <= MAX_KEYS:
        raise Failure(f"a root has 1 to {MAX_KEYS} operator keys, not {len(keys)}")
    if not 1 <= threshold <= len(keys):
        raise Failure(f"a threshold of {threshold} cannot be met by {len(keys)} keys")
    return Root(version, threshold, tuple((key.kid, key.alg, key.raw) for key in keys))


def read(data: bytes) -> Root:
    """Failure if it is none."""
    try:
        version, threshold, keys = cbor2.loads(data)
        root = Root(version, threshold, tuple((bytes(k), int(a), bytes(r)) for k, a, r in keys))
        if root.encode() == data and 1 <= threshold <= len(keys):
            return root
    except Exception:  # whatever damaged data leads to
        raise Failure("not a root file; make one with: gatectl bundle root KEY...") from None
    raise Failure("not a root file; make one with: gatectl bundle root KEY...")


def rotation(following: Root) -> Sealed:
    """The rotation to a root, not signed by anybody yet."""
    return Sealed(following.encode(), ROTATION)
