"""Builds the pages of web/ into build/web: `npm ci` from the lock, then web/build.mjs.

`python -m bootstrap.pages check` holds their sources to format and types, as part of make lint.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bootstrap import node, places, stamps
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.process import run
from bootstrap.progress import complain, say

TASK = "pages"
_MODULES = places.WEB / "node_modules"
_INSTALLED = _MODULES / ".package-lock.json"  # npm writes it last


def sources() -> Iterator[Path]:
    """Every file that the pages are made of, the same order each time."""
    for path in sorted(places.WEB.iterdir()):
        if path == _MODULES:
            continue
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else (path,)


def key() -> str:
    """What the pages depend on."""
    files = list(sources())
    names = [str(path.relative_to(places.WEB)) for path in files]
    return stamps.key(str(places.cache()), *names, files=[Path(__file__), *files])


def intact() -> bool:
    """Whether the packages and the pages are still there."""
    return _INSTALLED.is_file() and places.PAGES.is_dir()


def build(wait_for_pip: Callable[[], None]) -> None:
    """Install what the lock names, if that has changed, and build."""
    found = node.get(wait_for_pip)
    wanted = stamps.key(files=[places.WEB / "package-lock.json"])
    stamp = _MODULES / ".lock-key"
    if not (_INSTALLED.is_file() and stamp.is_file() and stamp.read_text() == wanted):
        say(TASK, "installing the packages of web/package-lock.json")
        # No package may run a script of its own; every file is checked against the lock's hash.
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"]
        cache = f"--cache={places.cache() / 'npm'}"
        outcome = run(
            [*found.npm, "ci", *options, cache], log="npm", env=found.env, folder=places.WEB
        )
        if outcome.status != 0:
            raise explain("npm could not install the locked packages", outcome)
        stamp.write_text(wanted)
    outcome = run(
        [str(found.program), "build.mjs", str(places.PAGES)],
        log="pages",
        env=found.env,
        folder=places.WEB,
    )
    if outcome.status != 0:
        raise explain("the pages could not be built", outcome)
    say(TASK, f"built into {places.shown(places.PAGES)}")


def check() -> int:
    """Format and types of the sources; the exit status."""
    found = node.find()
    command = [*found.npm, "run", "--silent", "check"]
    return subprocess.run(command, cwd=places.WEB, env=found.env, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        sys.exit("usage: python -m bootstrap.pages check")
    try:
        sys.exit(check())
    except SetupError as error:
        complain(error.report())
        sys.exit(1)
