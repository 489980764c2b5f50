"""The firmware compiled for a board: whole, reproducible, with one native kernel, and it works."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from host_tools import interpreter as micropython_interpreter
from host_tools.boards import build
from host_tools.firmware import FIRMWARE, ROOT
from host_tools.interpreter import Interpreter
from host_tools.kernels import mpy
from host_tools.problems import Failure
from tests.unit.verifier import people

UNIX = {32: "x86", 64: "x64"}
BOARDS = [arch for arch in build.KERNELS if build.kernel_source(arch)]
ARCHITECTURES = [arch for arch in build.ARCHITECTURES if arch not in build.KERNELS] + BOARDS

# What a board has; objects are twice as large where words are.
HEAPS = {32: "100k", 64: "200k"}
# As the terminal does it: what is large and stays comes first, while the heap is in one piece.
VERIFY = """
import gc, json, sys
from binascii import unhexlify
sys.path.insert(0, sys.argv[1])
import gate.crypto
gate.crypto.verify(-7, bytes(64), b"", (bytes(31) + b"1") * 2)
import gate.verifier
from gate.crypto import machine
from gate.trust.issuers import Issuers
gc.collect()
with open(sys.argv[2]) as file:
    trust, code, now = json.load(file)
shown = gate.verifier.authenticate(code.encode(), Issuers(unhexlify(trust)), now)
print(json.dumps([gate.verifier.__file__, shown.issuer, machine.active(), machine.notes()]))
"""


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The firmware built for every architecture, once."""
    folder = tmp_path_factory.mktemp("trees")
    for arch in ARCHITECTURES:
        build.build(arch, folder / arch)
    return {arch: folder / arch for arch in ARCHITECTURES}


def contents(tree: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_source_is_there_once(trees: dict[str, Path], arch: str) -> None:
    built = contents(trees[arch])
    sources = {
        path.relative_to(FIRMWARE).as_posix()
        for path in FIRMWARE.rglob("*")
        if path.is_file()
        and path.suffix not in (".pyi", ".pyc")
        and not path.stem.startswith("kernel_")
    }
    found = {name.replace(".mpy", ".py") for name in built if "/kernel_" not in name}
    assert found == sources
    assert {name for name in built if name.count("/") == 0} == {"boot.py", "main.py"}
    if arch != build.BYTECODE:
        assert not [name for name in built if "/" in name and name.endswith(".py")]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_one_native_kernel_beside_the_portable_one(trees: dict[str, Path], arch: str) -> None:
    kernels = {path.stem for path in (trees[arch] / build.CRYPTO).glob("kernel_*")}
    native = {build.KERNELS[arch][0]} if arch in build.KERNELS else set()
    assert kernels == {"kernel_viper"} | native


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_machine_code_is_for_the_architecture(trees: dict[str, Path], arch: str) -> None:
    for name, data in contents(trees[arch]).items():
        if name.endswith(".mpy"):
            number = build.ARCHITECTURES[arch] if mpy.functions(data) else 0
            assert data[:2] == bytes((mpy.MAGIC, mpy.VERSION)), name
            assert data[2] >> 2 == number, name
            assert not number or data[2] & 3 == build.SUB_VERSION, name


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_two_builds_are_equal(trees: dict[str, Path], arch: str, tmp_path: Path) -> None:
    build.build(arch, tmp_path / "elsewhere" / "again")
    assert contents(tmp_path / "elsewhere" / "again") == contents(trees[arch])


def test_no_path_of_this_machine_gets_in(trees: dict[str, Path]) -> None:
    for tree in trees.values():
        for name, data in contents(tree).items():
            assert str(ROOT).encode() not in data, name
            assert b"tmp/" not in data, name


def verified_by(tree: Path, interpreter: Interpreter, folder: Path) -> list[object]:
    case = folder / "case.json"
    shown = people.code(people.PLATFORM.says(people.FOUR))
    case.write_text(json.dumps([people.trust_part().hex(), shown.decode(), people.NOW]))
    script = folder / "verify.py"
    script.write_text(VERIFY)
    heap = HEAPS[interpreter.word_bits]
    done = micropython_interpreter.run(
        [str(script), str(tree), str(case)], interpreter=interpreter, heap=heap
    )
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


def test_tree_verifies_a_code_on_a_small_heap(
    trees: dict[str, Path], any_micropython: Interpreter, tmp_path: Path
) -> None:
    arch = UNIX[any_micropython.word_bits]
    if why := build.refusal(any_micropython, arch):
        pytest.skip(why)
    module, issuer, kernel, notes = verified_by(trees[arch], any_micropython, tmp_path)
    assert module == f"{trees[arch]}/gate/verifier.mpy"
    assert (issuer, kernel, notes) == (people.PLATFORM.entry.name, "viper", [])


def test_interpreter_says_what_it_cannot_load(micropython: Interpreter) -> None:
    assert "x64" not in build.refusal(micropython, UNIX[micropython.word_bits])
    assert "runs machine code for" in build.refusal(micropython, "rv32imc")


@pytest.mark.parametrize(
    ("loads", "arch", "said"),
    [
        (0x2F06, "rv32imc", ""),
        (0x2D06, "rv32imc", "loads machine code of .mpy version 6.1, this build makes 6.3"),
        (0x2D06, "bytecode", ""),
        (0x2F05, "bytecode", "loads .mpy version 5, this build makes 6"),
        (0x2B06, "rv32imc", "runs machine code for xtensawin, this build is for rv32imc"),
    ],
)
def test_versions(loads: int, arch: str, said: str) -> None:
    assert said in build.refusal_of(loads, arch, "it")
    assert bool(said) == bool(build.refusal_of(loads, arch, "it"))


def test_too_much_machine_code_is_refused() -> None:
    def built(path: str, native: int) -> build.Built:
        return build.Built(path, native, native)

    portable, native = "gate/crypto/kernel_viper.mpy", "gate/crypto/kernel_rv32.mpy"
    files = [built(portable, 30_000), built("gate/crypto/rsa.mpy", 10_960), built("gate/b.mpy", 99)]
    build.check_crypto(files, ())
    with pytest.raises(Failure, match=r"40964 bytes of machine code in use, 4 over .*kernel_viper"):
        build.check_crypto([replace(files[0], native=30_004), *files[1:]], ())
    with_native = [*files, built(native, 30_000)]
    assert build.executable(with_native, ("run",)) == (40_960, 70_960)
    assert build.executable(with_native, ("run", "rsa")) == (30_000, 70_960)
    build.check_crypto(with_native, ("run",))
    with pytest.raises(Failure, match="4 over"):
        build.check_crypto([*files, built(native, 30_004)], ("run",))


def test_spared_modules_are_what_a_native_kernel_leaves_unused(
    trees: dict[str, Path], micropython: Interpreter
) -> None:
    """Import every algorithm with a kernel that has every routine: those modules stay away."""
    script = """
    import json, sys
    sys.path.insert(0, sys.argv[1])
    from gate.crypto import machine, es256, sm2, eddsa, ps256, kernel_viper
    sys.modules.pop("gate.crypto.kernel_viper")
    class Kernel:
        NAME, FIELDS, SIZE, run = "all", (0, 1, 2), 80, kernel_viper.run
        rsa = invert = lambda *_: None
    machine.use(Kernel)
    ps256._right = lambda rsa: True
    ps256._choose()
    print(json.dumps(sorted(name for name in sys.modules if name.startswith("gate.crypto."))))
    """
    tree = trees[UNIX[micropython.word_bits]]
    done = micropython_interpreter.run(
        ["-c", textwrap.dedent(script).replace("sys.argv[1]", repr(str(tree)))],
        interpreter=micropython,
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.rsplit(".", 1)[1] for name in json.loads(done.stdout)}
    assert not loaded & set(build.PORTABLE)
