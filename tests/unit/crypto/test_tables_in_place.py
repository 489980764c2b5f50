"""Tables are used where they lie: in mapped flash, in the bundle's buffer, or in the one buffer
that a file of LittleFS is read into. Measured on MicroPython, with its own file systems."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.boards import build
from host_tools.interpreter import Interpreter, run
from host_tools.kernels.combs import make_table
from host_tools.keys.private import generate

# Puts the firmware into a file system, verifies once, and says what the base point's table took.
SCRIPT = """
import gc, json, os, sys, uctypes, vfs
from binascii import unhexlify

with open(sys.argv[1]) as file:
    kind, path, alg, name, *words = file.read().split()
alg = int(alg)
key, signature, table = (unhexlify(word) for word in words)


@micropython.viper
def move(to, at: int, source, start: int, n: int):  # takes nothing of the heap itself
    a = ptr8(to)
    b = ptr8(source)
    i = 0
    while i < n:
        a[at + i] = b[start + i]
        i += 1


class Ram:
    def __init__(self, blocks):
        self.data = bytearray(blocks * 512)

    def readblocks(self, n, buf, off=0):
        start = n * 512 + off
        move(buf, 0, self.data, start, len(buf))

    def writeblocks(self, n, buf, off=0):
        start = n * 512 + off
        move(self.data, start, buf, 0, len(buf))

    def ioctl(self, op, arg):
        if op == 4:
            return len(self.data) // 512
        if op == 5:
            return 512
        if op == 6:
            return 0


def copy(source, target):
    os.mkdir(target)
    for entry in list(os.ilistdir(source)):
        a, b = source + "/" + entry[0], target + "/" + entry[0]
        if entry[1] == 0x4000:
            copy(a, b)
        else:
            with open(a, "rb") as file, open(b, "wb") as to:
                to.write(file.read())


if kind == "rom":
    with open(path, "rb") as file:
        image = file.read()
    vfs.mount(vfs.VfsRom(image), "/rom")
else:
    device = Ram(1024)
    vfs.VfsLfs2.mkfs(device)
    vfs.mount(vfs.VfsLfs2(device), "/rom")
    copy(path + "/gate", "/rom/gate")
sys.path.insert(0, "/rom")
from gate import crypto
from gate.crypto import machine

assert machine.__file__.startswith("/rom/")
checked = crypto.verify(alg, key, b"message", signature, table)
gc.collect()
gc.disable()
loads = []
for _ in range(2):
    before = gc.mem_alloc()
    loads.append(machine.base_table(name))
    loads.append(gc.mem_alloc() - before)
with open("/rom/gate/crypto/%s.bin" % name, "rb") as file:
    same = bytes(loads[0]) == file.read()
inside = False
if kind == "rom":
    start = uctypes.addressof(image)
    inside = start < uctypes.addressof(loads[0]) < start + len(image)
body = machine.table_body(table, {-7: 0, -8: 2, -65600: 1}[alg], key)
at = uctypes.addressof(body[2]) - uctypes.addressof(table)
print(json.dumps([checked, same, loads[1], loads[3], inside, at, len(loads[0])]))
"""


def answer(
    interpreter: Interpreter, folder: Path, tree: Path, kind: str, alg: int, name: str
) -> list[int]:
    if not run(["-c", "import vfs; vfs.VfsRom, vfs.VfsLfs2"], interpreter=interpreter).returncode:
        private = generate(alg)
        key = private.public.raw
        words = [key.hex(), private.sign(b"message").hex(), make_table(alg, key).hex()]
        (folder / "script.py").write_text(SCRIPT)
        (folder / "words").write_text(" ".join([kind, str(tree), str(alg), name, *words]))
        files = [str(folder / name) for name in ("script.py", "words")]
        done = run(files, interpreter=interpreter, heap="4m")
        assert done.returncode == 0, done.stderr
        found: list[int] = json.loads(done.stdout)
        return found
    pytest.skip(f"MicroPython {interpreter.name} has no vfs.VfsRom")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Path]:
    """The firmware built for each word size, as a folder and as an image of a ROM file system."""
    found = {}
    folder = tmp_path_factory.mktemp("trees")
    for arch, bits in (("x86", 32), ("x64", 64)):
        tree, image = folder / arch, folder / f"{arch}.romfs"
        build.build(arch, tree)
        command = [Path(sys.executable).with_name("mpremote"), "romfs", "--output", image]
        subprocess.run([*command, "--no-mpy", "build", tree], check=True, capture_output=True)
        found |= {("lfs", bits): tree, ("rom", bits): image}
    return found


CURVES = [(-7, "p256"), (-65600, "sm2"), (-8, "ed25519")]


@pytest.mark.parametrize(("alg", "name"), CURVES)
def test_a_rom_file_system_gives_the_table_itself(
    any_micropython: Interpreter,
    tmp_path: Path,
    trees: dict[tuple[str, int], Path],
    alg: int,
    name: str,
) -> None:
    tree = trees["rom", any_micropython.word_bits]
    checked, same, first, second, inside, _, size = answer(
        any_micropython, tmp_path, tree, "rom", alg, name
    )
    assert checked
    assert same
    assert inside, "the table is not in the image"
    assert max(first, second) < 700 < size / 5  # names, the open file, a view: no part of 4 KiB


@pytest.mark.parametrize(("alg", "name"), CURVES)
def test_littlefs_takes_one_buffer_of_the_size_of_the_table(
    any_micropython: Interpreter,
    tmp_path: Path,
    trees: dict[tuple[str, int], Path],
    alg: int,
    name: str,
) -> None:
    tree = trees["lfs", any_micropython.word_bits]
    checked, same, first, second, _, at, size = answer(
        any_micropython, tmp_path, tree, "lfs", alg, name
    )
    assert checked
    assert same
    assert size <= min(first, second)
    assert (
        max(first, second) < size + 1400
    )  # LittleFS's own buffers of an open file; no second table
    assert at == (40 if alg == -8 else 72), "the key's table is not read in the bundle's buffer"
