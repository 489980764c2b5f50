"""Gets MicroPython: what MICROPYTHON= names, or what is on PATH and Debian's packages.

Wanted are one interpreter with 32-bit words, as the board has, and one with 64-bit words; one of
them is enough to go on. Debian 12 has no such package, so later releases of the same archive are
tried in turn; what is unpacked runs through its own loader and never touches the system.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bootstrap import apt, places, stamps
from bootstrap.errors import SetupError
from bootstrap.probe import ProbeError
from bootstrap.progress import say
from bootstrap.record import OVERRIDE, Interpreter, examine

# Releases with a new enough package, in the order tried. Ubuntu's 24.04 has 1.22: too old.
_SUITES = {"debian": ("trixie", "forky", "sid"), "ubuntu": ("questing", "resolute")}
_TOO_OLD = {"bullseye", "bookworm", "focal", "jammy", "noble"}
# Debian's names for the 32-bit and the 64-bit architecture that this machine may run.
_ARCHITECTURES = {"amd64": {32: "i386", 64: "amd64"}, "arm64": {32: "armhf", 64: "arm64"}}
_NEXT_STEP = (
    "or install MicroPython 1.24 or newer (unix port) and set MICROPYTHON=/path/to/micropython"
)


def key() -> str:
    """What the choice of interpreters depends on."""
    here = Path(__file__).parent
    return stamps.key(
        os.environ.get(OVERRIDE, ""),
        str(places.cache()),
        files=[Path(__file__), here / "probe.py"],
    )


def on_path() -> Interpreter | None:
    """A micropython on PATH, if it is good enough."""
    program = shutil.which("micropython")
    if program is None:
        return None
    try:
        return examine("micropython on PATH", (str(Path(program).absolute()),))
    except ProbeError as error:
        say("on PATH", f"not used: {error}")
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


def unpacked(word_bits: int) -> Interpreter:
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
    folder = places.cache() / "micropython"
    roots = [(suite, folder / f"{suite}-{architecture}") for suite in _suites(system)]
    failures: list[SetupError] = []
    # What an earlier run unpacked comes first, so that it needs no network.
    for suite, root in sorted(roots, key=lambda entry: not entry[1].is_dir()):
        try:
            if not root.is_dir():
                apt.unpack(
                    "micropython",
                    suite=suite,
                    architecture=architecture,
                    into=root,
                    say=lambda text: say(task, text),
                )
            interpreter = examine(f"{suite} {architecture}", _command(root))
        except ProbeError as error:
            shutil.rmtree(root, ignore_errors=True)
            failures.append(SetupError(f"{suite} ({architecture})", str(error), ""))
        except SetupError as error:
            failures.append(error)
        else:
            version = ".".join(map(str, interpreter.version))
            say(task, f"MicroPython {version} of {suite} ({architecture}) is ready")
            return interpreter
        say(task, f"no: {failures[-1].what}: {failures[-1].why.splitlines()[0]}")
        if failures[-1].everywhere:
            break
    raise SetupError(
        f"no {word_bits}-bit MicroPython could be had from the package mirror",
        "\n".join(f"{failure.what}: {failure.why.splitlines()[0]}" for failure in failures),
        f"{failures[0].next_step}\n{_NEXT_STEP}",
    )
