"""Makes ``.venv`` with the packages of requirements.lock.

pip verifies every file against the lock's hashes, from whatever index pip is configured for here.
Nothing is compiled: all packages are wheels but those in SOURCE_ONLY, which are pure Python.
"""

import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path

from bootstrap import apt, places, stamps
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.process import Outcome, run
from bootstrap.progress import Paced, say

TASK = "packages"
# Published as source only; pure Python, built by the setuptools of the lock.
SOURCE_ONLY = ("esptool",)


def key() -> str:
    """What the environment depends on."""
    version = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
    return stamps.key(version, str(places.ROOT), files=[places.LOCK, Path(__file__)])


def intact() -> bool:
    """Whether the environment is still there and its Python can still be found."""
    return places.VENV_PYTHON.exists()


def install(has_pip: Callable[[], None]) -> None:
    """Make the environment anew; has_pip: called as soon as others may use its pip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    say(TASK, f"making {places.shown(places.VENV)} with Python {version}")
    _make_venv()
    has_pip()
    wheels, sources = split_lock(places.LOCK.read_text(encoding="utf-8"))
    count = len(_requirements(wheels))
    say(TASK, f"installing {count + len(_requirements(sources))} locked packages")
    paced = Paced(TASK)
    fetched = 0

    def follow(line: str) -> None:
        nonlocal fetched
        if line.startswith("Collecting "):
            fetched += 1
            paced.say(f"fetched {fetched} of {count}: {line.split()[1]}")
        elif "Retrying (" in line:
            paced.say("the package index does not answer; trying again")
        elif line.startswith("Installing collected"):
            say(TASK, "all fetched, unpacking them")

    lock = _write_scratch("wheels.lock", wheels)
    outcome = pip("install", ["--only-binary", ":all:"], lock, follow)
    if outcome.status != 0:
        raise explain("pip could not install the locked packages", outcome)
    lock = _write_scratch("sources.lock", sources)
    outcome = pip("build", ["--no-build-isolation"], lock)
    if outcome.status != 0:
        raise explain(f"pip could not build {', '.join(SOURCE_ONLY)}", outcome)
    say(TASK, "installed")


def split_lock(text: str) -> tuple[str, str]:
    """The lock's requirements in two: those that are wheels, and those of SOURCE_ONLY."""
    parts: dict[bool, list[str]] = {True: [], False: []}
    source = False
    for line in text.splitlines(keepends=True):
        name = re.match(r"[A-Za-z0-9][\w.-]*", line)
        if name is not None:
            source = name[0].lower() in SOURCE_ONLY
        parts[source].append(line)
    return "".join(parts[False]), "".join(parts[True])


def _requirements(lock: str) -> list[str]:
    return re.findall(r"^[A-Za-z0-9][\w.-]*(?===)", lock, re.MULTILINE)


def _write_scratch(name: str, text: str) -> Path:
    path = places.cache() / "tmp" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _make_venv() -> None:
    """An empty environment that has pip."""
    # Not sys.executable: that may be the very environment that is to be replaced.
    python = str(getattr(sys, "_base_executable", sys.executable))
    bundled = importlib.util.find_spec("ensurepip") is not None
    options = ["--clear", *([] if bundled else ["--without-pip"])]
    outcome = run([python, "-m", "venv", *options, str(places.VENV)], log="venv")
    if outcome.status != 0 and bundled:
        # Debian ships a part of ensurepip without the wheels: then as if there were none.
        bundled = False
        outcome = run(
            [python, "-m", "venv", "--clear", "--without-pip", str(places.VENV)], log="venv"
        )
    if outcome.status != 0:
        raise explain(f"could not make {places.shown(places.VENV)}", outcome)
    if not bundled:
        _install_pip(_pip_wheel())


def _pip_wheel() -> Path:
    """Debian's python3-pip-whl, unpacked in the cache: pip as one file that Python can run."""
    root = places.cache() / "pip-wheel"
    pattern = "usr/share/python-wheels/pip-*.whl"
    if not any(root.glob(pattern)):
        say(TASK, "this Python comes without pip (Debian: python3-venv): getting it apart")
        system = apt.system()
        apt.unpack(
            "python3-pip-whl",
            suite=system.codename,
            architecture=system.architecture,
            into=root,
            say=lambda text: say(TASK, text),
        )
    wheels = sorted(root.glob(pattern))
    if not wheels:
        raise SetupError(
            "no pip",
            "this Python has no ensurepip, and the package python3-pip-whl holds no pip wheel",
            "install python3-venv (as root: apt-get install python3-venv) and run it again",
        )
    return wheels[-1]


def _install_pip(wheel: Path) -> None:
    """Let the pip in the wheel install itself into the environment."""
    command = [str(places.VENV_PYTHON), f"{wheel}/pip", "install", "--no-index", "--no-deps"]
    outcome = run([*command, str(wheel)], log="pip-itself", env=_pip_env())
    if outcome.status != 0:
        raise explain("could not install pip from its wheel", outcome)


def _pip_env() -> dict[str, str]:
    """pip's index settings are the user's; where it writes is ours."""
    return {
        "PIP_CACHE_DIR": str(places.cache() / "pip"),
        "PIP_USER": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONNOUSERSITE": "1",
    }


def pip(
    name: str,
    options: list[str],
    lock: Path,
    on_line: Callable[[str], None] = lambda _line: None,
) -> Outcome:
    """Install what a lock names; every file must have one of its hashes."""
    command = [str(places.VENV_PYTHON), "-m", "pip", "install", "--no-deps", "--require-hashes"]
    command += [*options, "--requirement", str(lock)]
    return run(command, log=f"pip-{name}", env=_pip_env(), on_line=on_line)
