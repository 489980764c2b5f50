"""What would revoke a code: asked of the firmware, so that gate and list cannot differ.

The code must be signed by somebody who is trusted. Else anybody could write a code with the
identifier of somebody else, complain about it, and have that person refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from host_tools import interpreter, times
from host_tools.problems import Failure
from host_tools.revocation.revocation_list import Entry

_MAIN = Path(__file__).with_name("device") / "hashes.py"
LATE = times.DAY  # how long after its end a code stays listed: a terminal's clock may be behind
MAX_CODE = 8192  # bytes handed over; the firmware refuses what is over 4,296


@dataclass(frozen=True)
class Statement:
    """What one issuer said in a code. entries: any of them revokes the code."""

    issuer: str
    entries: tuple[Entry, ...]


def statements(code: bytes, trust: bytes) -> list[Statement]:
    """The statements of a code; trust: the trust part. Failure if its signatures are not right."""
    with TemporaryDirectory() as folder:
        files = (Path(folder) / "trust", Path(folder) / "code")
        for file, data in zip(files, (trust, code[:MAX_CODE]), strict=True):
            file.write_bytes(data)
        heap = f"{2 + len(trust) // 200_000}M"
        done = interpreter.run([str(_MAIN), *map(str, files)], heap=heap)
    if done.returncode:
        raise Failure(f"the firmware gave no answer about this code: {done.stderr.strip()[-300:]}")
    answer = json.loads(done.stdout)
    if isinstance(answer, dict):
        raise Failure(
            f"this code is refused with {answer['refused']!r}: only a code that somebody trusted "
            "has signed can be looked up or revoked as a whole (else: --hash, --cti, --uvci)"
        )
    return [
        Statement(
            one["issuer"],
            tuple(
                Entry(bytes.fromhex(text), kind, one["expires"] + LATE)
                for kind, text in one["hashes"]
            ),
        )
        for one in answer
    ]
