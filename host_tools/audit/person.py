"""Who is looked for in a log: the replay key of a code, or of the subject of an OC1 code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from host_tools import interpreter
from host_tools.problems import Failure

_MAIN = Path(__file__).with_name("device") / "person.py"
_MAX_CODE = 8192  # bytes handed over; the firmware refuses what is over 4,296
_KEY = 16  # bytes


def of_subject(subject: bytes) -> bytes:
    """The replay key of an OC1 code's subject."""
    if not 8 <= len(subject) <= 16:
        raise Failure("a subject of an OC1 code has 8 to 16 bytes, in hex 16 to 32 characters")
    return hashlib.sha256(b"OC1" + subject).digest()[:_KEY]


def of_code(code: bytes) -> bytes:
    """The replay key of a code of any format, by the firmware's own adapters."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "code"
        file.write_bytes(code[:_MAX_CODE])
        done = interpreter.run([str(_MAIN), str(file)], heap="2M")
    if done.returncode:
        raise Failure(f"the firmware gave no answer about this code: {done.stderr.strip()[-300:]}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise Failure(f"this code cannot be read: {answer['refused']}")
    return bytes.fromhex(answer["key"])
