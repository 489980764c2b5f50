"""Who has signed a bundle or a rotation, as the firmware sees it: asked on MicroPython."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools import interpreter
from host_tools.problems import Failure

_PROGRAM = Path(__file__).with_name("device") / "check.py"


@dataclass(frozen=True)
class Verdict:
    """refused: the reason, or None. signers: places of keys in the root that signed; own: likewise
    in the new root, of a rotation. root: the version of the root that counts, threshold: of it."""

    refused: str | None
    signers: tuple[int, ...] = ()
    own: tuple[int, ...] = ()
    root: int = 0
    threshold: int = 0


def of_bundle(data: bytes, root: bytes) -> Verdict:
    """What the firmware says of a bundle file; parts are read only if it has them all."""
    return _ask("bundle", data, root)


def of_rotation(data: bytes, root: bytes) -> Verdict:
    """What the firmware says of a rotation. root: the one that is to be replaced."""
    return _ask("rotation", data, root)


def _ask(kind: str, data: bytes, root: bytes) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="gate-check-") as folder:
        files = Path(folder, "root"), Path(folder, "data")
        for path, content in zip(files, (root, data), strict=True):
            path.write_bytes(content)
        heap = f"{2 + len(data) // 200_000}M"
        done = interpreter.run(
            [str(_PROGRAM), str(files[0]), kind, str(files[1])], heap=heap, timeout=120
        )
    if done.returncode != 0:
        raise Failure(f"the firmware gives no answer: {done.stderr.strip()[-300:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return Verdict(
        refused=answer.get("refused"),
        signers=tuple(answer.get("signers", ())),
        own=tuple(answer.get("own", ())),
        root=answer.get("root", 0),
        threshold=answer.get("threshold", 0),
    )
