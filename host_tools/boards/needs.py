"""Which files of the firmware a board needs: what its program imports, but for drivers and kernels
of parts that its profile does not have.

A module that is optional is named here with the question that decides; everything else is found by
following imports from main.py, also those inside functions, so that a new module needs no entry.
What is optional is imported inside a function. A module that others import as they are imported
comes with them, whatever the profile says.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePosixPath

from host_tools import firmware
from host_tools.boards.profile import Profile, Ssd1306, St7789

assert firmware.FIRMWARE.is_dir()
from gate.codec.formats import FORMATS  # noqa: E402 - the firmware is on the path only now

_ENTRIES = ("boot", "main")
_DATA = (".bin", ".txt")


def _reads(kind: str) -> Callable[[Profile], bool]:
    return lambda profile: any(reader.kind == kind for reader in profile.readers)


OPTIONAL: dict[str, Callable[[Profile], bool]] = {
    "gate.readers.serial": _reads("plain"),
    "gate.readers.managed": lambda p: any(reader.kind != "plain" for reader in p.readers),
    "gate.readers.gm65": _reads("gm65"),
    "gate.readers.de2120": _reads("de2120"),
    "gate.readers.m5_unit": _reads("m5-unit"),
    "gate.readers.m5_atomic": _reads("m5-atomic"),
    "gate.ui.lamp": lambda p: bool(p.green or p.red),
    "gate.ui.pixels": lambda p: p.pixels is not None,
    "gate.ui.buzzer": lambda p: p.buzzer is not None,
    "gate.ui.display": lambda p: p.display is not None,
    "gate.ui.ssd1306": lambda p: isinstance(p.display, Ssd1306),
    "gate.ui.st7789": lambda p: isinstance(p.display, St7789),
    "gate.runtime.ds3231": lambda p: p.rtc is not None,
    "gate.net.time_server": lambda p: p.network is not None,
}
# What is imported by a name made at run time: module -> the modules that it may load.
_BY_NAME = {
    "gate.codec.formats": tuple(f"gate.codec.{module}" for _, _, module, _ in FORMATS),
}


def needed(profile: Profile) -> set[str]:
    """Paths below firmware/ of every source and data file that the board needs."""
    modules = _reached({name for name, has in OPTIONAL.items() if not has(profile)})
    known = _modules()
    folders = {PurePosixPath(known[name]).parent for name in modules}
    data = {path for path in _data() if PurePosixPath(path).parent in folders}
    return {known[name] for name in modules} | data


def _reached(without: set[str]) -> set[str]:
    """Modules that are imported from the entries on, but for these and what only these import.

    These are left out where a function imports them: it does so for the part that is not there.
    """
    known, found, waiting = _modules(), set[str](), list(_ENTRIES)
    while waiting:
        name = waiting.pop()
        if name in found or name not in known:
            continue
        found.add(name)
        parents = [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
        at_once, later = _imports(name)
        waiting += [*parents, *at_once, *(one for one in later if one not in without)]
        waiting += _BY_NAME.get(name, ())
    return found


@cache
def _modules() -> dict[str, str]:
    """Name of every module of the firmware -> its path."""
    found = {}
    for source in firmware.FIRMWARE.rglob("*.py"):
        path = source.relative_to(firmware.FIRMWARE)
        parts = path.with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.as_posix()
    return found


@cache
def _data() -> tuple[str, ...]:
    return tuple(
        path.relative_to(firmware.FIRMWARE).as_posix()
        for path in sorted(firmware.FIRMWARE.rglob("*"))
        if path.suffix in _DATA
    )


@cache
def _imports(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The modules that this one imports: when it is imported itself, and in its functions."""
    path = firmware.FIRMWARE / _modules()[name]
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    body = ast.parse(path.read_text(encoding="utf-8"))
    everything = set(_named(body, package))
    for node in ast.walk(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = []
    at_once = frozenset(_named(body, package))
    return at_once, frozenset(everything - at_once)


def _named(body: ast.AST, package: str) -> Iterator[str]:
    """Every module that is named in an import, and what may be one."""
    for node in ast.walk(body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
