"""A browser for the tests: what CHROMIUM= names or PATH has, or else Debian's headless Chromium.

That is unpacked beside the project, of the system's own release, and runs with the system's libc
and libraries of its own; nothing is installed. What drives it comes from tests/browser.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bootstrap import apt, packages, places, stamps
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.progress import say

TASK = "browser"
OVERRIDE = "CHROMIUM"
LOCK = places.ROOT / "tests" / "browser" / "requirements.lock"
_PACKAGE, _FONTS = "chromium-headless-shell", "fonts-wqy-microhei"
_ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_PROGRAM = "usr/lib/chromium/chromium-headless-shell"
NEXT = "install chromium so that it is on PATH, or set CHROMIUM=/path/to/it"
_TIMEOUT_S = 30


@dataclass(frozen=True)
class Browser:
    """A Chromium that starts. env: what it needs in its environment."""

    program: str
    version: str
    env: dict[str, str]


def key() -> str:
    """What the choice of a browser depends on."""
    return stamps.key(
        os.environ.get(OVERRIDE, ""),
        str(places.cache()),
        packages.key(),
        files=[Path(__file__), LOCK],
    )


def intact() -> bool:
    """Whether the record names a program that is still there, and there is what drives it."""
    known = load()
    return known is not None and os.access(known.program, os.X_OK) and _has_driver()


def load() -> Browser | None:
    """What the last set-up found."""
    try:
        entry = json.loads(places.BROWSER.read_text(encoding="utf-8"))
        return Browser(str(entry["program"]), str(entry["version"]), dict(entry["env"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def missing() -> str:
    """Why there is none, as the last set-up found."""
    try:
        return str(json.loads(places.BROWSER.read_text(encoding="utf-8"))["missing"])
    except (OSError, ValueError, KeyError, TypeError):
        return "set-up has not looked for one: run make test"


def go_without(error: SetupError) -> None:
    """Note why there is none, for those who skip what needs one; the next set-up tries again."""
    why = f"{error.what}: {error.why.splitlines()[0]}; {NEXT}"
    stamps.write_atomically(places.BROWSER, json.dumps({"missing": why}))
    say("note", f"no browser, its tests are skipped: {why}")


def get(wait_for_pip: Callable[[], None]) -> None:
    """Find or unpack a browser, then install what drives it."""
    places.BROWSER.unlink(missing_ok=True)
    found = _named() or _on_path() or _unpacked()
    wait_for_pip()
    outcome = packages.pip("browser", ["--only-binary", ":all:"], LOCK)
    if outcome.status != 0:
        raise explain("pip could not install what drives the browser", outcome)
    stamps.write_atomically(places.BROWSER, json.dumps(asdict(found), indent=1))
    say(TASK, f"{found.version} is ready")


def _named() -> Browser | None:
    named = os.environ.get(OVERRIDE)
    if not named:
        return None
    program = shutil.which(named) or named
    version = _version(program, {})
    if version is None:
        raise SetupError(
            f"{OVERRIDE}={named} cannot be used",
            "it does not say its version",
            f"correct it, or unset {OVERRIDE} to let the set-up find a browser",
        )
    return Browser(program, version, {})


def _on_path() -> Browser | None:
    for program in filter(None, map(shutil.which, _ON_PATH)):
        version = _version(program, {})
        if version is not None:
            return Browser(program, version, {})
    return None


def _unpacked() -> Browser:
    system = apt.system()
    root = places.cache() / "chromium" / f"{system.codename}-{system.architecture}"
    if not (root / _PROGRAM).is_file():
        apt.unpack(
            _PACKAGE,
            suite=system.codename,
            architecture=system.architecture,
            into=root,
            say=lambda text: say(TASK, text),
            also=(_FONTS,),
            without=("libc6",),  # the program's loader is the system's, and libc must be its own
        )
    env = {"LD_LIBRARY_PATH": _libraries(root), "FONTCONFIG_FILE": str(_font_settings(root))}
    version = _version(str(root / _PROGRAM), env)
    if version is None:
        raise SetupError("Debian's Chromium does not start here", "it says no version", NEXT)
    return Browser(str(root / _PROGRAM), version, env)


def _libraries(root: Path) -> str:
    """Every folder with shared libraries."""
    patterns = ("usr/lib/*-linux-*", "lib/*-linux-*", "usr/lib/*-linux-*/pulseaudio")
    return ":".join(str(folder) for p in patterns for folder in sorted(root.glob(p)))


def _font_settings(root: Path) -> Path:
    """The system's fonts, if it has any, and a small one that has Chinese."""
    settings = root / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"<dir>{root}/usr/share/fonts</dir>\n<cachedir>{root}/font-cache</cachedir>\n"
        "</fontconfig>\n",
        encoding="utf-8",
    )
    return settings


def _version(program: str, env: dict[str, str]) -> str | None:
    """What it says of itself; None if it does not start."""
    try:
        outcome = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
            env={**os.environ, **env},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return outcome.stdout.strip() or None if outcome.returncode == 0 else None


def _has_driver() -> bool:
    return any(places.VENV.glob("lib/python*/site-packages/playwright"))
