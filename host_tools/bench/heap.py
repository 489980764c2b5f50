"""What each module of the firmware keeps on the heap once imported.

    python -m host_tools.bench.heap

Measured on the 32-bit interpreter with the firmware compiled for it, as a board has it. A module is
imported when all that it imports has been, so that what it takes is its own. Machine code is not in
it (it lies in executable memory); what a module makes at its first use is not either.
"""

from __future__ import annotations

import ast
import json
import tempfile
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.boards import build
from host_tools.firmware import FIRMWARE

# Runs on MicroPython: argv is the tree and a file with names of modules, in order.
SCRIPT = """
import gc, json, sys
sys.path.insert(0, sys.argv[1])
with open(sys.argv[2]) as file:
    names = json.load(file)
found = []
for name in ["asyncio", "machine", "hashlib", "json", "binascii", "array", "io", "os"] + names:
    gc.collect()
    before = gc.mem_alloc()
    __import__(name)
    gc.collect()
    found.append((name, gc.mem_alloc() - before))
print(json.dumps(found))
"""
CHIP = "class Pin:\n    pass\n\n\nclass UART:\n    pass\n"
BOARD = "RELAYS = READER = FIRE = GREEN = RED = BUZZER = NAME = None\n"


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


def measure() -> list[tuple[str, int]]:
    """Bytes of each module, in the order in which they were imported."""
    interpreter = micropython.find(32)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        build.build("x86", folder / "tree")
        (folder / "tree" / "machine.py").write_text(CHIP, encoding="utf-8")
        (folder / "tree" / "board.py").write_text(BOARD, encoding="utf-8")
        (folder / "names.json").write_text(json.dumps(order(modules())), encoding="utf-8")
        (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
        done = micropython.run(
            [str(folder / name) for name in ("script.py", "tree", "names.json")],
            interpreter=interpreter,
            heap="4m",
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    return [(str(name), int(size)) for name, size in json.loads(done.stdout)]


def main() -> None:
    """Print it, the largest first."""
    found = measure()
    for name, size in sorted(found, key=lambda one: -one[1]):
        if size:
            print(f"{name:36}{size:8,}")
    print(f"{'all':36}{sum(size for _, size in found):8,}")


if __name__ == "__main__":
    main()
