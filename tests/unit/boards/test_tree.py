"""The tree of a board: what is in it and what is not, the same each time, and it runs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from host_tools import interpreter as micropython_interpreter
from host_tools.boards import build, generate, needs, profiles, tree
from host_tools.cli.board import command
from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile

PARTS = (  # of which a board has some
    "readers/serial readers/managed readers/gm65 readers/de2120 readers/m5_unit readers/m5_atomic "
    "readers/framing ui/lamp ui/pixels ui/buzzer ui/display ui/layout ui/font ui/ssd1306 ui/st7789 "
    "runtime/ds3231 net/time_server net/sntp"
).split()
WANTED = {
    "esp32-devkit": "readers/serial readers/framing ui/lamp ui/buzzer",
    "esp32-s3-devkit": (
        "readers/serial readers/framing ui/lamp ui/buzzer ui/display ui/layout ui/font ui/ssd1306 "
        "runtime/ds3231"
    ),
    "wt32-eth01": (
        "readers/serial readers/framing readers/managed readers/gm65 ui/lamp ui/pixels ui/display "
        "ui/layout ui/font ui/ssd1306 runtime/ds3231 net/time_server net/sntp"
    ),
    "m5-atom-lite-qrcode": (
        "readers/serial readers/framing readers/managed readers/m5_atomic ui/lamp ui/pixels"
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", WANTED)
def test_only_the_parts_that_the_profile_has(name: str) -> None:
    found = needs.needed(profiles.load(name))
    assert {part for part in PARTS if f"gate/{part}.py" in found} == set(WANTED[name].split())


def test_all_boards_together_leave_out_what_no_board_has() -> None:
    """Whatever is in firmware/ is in some tree: a forgotten module would be in none."""
    everything = set()
    for name in profiles.names():
        everything |= needs.needed(profiles.load(name))
    sources = {
        path.relative_to(FIRMWARE).as_posix()
        for path in FIRMWARE.rglob("*")
        if path.suffix in (".py", ".bin", ".txt")
    }
    assert {f"{name.replace('.', '/')}.py" for name in needs.OPTIONAL} <= sources
    unused = {"gate/readers/de2120.py", "gate/readers/m5_unit.py", "gate/ui/st7789.py"}
    assert sources - everything == unused


@pytest.fixture(scope="module", params=["esp32-devkit", "wt32-eth01", "m5-atom-lite-qrcode"])
def built(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    micropython: Interpreter,
) -> tuple[str, Path]:
    """Trees for this computer's MicroPython."""
    arch = {32: "x86", 64: "x64"}[micropython.word_bits]
    if why := build.refusal(micropython, arch):
        pytest.skip(why)
    out = tmp_path_factory.mktemp("trees") / request.param
    tree.make(profiles.load(request.param), out, arch)
    return request.param, out


def test_the_terminal_runs_from_it(
    built: tuple[str, Path], micropython: Interpreter, tmp_path: Path
) -> None:
    """Nothing that the board needs is missing: people pass, and are refused."""
    name, folder = built
    site = DemoSite.make(NOON)
    profile = profiles.load(name)
    with Turnstile(
        tmp_path, profile, bundle=site.bundle, root=site.root, gate_id=site.gate_id,
        interpreter=micropython, firmware=folder,
    ) as turnstile:  # fmt: skip
        turnstile.wait_ms(5000)  # some readers are set up first
        assert turnstile.present(site.casting.from_file("lin-all-green")).granted
        assert turnstile.present("OC1:NOTHING").reason is not None
        turnstile.fire(True)
        turnstile.wait_ms(100)
        assert turnstile.relay_open
        assert turnstile.record.events("fault") == []


def test_manifest_names_every_file_with_its_hash(built: tuple[str, Path]) -> None:
    name, folder = built
    files = contents(folder)
    manifest = json.loads(files.pop(tree.MANIFEST))
    assert (manifest["board"], manifest["mpy"]) == (name, "6.3")
    assert manifest["files"] == {
        path: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    }
    assert ("font.bin" in files) == (profiles.load(name).display is not None)
    assert {path for path in files if path.endswith(".py")} == {"boot.py", "main.py"}


def test_a_rom_image_of_it_holds_all_but_what_starts(
    built: tuple[str, Path], micropython: Interpreter, tmp_path: Path
) -> None:
    name, folder = built
    image = tmp_path / "image.romfs"
    image.write_bytes(tree.romfs(folder))
    assert image.read_bytes() == tree.romfs(folder)
    script = f"""
import os, sys, vfs
with open({str(image)!r}, "rb") as file:
    vfs.mount(vfs.VfsRom(file.read()), "/rom")
sys.path.insert(0, "/rom")
import board
print([getattr(board, name) for name in {list(generate.values(profiles.load(name)))!r}])
def walk(folder):
    for entry in os.ilistdir("/rom" + folder):
        path = folder + "/" + entry[0]
        if entry[1] & 0x4000:
            yield from walk(path)
        else:
            yield path
for path in walk(""):
    print(path[1:], os.stat("/rom" + path)[6])
"""
    done = micropython_interpreter.run(["-c", script], interpreter=micropython)
    if "vfs" in done.stderr and "Error" in done.stderr:
        pytest.skip("this MicroPython has no VfsRom")
    assert done.returncode == 0, done.stderr
    values, *listed = done.stdout.splitlines()
    assert values == repr(list(generate.values(profiles.load(name)).values()))
    sizes = {path: len(data) for path, data in contents(folder).items()}
    for stays in ("boot.py", "main.py", tree.MANIFEST):
        del sizes[stays]
    assert {line.split()[0]: int(line.split()[1]) for line in listed} == sizes


def test_the_flash_that_is_counted_is_enough_on_a_real_littlefs(
    built: tuple[str, Path], micropython: Interpreter
) -> None:
    """Copied as mpremote does it, file by file, the tree takes at most the blocks that are told."""
    _, folder = built
    sizes = [(path, len(data)) for path, data in contents(folder).items()]
    script = f"""
import os, vfs
class Flash:
    blocks = {{}}
    def readblocks(self, block, buffer, offset=0):
        data = self.blocks.get(block)
        for i in range(len(buffer)):
            buffer[i] = data[offset + i] if data else 255
    def writeblocks(self, block, buffer, offset=0):
        self.blocks[block][offset:offset + len(buffer)] = buffer
    def ioctl(self, what, block):
        if what == 4:
            return {tree.room(profiles.load("esp32-devkit")) // tree.BLOCK}
        if what == 5:
            return {tree.BLOCK}
        if what == 6:
            self.blocks[block] = bytearray(b"\\xff" * {tree.BLOCK})
            return 0
vfs.VfsLfs2.mkfs(Flash())
disk = vfs.VfsLfs2(Flash())
for path, size in {sizes!r}:
    for depth in range(path.count("/")):
        try:
            disk.mkdir("/".join(path.split("/")[:depth + 1]))
        except OSError:
            pass
    with disk.open(path, "wb") as file:
        file.write(bytes(size))
size, _, total, free = disk.statvfs("/")[:4]
print(size * (total - free))
"""
    done = micropython_interpreter.run(["-c", script], interpreter=micropython, heap="8m")
    if "VfsLfs2" in done.stderr:
        pytest.skip("this MicroPython has no LittleFS")
    assert done.returncode == 0, done.stderr
    taken, told = int(done.stdout), tree.blocks(sizes)
    assert told * 9 // 10 < taken <= told


def test_two_trees_of_a_board_are_equal(tmp_path: Path) -> None:
    profile = profiles.load("esp32-c3-devkit")
    for name in ("one", "two"):
        tree.make(profile, tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    kernels = {path.name for path in (tmp_path / "one").rglob("kernel_*")}
    assert kernels == {"kernel_rv32.mpy", "kernel_viper.mpy"}


def test_a_flash_that_is_too_small_is_refused_and_the_old_tree_stays(tmp_path: Path) -> None:
    profile = profiles.load("esp32-devkit")
    small = dataclasses.replace(profile, flash_kb=2048)
    out = tmp_path / "tree"
    (out / "gate").mkdir(parents=True)
    (out / "boot.py").write_text("earlier")
    with pytest.raises(Failure, match=r"takes \d+ bytes of flash .* more than the 0 that a stock"):
        tree.make(small, out, "bytecode")
    assert (out / "boot.py").read_text() == "earlier"


def test_command(tmp_path: Path) -> None:
    out, image = tmp_path / "tree", tmp_path / "image"
    arguments = ["build", "esp32-devkit", "--out", str(out), "--romfs", str(image)]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    for said in ("gate/crypto/kernel_xtensa", "flash: ", "in blocks: ", "ROMFS: ", "at most 40960"):
        assert said in done.output
    assert image.read_bytes()[:3] == b"\xd2\xcd\x31"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    for name, said in (
        ("mine", "neither empty nor an earlier build"),
        ("mine/thesis.txt", "not a"),
    ):
        done = CliRunner().invoke(command, ["build", "esp32-devkit", "--out", str(tmp_path / name)])
        assert done.exit_code == 1
        assert said in done.output
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"
    # an earlier build is replaced, and what is no longer in it goes
    (out / "gate" / "stale.mpy").write_bytes(b"old")
    arguments = ["build", "esp32-devkit", "--out", str(out), "--arch", "bytecode", "--json"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["arch"] == "bytecode"
    assert not (out / "gate" / "stale.mpy").exists()
