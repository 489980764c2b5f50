"""Remembers which set-up steps are done, so that later runs cost a few milliseconds.

Each step has a key: a hash over everything that its result depends on. A step is done when the key
it was done with is today's.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from bootstrap import places


def key(*parts: str, files: Iterable[Path] = ()) -> str:
    """A hash over some strings and the contents of some files."""
    digest = hashlib.sha256()
    for part in (*(part.encode() for part in parts), *(path.read_bytes() for path in files)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def load() -> dict[str, str]:
    """The steps done so far and their keys; none when there is no readable record."""
    try:
        record = json.loads(places.STAMPS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in record.items()} if isinstance(record, dict) else {}


def save(keys: dict[str, str]) -> None:
    """Note that steps are done; the record is replaced as a whole."""
    write_atomically(places.STAMPS, json.dumps({**load(), **keys}, indent=1))


def write_atomically(path: Path, text: str) -> None:
    """A reader sees the old file or the new one, never half of one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
