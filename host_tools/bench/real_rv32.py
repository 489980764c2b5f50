"""The same cases on a whole MicroPython for RV32, where host_tools.kernels.rv32_qemu finds one.

Nothing is composed: interpreter, glue and native kernel run on an emulated processor, and its own
counter of retired instructions is read. That interpreter has to be built from MicroPython's source,
so these figures stand beside the composed ones and never in their place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from host_tools.bench.cases import Case
from host_tools.kernels import rv32_qemu
from host_tools.problems import Failure

_DEVICE = Path(__file__).with_name("device")
_JOB = """
import gc, json, os, sys

@micropython.asm_rv32
def retired():
    csrrs(a0, zero, 0xB02)  # minstret

sys.path.append("/rom")
os.chdir("/rom")
import work
from gate.crypto import machine

print("kernel", machine.active(), machine.notes())
with open("cases.txt") as file:
    for line in file:
        name, kind = line.split()
        with open(name) as text:
            case = json.load(text)
        step = work.KINDS[kind](case)
        case = None
        step()
        gc.collect()
        gc.disable()
        heap = gc.mem_alloc()
        start = retired()
        step()
        spent = (retired() - start) & 0x3FFFFFFF
        heap = gc.mem_alloc() - heap
        gc.enable()
        step = None
        print("\\ncase", name, spent, heap)
"""


@dataclass(frozen=True)
class Real:
    """What a piece of work took: instructions, and bytes of heap with the native kernel."""

    instructions: int
    heap: int


def measure(wanted: list[Case], say: Callable[[str], None]) -> dict[str, Real]:
    """By the cases' names; empty where there is no such interpreter, and without those that this
    one (MicroPython's qemu port, which lacks some modules) cannot run: these are only said.

    Each kind of work has a chip of its own, whose heap holds nothing of the others.
    """
    found: dict[str, Real] = {}
    if not rv32_qemu.missing():
        for kinds in (("verify", "hash"), ("decode",), ("decide",)):
            chosen = [case for case in wanted if case.body["kind"] in kinds]
            try:
                found |= _session(chosen) if chosen else {}
            except Failure as failure:
                say(f"left out: {failure}")
    return found


def _session(chosen: list[Case]) -> dict[str, Real]:
    files: dict[str, str | bytes] = {}
    for name in ("work.py", "chip.py"):
        files[name] = (_DEVICE / name).read_bytes()
    names = {f"{number}.json": case for number, case in enumerate(chosen)}
    files["cases.txt"] = "".join(f"{n} {case.body['kind']}\n" for n, case in names.items())
    files |= {name: json.dumps(case.body) for name, case in names.items()}
    for case in chosen:
        files |= case.files
    try:
        lines = rv32_qemu.run(_JOB, files)
    except rv32_qemu.QemuError as error:
        raise Failure(f"MicroPython for RV32: {error}") from None
    found = {}
    for line in lines:
        word, *rest = line.split() or [""]
        if word == "kernel" and rest != ["asm_rv32", "[]"]:
            raise Failure(f"MicroPython for RV32 passed the native kernel over: {' '.join(rest)}")
        if word == "case":
            found[names[rest[0]].name] = Real(int(rest[1]), int(rest[2]))
    if len(found) != len(names):
        raise Failure("MicroPython for RV32 stopped early: " + " ".join(lines[-6:])[-600:])
    return found
