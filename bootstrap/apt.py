"""Downloads Debian packages with apt, but with a private state: the system's is never touched.

The mirrors, proxies and keys are the system's own, and apt's signature checks stay on. Private are
the package lists, the archive folder, the list of sources, and the list of installed packages,
which is empty, so that apt resolves everything a package needs down to libc.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bootstrap import places
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.process import need, run
from bootstrap.sources import Mirror, base_mirrors

_NO_APT = (
    "on a system without apt, install MicroPython 1.24 or newer (unix port) by its own means and "
    "set MICROPYTHON=/path/to/micropython"
)
# Settings of the system that say how to reach a mirror and whom to trust. Hooks, pins, default
# releases and the like are left behind.
_KEPT_SETTINGS = (
    "Acquire::",
    "APT::Hashes::",
    "APT::Key::",
    "Dir::Bin::methods",
    "Dir::Etc::netrc",
    "Dir::Etc::trusted",
)
_DROPPED_SETTINGS = ("Acquire::Languages", "Acquire::IndexTargets", "Acquire::GzipIndexes")


@dataclass(frozen=True)
class System:
    """What apt and dpkg say about this machine."""

    distribution: str
    codename: str
    architecture: str
    settings: tuple[str, ...]
    mirrors: tuple[Mirror, ...]


def _ask(*command: str) -> str:
    answer = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        why = answer.stderr.strip() or f"exit status {answer.returncode}"
        raise SetupError(f"{' '.join(command)} failed", why, _NO_APT)
    return answer.stdout


def _os_release() -> dict[str, str]:
    pairs = (
        line.partition("=")[::2]
        for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    )
    return {name: value.strip("\"'") for name, value in pairs}


def _source_files(settings: dict[str, str]) -> list[Path]:
    """The files that list apt's sources."""
    etc = Path(settings.get("Dir", "/")) / settings.get("Dir::Etc", "etc/apt")
    files = [etc / settings.get("Dir::Etc::sourcelist", "sources.list")]
    parts = etc / settings.get("Dir::Etc::sourceparts", "sources.list.d")
    if parts.is_dir():
        files += sorted(p for p in parts.iterdir() if p.suffix in (".list", ".sources"))
    return [file for file in files if file.is_file()]


@lru_cache(maxsize=1)
def system() -> System:
    """Ask once: the distribution, its architecture, apt's settings and mirrors."""
    for tool in ("apt-get", "apt-config", "dpkg"):
        need(tool, _NO_APT)
    dump = [line for line in _ask("apt-config", "dump").splitlines() if line.endswith(";")]
    settings = {
        name: value.rstrip(";").strip('"')
        for name, _, value in (line.partition(" ") for line in dump)
    }
    release = _os_release()
    family = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    distribution = next((name for name in family if name in ("debian", "ubuntu")), "debian")
    codename = release.get("VERSION_CODENAME", "")
    mirrors = base_mirrors(_source_files(settings), codename)
    if not mirrors:
        raise SetupError(
            "no package mirror is known",
            f"apt's sources name none for the {distribution} release {codename!r}",
            "name one in apt's sources (see man sources.list), or install MicroPython 1.24 or "
            "newer and set MICROPYTHON=/path/to/micropython",
        )
    kept = tuple(
        line
        for line in dump
        if line.startswith(_KEPT_SETTINGS) and not line.startswith(_DROPPED_SETTINGS)
    )
    architecture = _ask("dpkg", "--print-architecture").strip()
    return System(distribution, codename, architecture, kept, tuple(mirrors))


def _private_state(folder: Path, mirror: Mirror, suite: str, architecture: str) -> Path:
    """Lay out a private apt state and return its configuration file."""
    for name in ("sources", "lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    (folder / "sources" / "mirror.sources").write_text(
        mirror.entry(suite, architecture), encoding="utf-8"
    )
    private = {
        "Dir::State": folder,
        "Dir::State::status": folder / "status",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log": folder,
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::parts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "sources",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "20",
        "Acquire::https::Timeout": "20",
    }
    lines = [
        *system().settings,
        *(
            f"{name} {json.dumps(str(value), ensure_ascii=False)};"
            for name, value in private.items()
        ),
    ]
    configuration = folder / "apt.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return configuration


def unpack(
    package: str,
    *,
    suite: str,
    architecture: str,
    into: Path,
    say: Callable[[str], None],
    also: Sequence[str] = (),
    without: Sequence[str] = (),
) -> None:
    """Download a package with all it depends on and unpack it into a new folder.

    also: further packages to go with it; without: packages that are not unpacked.

    Each mirror is tried in turn, and the most telling of their errors is raised. What was
    downloaded stays until it is unpacked, so that a second run goes on where the first stopped.
    """
    failures: list[SetupError] = []
    for number, mirror in enumerate(system().mirrors):
        name = f"{package}-{suite}-{architecture}" + (f"-{number}" if number else "")
        try:
            archives = _download((package, *also), mirror, suite, architecture, name, say)
            _extract(archives, into, name, without)
        except SetupError as error:
            failures.append(error)
        else:
            shutil.rmtree(places.cache() / "apt" / name, ignore_errors=True)
            return
    raise next((failure for failure in failures if not failure.everywhere), failures[0])


def _download(
    packages: Sequence[str],
    mirror: Mirror,
    suite: str,
    architecture: str,
    name: str,
    say: Callable[[str], None],
) -> Path:
    """Bring the package's archives into the private state and return their folder."""
    folder = places.cache() / "apt" / name
    configuration = _private_state(folder, mirror, suite, architecture)
    env = {"APT_CONFIG": str(configuration), "DEBIAN_FRONTEND": "noninteractive"}
    package = packages[0]
    what = f"package {package} from {suite} ({architecture})"
    say(f"reading the index of {suite} ({architecture})")
    update = run(["apt-get", "update"], log=f"apt-update-{name}", env=env)
    if update.status != 0:
        raise explain(f"could not read the package index of {suite} ({architecture})", update)
    say(f"downloading {package} of {suite} ({architecture})")
    command = ["apt-get", "install", "--download-only", "--yes", *packages]
    install = run(command, log=f"apt-{name}", env=env)
    if install.status != 0:
        raise explain(f"could not download {what}", install)
    return folder / "archives"


def _extract(archives: Path, into: Path, name: str, without: Sequence[str]) -> None:
    """Unpack all archives into one folder that appears only when it is whole."""
    left_out = tuple(f"{package}_" for package in without)
    debs = sorted(deb for deb in archives.glob("*.deb") if not deb.name.startswith(left_out))
    fresh = Path(os.fspath(into) + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for deb in debs:
        outcome = run(["dpkg", "-x", str(deb), str(fresh)], log=f"dpkg-{name}")
        if outcome.status != 0:
            deb.unlink()  # damaged: the next run downloads it again
            raise explain(f"could not unpack {deb.name}", outcome)
    shutil.rmtree(into, ignore_errors=True)
    fresh.rename(into)
