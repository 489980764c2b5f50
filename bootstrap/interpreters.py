"""Gets MicroPython: what MICROPYTHON= names, or what is on PATH and Debian's packages.

Wanted are one interpreter with 32-bit words, as the board has, and one with 64-bit words; one of
them is enough to go on. Debian 12 has no such package, so later releases of the same archive are
tried in turn; what is unpacked runs through its own loader and never touches the system.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bootstrap import apt, places, stamps
from bootstrap.errors import SetupError
from bootstrap.probe import ProbeError, probe
from bootstrap.progress import say

OVERRIDE = "MICROPYTHON"

# Releases with a new enough package, in the order tried. Ubuntu's 24.04 has 1.22: too old.
_SUITES = {"debian": ("trixie", "forky", "sid"), "ubuntu": ("questing", "resolute")}
_TOO_OLD = {"bullseye", "bookworm", "focal", "jammy", "noble"}
# Debian's names for the 32-bit and the 64-bit architecture that this machine may run.
_ARCHITECTURES = {"amd64": {32: "i386", 64: "amd64"}, "arm64": {32: "armhf", 64: "arm64"}}
_NEXT_STEP = (
    "or install MicroPython 1.24 or newer (unix port) and set MICROPYTHON=/path/to/micropython"
)


@dataclass(frozen=True)
class Record:
    """One interpreter, as written to the record that host_tools.interpreter reads."""

    name: str
    command: tuple[str, ...]
    version: tuple[int, int, int]
    word_bits: int


def key() -> str:
    """What the choice of interpreters depends on."""
    here = Path(__file__).parent
    return stamps.key(
        os.environ.get(OVERRIDE, ""),
        str(places.cache()),
        files=[Path(__file__), here / "probe.py"],
    )


def intact() -> bool:
    """Whether the record is there and names programs that are still there."""
    records = load()
    return bool(records) and all(os.access(record.command[0], os.X_OK) for record in records)


def load() -> list[Record]:
    """The interpreters found by the last set-up; none when there was none."""
    try:
        entries = json.loads(places.INTERPRETERS.read_text(encoding="utf-8"))
        return [
            Record(
                str(entry["name"]),
                tuple(entry["command"]),
                tuple(entry["version"]),
                int(entry["word_bits"]),
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def save(records: list[Record]) -> None:
    """Write the record, 32-bit words first."""
    ordered = sorted(records, key=lambda record: record.word_bits)
    stamps.write_atomically(
        places.INTERPRETERS, json.dumps([asdict(record) for record in ordered], indent=1)
    )


def examine(name: str, command: tuple[str, ...]) -> Record:
    """Probe an interpreter; ProbeError if it cannot be used."""
    found = probe(command)
    return Record(name, command, found.version, found.word_bits)


def override() -> Record | None:
    """What MICROPYTHON= names; it must work, since someone asked for it."""
    named = os.environ.get(OVERRIDE)
    if not named:
        return None
    program = shutil.which(named) or named
    try:
        return examine(f"{OVERRIDE}={named}", (str(Path(program).absolute()),))
    except ProbeError as error:
        raise SetupError(
            f"{OVERRIDE}={named} cannot be used",
            str(error),
            f"correct it, or unset {OVERRIDE} to let the set-up find an interpreter",
        ) from None


def on_path() -> Record | None:
    """A micropython on PATH, if it is good enough."""
    program = shutil.which("micropython")
    if program is None:
        return None
    try:
        return examine("micropython on PATH", (str(Path(program).absolute()),))
    except ProbeError as error:
        say("firmware", f"not used: {error}")
        return None


def _command(root: Path) -> tuple[str, ...]:
    """How an unpacked interpreter is started: by its own loader, with its own libraries."""
    loaders = [
        loader
        for pattern in ("usr/lib*/ld-linux*", "lib*/ld-linux*", "usr/lib/*/ld-linux*", "lib/*/ld-*")
        for loader in sorted(root.glob(pattern))
        if loader.is_file() and not loader.is_symlink()
    ]
    programs = [path for path in (root / "usr/bin/micropython",) if path.is_file()]
    if not loaders or not programs:
        raise ProbeError(f"{places.shown(root)} holds no micropython with its loader")
    folders = (p for pattern in ("usr/lib/*-linux-*", "lib/*-linux-*") for p in root.glob(pattern))
    libraries = ":".join(str(folder) for folder in sorted(folders))
    return (str(loaders[0]), "--library-path", libraries, str(programs[0]))


def _suites(system: apt.System) -> Iterator[str]:
    """The releases to try: this system's own first, if it is new enough."""
    if system.codename and system.codename not in _TOO_OLD:
        yield system.codename
    yield from (name for name in _SUITES[system.distribution] if name != system.codename)


def unpacked(word_bits: int) -> Record:
    """The interpreter of a word size from the distribution's packages, downloaded if need be."""
    task = f"{word_bits}-bit"
    system = apt.system()
    architecture = _ARCHITECTURES.get(system.architecture, {64: system.architecture}).get(word_bits)
    if architecture is None:
        raise SetupError(
            f"no {word_bits}-bit MicroPython for this machine",
            f"the architecture {system.architecture} has none",
            _NEXT_STEP.removeprefix("or "),
        )
    failures: list[SetupError] = []
    for suite in _suites(system):
        root = places.cache() / "micropython" / f"{suite}-{architecture}"
        try:
            if not root.is_dir():
                apt.unpack(
                    "micropython",
                    suite=suite,
                    architecture=architecture,
                    into=root,
                    say=lambda text: say(task, text),
                )
            record = examine(f"{suite} {architecture}", _command(root))
        except ProbeError as error:
            shutil.rmtree(root, ignore_errors=True)
            failures.append(SetupError(f"{suite} ({architecture})", str(error), ""))
        except SetupError as error:
            failures.append(error)
        else:
            version = ".".join(map(str, record.version))
            say(task, f"MicroPython {version} of {suite} ({architecture}) is ready")
            return record
        say(task, f"no: {failures[-1].what}: {failures[-1].why.splitlines()[0]}")
    raise SetupError(
        f"no {word_bits}-bit MicroPython could be had from the package mirror",
        "\n".join(f"{failure.what}: {failure.why.splitlines()[0]}" for failure in failures),
        f"{failures[0].next_step}\n{_NEXT_STEP}",
    )
