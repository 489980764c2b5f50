"""PEM (RFC 7468): labelled blocks of base64."""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Iterator

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def read(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The label and the content of each block; what cannot be read is passed over."""
    for label, body in _BLOCK.findall(data):
        try:
            yield label.decode(), base64.b64decode(b"".join(body.split()), validate=True)
        except ValueError:
            continue


def write(label: str, der: bytes) -> bytes:
    """One block."""
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
