"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from host_tools.problems import Failure


def write_bytes(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace a file in one step: after a crash there is the old one or the new one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}") from None


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_new_private(path: Path, data: bytes) -> None:
    """Create a file that only its owner may read; never over another one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(data)
    except FileExistsError:
        raise Failure(f"{path}: is there already, and keys are never overwritten") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}") from None
