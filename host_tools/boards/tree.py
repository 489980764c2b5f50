"""The file tree that goes on a board: its program, what its profile needs, and a manifest.

The same profile, sources and compiler give the same tree, byte for byte. Of a site it has nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpremote.romfs import VfsRomWriter

from host_tools import fonts
from host_tools.boards import build, generate, needs
from host_tools.boards.build import Built
from host_tools.boards.profile import Profile
from host_tools.firmware import ROOT
from host_tools.kernels import mpy
from host_tools.problems import Failure

MANIFEST = "manifest.json"
BLOCK = 4096  # bytes of LittleFS on this flash
_INLINE = 128  # bytes of a file that lies in its folder's block
_ENTRY = 32  # bytes of a file in its folder, beside its name
# Of the flash: bootloader, NVS and program of a stock image; MicroPython's partitions-4MiBplus.csv.
PROGRAM = 0x220000
# For a site: two bundles of ordinary size, the log's segments and slots, the clock's file.
SITE = 512 * 1024
ROMFS = 128 * 1024  # the partition of MicroPython's partitions-4MiB-romfs.csv
_STAY = ("boot.py", "main.py", MANIFEST)  # on LittleFS also where the rest is in a ROM file system


@dataclass(frozen=True)
class Tree:
    """What was built. blocks: bytes of flash that it takes. room: bytes of the file system."""

    files: list[Built]
    blocks: int
    room: int
    executable: int
    manifest: dict[str, Any]


def make(profile: Profile, out: Path, arch: str | None = None) -> Tree:
    """Build into `out`. arch: not the board's own, to try its tree on this computer."""
    arch = arch or profile.arch
    more = {"board.py": generate.board_module(profile).encode(), **fonts.needed(profile)}
    made: list[Tree] = []

    def finish(files: list[Built], tree: Path) -> None:
        used, _ = build.executable(files, build.routines(arch))
        manifest = _manifest(profile, arch, files, tree, used)
        text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
        (tree / MANIFEST).write_text(text, encoding="utf-8")
        paths = [(file.path, file.size) for file in files] + [(MANIFEST, len(text))]
        made.append(Tree(files, blocks(paths), room(profile), used, manifest))
        _check_flash(profile, made[0])

    built = build.build(arch, out, needs.needed(profile), more, finish)
    tree = made[0]
    return Tree(built, tree.blocks, tree.room, tree.executable, tree.manifest)


def room(profile: Profile) -> int:
    """Bytes of the file system that a stock image leaves on this board."""
    return max(0, profile.flash_kb * 1024 - PROGRAM)


def blocks(files: list[tuple[str, int]]) -> int:
    """Bytes of flash that these files and their folders take on LittleFS, at most.

    A folder is a chain of pairs of blocks, each at most half full of names and of files that are
    small enough to lie in it; the file system itself counts the first pair twice when it says how
    much is free. A test compares with a real LittleFS.
    """
    folders: dict[str, int] = {}
    taken = 2  # the superblock
    for path, size in files:
        for parent in Path(path).parents:
            folders.setdefault(str(parent), len(parent.name) + _ENTRY)
        entry = len(Path(path).name) + _ENTRY + (size if size <= _INLINE else 0)
        folders[str(Path(path).parent)] += entry
        if size > _INLINE:
            # a block of a large file begins with pointers to those before it
            taken += -(-size // (BLOCK - 8))
    pairs = sum(-(-names // (BLOCK // 2)) for names in folders.values())
    return BLOCK * (taken + 2 * pairs + 2 * len(folders))


def _check_flash(profile: Profile, tree: Tree) -> None:
    over = tree.blocks + SITE - tree.room
    if over > 0:
        largest = ", ".join(
            f"{f.path} {f.size}" for f in sorted(tree.files, key=lambda f: -f.size)[:3]
        )
        raise Failure(
            f"{profile.name}: the tree takes {tree.blocks} bytes of flash and a site {SITE}, "
            f"{over} more than the {tree.room} that a stock image leaves of "
            f"{profile.flash_kb // 1024} MB (the largest: {largest}); take a module with more flash"
        )


def _manifest(
    profile: Profile, arch: str, files: list[Built], tree: Path, executable: int
) -> dict[str, Any]:
    return {
        "board": profile.name,
        "chip": profile.chip,
        "arch": arch,
        "version": version(),
        "mpy": f"{mpy.VERSION}.{build.SUB_VERSION}",
        "compiler": compiler(),
        "executable": executable,
        "files": {
            file.path: {
                "size": file.size,
                "sha256": hashlib.sha256((tree / file.path).read_bytes()).hexdigest(),
            }
            for file in files
        },
    }


def version() -> str:
    """The project's, which is the firmware's."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def compiler() -> str:
    """What mpy-cross calls itself, without the date on which it was built."""
    command = [build.compiler(), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return re.sub(r" on \d{4}-\d{2}-\d{2}", "", said)


def romfs(tree: Path) -> bytes:
    """The tree as an image for a ROMFS partition; boot.py and main.py stay on the file system."""
    writer = VfsRomWriter()
    _pack(writer, tree, tree)
    return bytes(writer.finalise())


def _pack(writer: VfsRomWriter, folder: Path, top: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.relative_to(top).as_posix() in _STAY:
            continue
        if path.is_dir():
            writer.opendir(path.name)
            _pack(writer, path, top)
            writer.closedir()
        else:
            writer.mkfile(path.name, path.read_bytes())
