"""Takes every figure of the table: builds the firmware, runs the cases, counts, composes.

An instruction count repeats to the digit for the same sources, interpreter and valgrind. Times do
not and are only given as ratios to the plain version, measured in the same run.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from host_tools import interpreter as micropython
from host_tools.bench import callgrind, cases, emptied, real_rv32, recording
from host_tools.bench.cases import Case
from host_tools.bench.native import KERNELS, Backend
from host_tools.boards import build
from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure

WORK = Path(__file__).with_name("device") / "work.py"
_PLENTY = "4M"
_PLAIN = "64M"  # integers allocate a few MiB, and the collector is off
# What a board has; the decision collects garbage itself, and that costs by the size of the heap.
_DECIDING = {32: "256k", 64: "512k"}
_TIMED = 5  # runs of which the fastest counts
_UNIX = {32: "x86", 64: "x64"}


@dataclass
class Composed:
    """A piece of work with a native kernel: glue counted here, kernel on its emulated chip."""

    glue: int
    kernel: int

    @property
    def total(self) -> int:
        return self.glue + self.kernel


@dataclass
class Row:
    """What one piece of work takes."""

    name: str
    portable: int  # instructions on this computer's interpreter, portable kernel
    alg: int = 0  # of a verification
    composed: dict[str, Composed] = field(default_factory=dict)  # by kernel
    heap: int | None = None  # bytes allocated once warm
    plain: int | None = None  # instructions of the plain version
    speedup: float | None = None  # plain time / portable time, of this run
    real_rv32: int | None = None  # instructions on a whole MicroPython for RV32, native kernel
    real_heap: int | None = None  # bytes allocated there


@dataclass
class Result:
    """Everything a run found."""

    interpreter: str  # that glue was counted on
    word_bits: int
    rows: list[Row]
    builds: dict[str, dict[str, int]]  # arch -> flash, executable RAM, ...
    tables: dict[str, int]  # bytes

    def document(self) -> dict[str, Any]:
        """As JSON has it; `read` is the way back."""
        return asdict(self)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Result:
        """From what `document` gave."""
        rows = [
            Row(**{**row, "composed": {k: Composed(**c) for k, c in row["composed"].items()}})
            for row in document["rows"]
        ]
        return cls(**{**document, "rows": rows})


class Bench:
    """A folder with the built firmware and the cases in it."""

    def __init__(self, folder: Path, word_bits: int, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.counter = callgrind.counter(word_bits)
        self.interpreter: Interpreter = self.counter.interpreter
        arch = _UNIX[word_bits]
        why = build.refusal(self.interpreter, arch)
        if why:
            raise Failure(why)
        self.tree = folder / arch
        build.build(arch, self.tree)

    def run(self, wanted: list[Case], kernels: list[Callable[[], Backend]]) -> list[Row]:
        """Measure the cases, two at a time; the times one by one."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            rows = list(pool.map(lambda case: self._counts(case, kernels), wanted))
        for case, row in zip(wanted, rows, strict=True):
            if case.plain:
                self.say(f"timing {case.name}")
                mine, plain = (self._time(self._prepare(c)) for c in (case, _plain(case)))
                row.speedup = plain / mine
        return rows

    def _prepare(self, case: Case) -> Path:
        folder = self.folder / case.slug
        for name, data in case.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "case.json"
        path.write_text(json.dumps(case.body), encoding="utf-8")
        return path

    def _counts(self, case: Case, backends: list[Callable[[], Backend]]) -> Row:
        self.say(f"counting {case.name}")
        path = self._prepare(case)
        heap = _DECIDING[self.interpreter.word_bits] if case.files else _PLENTY
        if case.files:
            self._ask(path, heap, "run", "1")  # installs the bundle, once in a terminal's life
        row = Row(case.name, self._count(path, heap, "run"), case.body.get("alg", 0))
        row.heap = None if case.files else int(self._ask(path, _PLENTY, "heap"))
        if case.plain and case.body["table"]:  # the plain version makes no use of one
            row.plain = self._count(self._prepare(_plain(case)), _PLAIN, "run")
        if case.body["kind"] != "decode":
            for make in backends:
                backend = make()
                self.say(f"counting {case.name} with {backend.name}")
                row.composed[backend.name] = self._compose(backend, path, heap, row.portable)
        return row

    def _compose(self, backend: Backend, path: Path, heap: str, portable: int) -> Composed:
        """Glue: a replay, without what replaying itself costs; all, if the kernel has no part."""
        path = self._beside(path, backend)
        call = recording.record(backend, WORK, self.tree, path, _PLENTY, self.interpreter)
        if not call.again:
            return Composed(portable, 0)
        path.with_name("case.json.calls").write_text(
            call.lines(emptied.exports(backend.text), backend.size)
        )
        replay = self._count(path, heap, "replay")
        with_answers = self._count(path, _PLENTY, "calls", "replay")
        without = self._count(path, _PLENTY, "calls", "stub")
        return Composed(replay - (with_answers - without), call.instructions)

    def _beside(self, path: Path, backend: Backend) -> Path:
        """A copy of a case's folder for one kernel, with the kernel's emptied module."""
        folder = path.parent.with_name(f"{path.parent.name}-{backend.name}")
        for source in path.parent.rglob("*"):
            if source.is_file():
                target = folder / source.relative_to(path.parent)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        (folder / "native_stub.py").write_text(backend.stub, encoding="utf-8")
        return folder / path.name

    def _count(self, path: Path, heap: str, *args: str) -> int:
        return self.counter.each([str(WORK), str(self.tree), str(path), *args], path.parent, heap)

    def _time(self, path: Path) -> int:
        return int(self._ask(path, _PLAIN, "time", str(_TIMED)))

    def _ask(self, path: Path, heap: str, *args: str) -> str:
        """The last line that a run prints."""
        command = [str(WORK), str(self.tree), str(path), *args]
        done = subprocess.run(
            micropython.argv(command, heap=heap, interpreter=self.interpreter),
            capture_output=True,
            text=True,
            cwd=path.parent,
            env=micropython.environment([path.parent]),
            check=False,
        )
        if done.returncode:
            raise Failure(f"{path.parent.name}: {done.stderr.strip()[-600:]}")
        return done.stdout.strip().splitlines()[-1]


def _plain(case: Case) -> Case:
    return Case(f"{case.name} plain", {**case.body, "kind": "plain"})


def sizes(folder: Path) -> dict[str, dict[str, int]]:
    """Flash and executable RAM of the built trees."""
    found = {}
    for arch in build.ARCHITECTURES:
        files = build.build(arch, folder / f"size-{arch}")
        used, fallback = build.executable(files, build.routines(arch))
        found[arch] = {
            "flash": sum(file.size for file in files),
            "crypto flash": sum(file.size for file in files if file.path.startswith(build.CRYPTO)),
            "executable RAM": used,
            "executable RAM, fallback": fallback,
        }
    return found


def tables() -> dict[str, int]:
    """Bytes of the comb tables: of a key in the bundle, of the base points in flash."""
    found = {
        case.name.removesuffix(" cached") + " key": len(case.body["table"]) // 2
        for case in cases.verifications()
        if case.body["table"]
    }
    folder = FIRMWARE / build.CRYPTO
    return found | {
        f"{path.stem} base point": path.stat().st_size for path in sorted(folder.glob("*.bin"))
    }


def measure(folder: Path, wanted: list[Case], say: Callable[[str], None]) -> Result:
    """Everything, in a folder for what is built. Uses 32-bit words if there are any."""
    word_bits = micropython.find().word_bits
    bench = Bench(folder, word_bits, say)
    rows = bench.run(wanted, list(KERNELS.values()))
    say("measuring on a whole MicroPython for RV32, if there is one")
    real = real_rv32.measure(wanted, say)
    for row in rows:
        if row.name in real:
            row.real_rv32 = real[row.name].instructions
            row.real_heap = real[row.name].heap
    say("building for every architecture")
    version = ".".join(str(number) for number in bench.interpreter.version)
    name = f"MicroPython {version}, {_UNIX[word_bits]}"
    return Result(name, word_bits, rows, sizes(folder), tables())
