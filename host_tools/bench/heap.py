"""What each module of the firmware keeps on the heap once imported, in bytes.

    python -m host_tools.bench.heap

Measured on the 32-bit interpreter with the firmware compiled for it, as a board has it: from a file
system, as LittleFS, where everything is copied; and from a ROM file system, mapped flash, where
byte code and constants stay. A module is imported when all that it imports has been, so that what
it takes is its own. Names that no module before had are counted apart: the interpreter keeps them
in pools that double. Machine code is not in it (it lies in executable memory); what a module makes
at its first use is not either.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.boards import build
from host_tools.firmware import FIRMWARE

# Runs on MicroPython: argv is the tree or image and a file with names of modules, in order.
SCRIPT = """
import ffi, gc, json, micropython, os, sys, uctypes, vfs
path = sys.argv[1]
if path.endswith(".romfs"):
    libc = ffi.open("libc.so.6")
    fd = libc.func("i", "open", "si")(path, 0)
    size = os.stat(path)[6]
    at = libc.func("i", "mmap", "iiiiii")(0, size, 1, 2, fd, 0)
    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(at & 0xFFFFFFFF, size)), "/rom")
    path = "/rom"
sys.path.insert(0, path)
with open(sys.argv[2]) as file:
    names = json.load(file)
for name in ["asyncio", "machine", "hashlib", "json", "binascii", "array", "io", "os"] + names:
    gc.collect()
    print("before", gc.mem_alloc())
    micropython.qstr_info()
    __import__(name)
    gc.collect()
    print("after", gc.mem_alloc())
    micropython.qstr_info()
    print("module", name)
"""
CHIP = "class Pin:\n    PULL_UP = 2\n    PULL_DOWN = 1\n    IN = 1\n    OUT = 3\n" + "".join(
    f"class {name}:\n    pass\n"
    for name in "UART I2C SPI PWM Signal Timer WDT RTC bitstream ADC".split()
)
BOARD = (
    "NAME = RELAYS = READERS = LANES = FIRE = TAMPER = LOCK = MAINTENANCE = GREEN = RED = PIXELS = "
    "BUZZER = I2C = SPI = DISPLAY = RTC = NETWORK = FLASH_KB = PSRAM = None\n"
)


def modules() -> dict[str, set[str]]:
    """Every module under gate/, with those that it imports when it is imported itself."""
    paths = {path: _name(path) for path in sorted((FIRMWARE / "gate").rglob("*.py"))}
    known = set(paths.values())
    return {name: _imports(path, name, known) - {name} for path, name in paths.items()}


def _name(path: Path) -> str:
    parts = path.relative_to(FIRMWARE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, name: str, known: set[str]) -> set[str]:
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    found = {".".join(name.split(".")[:depth]) for depth in range(1, name.count(".") + 1)}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
            where = ".".join(base)
            found |= {where} | {f"{where}.{alias.name}" for alias in node.names}
    return found & known


def order(wanted: dict[str, set[str]]) -> list[str]:
    """Names so that each comes after what it imports; packages that import their own go last."""
    done: list[str] = []

    def visit(name: str, open_: tuple[str, ...]) -> None:
        if name in done or name in open_:
            return
        for other in sorted(wanted[name]):
            visit(other, (*open_, name))
        done.append(name)

    for name in wanted:
        visit(name, ())
    return done


def measure() -> dict[str, tuple[int, int, int]]:
    """By module: bytes from a file system, from a ROM file system, and of new names (of both)."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        tree, image = folder / "tree", folder / "image.romfs"
        build.build("x86", tree)
        (tree / "machine.py").write_text(CHIP, encoding="utf-8")
        (tree / "network.py").write_text("", encoding="utf-8")
        (tree / "board.py").write_text(BOARD, encoding="utf-8")
        tool = Path(sys.executable).with_name("mpremote")
        command: list[str | Path] = [tool, "romfs", "--output", image, "--no-mpy", "build", tree]
        subprocess.run(command, check=True, capture_output=True)
        copied, mapped = (_imported(folder, str(path)) for path in (tree, image))
    return {name: (own, mapped[name][0], names) for name, (own, names) in copied.items()}


def _imported(folder: Path, path: str) -> dict[str, tuple[int, int]]:
    (folder / "names.json").write_text(json.dumps(order(modules())), encoding="utf-8")
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = micropython.run(
        [str(folder / "script.py"), path, str(folder / "names.json")],
        interpreter=micropython.find(32),
        heap="4m",
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    found = {}
    for part in done.stdout.split("before ")[1:]:
        before, after = (int(n) for n in re.findall(r"^(?:after )?(\d+)$", part, re.MULTILINE))
        names = [int(n) for n in re.findall(r"n_total_bytes=(\d+)", part)]
        new = names[1] - names[0]
        found[part.rsplit("module ", 1)[1].strip()] = after - before - new, new
    return found


def main() -> None:
    """Print it, the largest first."""
    found = measure()
    rows = sorted(found.items(), key=lambda row: -row[1][0])
    total = tuple(sum(sizes[i] for sizes in found.values()) for i in range(3))
    print(f"{'module':32}{'LittleFS':>10}{'ROMFS':>10}{'names':>10}")
    for name, sizes in [*rows, ("all", total)]:
        print(f"{name:32}" + "".join(f"{size:10,}" for size in sizes))


if __name__ == "__main__":
    main()
