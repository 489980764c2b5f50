"""Codes from a stream, one a line, whatever bytes it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from host_tools.verifying.service import MAX_CODE


def codes(stream: BinaryIO) -> Iterator[bytes]:
    """Give each line without its LF or CRLF; other white space belongs to the code (base45).

    A line is cut after MAX_CODE bytes, enough to be refused as too long, and the rest is passed
    over: memory stays bounded.
    """
    while line := stream.readline(MAX_CODE + 2):
        complete = line.endswith(b"\n")
        code = line.removesuffix(b"\n").removesuffix(b"\r")
        while not complete:
            rest = stream.readline(MAX_CODE)
            if not rest:
                break
            complete = rest.endswith(b"\n")
        yield code[:MAX_CODE]
