"""Where a log's files are: a terminal's folder, its `site`, or a copy of `log` alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from host_tools.audit.layout import FOLDER, KEY, MOST, SEGMENT, SLOTS, SUFFIX
from host_tools.audit.raw import Raw, Reading, read
from host_tools.problems import Failure

_NAME = re.compile(r"\d{7}" + re.escape(SUFFIX))


@dataclass(frozen=True)
class LogFolder:
    """path: the folder with the segments. key: the file with the terminal's key, if it is there."""

    path: Path
    key: Path | None

    def numbers(self) -> list[int]:
        """Of the segments, rising."""
        names = (path.name for path in self.path.iterdir())
        return sorted(int(name[:7]) for name in names if _NAME.fullmatch(name))

    def put_aside(self) -> list[str]:
        """Names of damaged segments that the terminal put aside, and of files of strangers."""
        known = {"tail"}
        return sorted(
            path.name
            for path in self.path.iterdir()
            if path.name not in known and not _NAME.fullmatch(path.name)
        )

    def segment(self, number: int) -> Iterator[Reading]:
        """What stands in a segment, in order; at most a little more than a segment may have."""
        yield from read(self.path / f"{number:07}{SUFFIX}", SEGMENT)

    def waiting(self) -> list[Raw]:
        """The records in slots, in no order; also those that have been moved since."""
        found = []
        for slot in range(SLOTS):
            path = self.path / "tail" / str(slot)
            if path.is_file():
                found += [one for one in read(path, MOST) if isinstance(one, Raw)]
        return found


def find(path: Path) -> LogFolder:
    """The log in a folder."""
    for folder, site in (
        (path / "site" / FOLDER, path / "site"),
        (path / FOLDER, path),
        (path, path.parent),
    ):
        if folder.is_dir() and (folder != path or _is_log(folder)):
            key = site / KEY
            return LogFolder(folder, key if key.is_file() else None)
    raise Failure(
        f"{path}: no audit log is there; name a terminal's folder, or the {FOLDER} folder copied "
        "from it (mpremote cp -r :site/log .)"
    )


def _is_log(folder: Path) -> bool:
    return any(_NAME.fullmatch(path.name) for path in folder.iterdir()) or (
        (folder / "tail").is_dir()
    )
