"""Deterministic CBOR (RFC 8949 4.2.1), as all formats of this project have it.

cbor2's own "canonical" mode sorts keys by length first (RFC 7049 3.9), which is another order.
"""

from __future__ import annotations

import cbor2


def encode(item: object) -> bytes:
    """One item: shortest heads, definite lengths, keys in bytewise order of their encoding."""
    return cbor2.dumps(_sorted(item))


def _sorted(item: object) -> object:
    if isinstance(item, dict):
        pairs = ((_sorted(key), _sorted(value)) for key, value in item.items())
        return dict(sorted(pairs, key=lambda pair: cbor2.dumps(pair[0])))
    if isinstance(item, list | tuple):
        return [_sorted(part) for part in item]
    if isinstance(item, cbor2.CBORTag):
        return cbor2.CBORTag(item.tag, _sorted(item.value))
    return item
