"""Kernels of other chips: their instructions in the very calls that a verification makes.

MicroPython on this computer runs the firmware; each call of a kernel's routine comes here, is done
by the emulated chip, counted, and answered. What the calls were is kept for the replay
(device/kernels.py), in which everything else is counted.
"""

from __future__ import annotations

import ast
import json
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from host_tools import interpreter as micropython
from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter
from host_tools.kernels import rv32_kernel, rv32_machine
from host_tools.kernels.unicorn_rv32 import Emulator
from host_tools.problems import Failure

Argument = int | bytes


class Backend(Protocol):
    """A native kernel. name: as its module's NAME. text: its module's source."""

    name: str
    text: str
    size: int  # bytes of a register
    instructions: int

    def call(self, name: str, arguments: list[Argument]) -> tuple[int | None, list[Argument]]:
        """Do a call: give its value, and the arguments as it leaves them."""


class Rv32:
    """The kernel for ESP32-C3 and C6, under Unicorn."""

    name = "asm_rv32"
    size = rv32_kernel.Kernel.SIZE

    def __init__(self) -> None:
        self.text = rv32_machine.module()
        self.instructions = 0
        self._kernel = rv32_kernel.Kernel()
        self._regs = bytearray(32 * self.size)

    def call(self, name: str, arguments: list[Argument]) -> tuple[int | None, list[Argument]]:
        """Do a call; `run`, `plan` and `invert` are wrappers of the module, the others code."""
        if name == "run":
            return None, self._run(arguments)
        if name == "plan":
            return None, self._packed("_plan", arguments)
        if name == "invert":
            value, after = self.call("ecdsa", [*arguments, 0, 0])
            return value, after[:2]
        routine = rv32_kernel.Routine(name)
        left = routine(*arguments)
        self.instructions += routine.emulator.instructions
        after = [a if isinstance(a, int) else new for a, new in zip(arguments, left, strict=True)]
        return int(getattr(routine, "result", 0)), after

    def _run(self, arguments: list[Argument]) -> list[Argument]:
        number, code, steps, regs, io, tab0, tab1 = arguments
        assert isinstance(number, int)
        assert isinstance(io, bytes)
        slots, before = bytearray(io), self._kernel.instructions
        self._kernel.run(number, code, steps, self._regs, slots, tab0, tab1)  # type: ignore[arg-type]
        self.instructions += self._kernel.instructions - before
        return [number, code, steps, regs, bytes(slots), tab0, tab1]

    def _packed(self, name: str, arguments: list[Argument]) -> list[Argument]:
        """Call code that takes one array with the arguments, pointers and numbers, in it."""
        machine = Emulator(rv32_kernel.functions()[name], aligned=True)
        places = [a if isinstance(a, int) else machine.place(a) for a in arguments]
        machine.call(machine.place(struct.pack(f"<{len(places)}i", *places)))
        self.instructions += machine.instructions
        return [
            a if isinstance(a, int) else machine.read(at, len(a))
            for a, at in zip(arguments, places, strict=True)
        ]


def exports(text: str) -> list[str]:
    """The routines of a kernel's module that the firmware may call."""
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in names if not name.startswith("_")]


def stub(text: str, emptied: Callable[[ast.FunctionDef], bool]) -> str:
    """The module with some functions emptied; they take their arguments and do nothing."""
    lines = text.splitlines()
    tree = ast.parse(text)
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and emptied(node):
            arguments = ", ".join(
                a.arg + ": " + (ast.unparse(a.annotation) if a.annotation else "ptr8")
                for a in node.args.args
            )
            start = min(d.lineno for d in node.decorator_list) - 1
            lines[start : node.end_lineno] = [
                "@micropython.viper",
                f"def {node.name}({arguments}) -> int:",
                "    return 1",
            ]
    return "\n".join(lines) + "\n"


def is_assembler(node: ast.FunctionDef) -> bool:
    """Whether a function is written in a chip's assembler."""
    return any("asm_" in ast.unparse(decorator) for decorator in node.decorator_list)


@dataclass
class Recording:
    """The calls of one iteration, after those of the first one in a process."""

    first: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    instructions: int = 0  # of the kernel in `again`

    def lines(self, names: list[str], size: int) -> str:
        """What device/kernels.py reads."""
        entries = [
            [c["name"], c["value"], c["changed"], c["sizes"]] for c in self.first + self.again
        ]
        head = [names, size, len(self.first)]
        return "".join(json.dumps(line) + "\n" for line in (head, *entries))


def record(
    backend: Backend, script: Path, tree: Path, case: Path, heap: str, interpreter: Interpreter
) -> Recording:
    """Run a case with its kernel on the emulated chip. Failure if it does not end well."""
    names = exports(backend.text)
    args = [str(script), str(tree), str(case), "ask", ",".join(names), str(backend.size)]
    recording = Recording()
    with subprocess.Popen(
        micropython.argv(args, heap=heap, interpreter=interpreter),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=case.parent,
        env=micropython.environment([case.parent]),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        calls = recording.first
        for line in process.stdout:
            said = json.loads(line)
            if said == "again":
                calls, backend.instructions = recording.again, 0
            elif isinstance(said, list):
                call = _answer(backend, *said)
                calls.append(call)
                process.stdin.write(json.dumps([call["value"], call["changed"]]) + "\n")
                process.stdin.flush()
        error = process.stderr.read()
    if process.returncode or not recording.again:
        raise Failure(f"{backend.name}: {case.parent.name}: {error.strip()[-600:]}")
    recording.instructions = backend.instructions
    return recording


def _answer(backend: Backend, name: str, said: list[int | str]) -> dict[str, Any]:
    arguments: list[Argument] = [a if isinstance(a, int) else bytes.fromhex(a) for a in said]
    value, after = backend.call(name, arguments)
    changed = [
        [i, new.hex()]
        for i, (old, new) in enumerate(zip(arguments, after, strict=True))
        if isinstance(new, bytes) and new != old
    ]
    sizes = [a if isinstance(a, int) else -len(a) for a in arguments]
    return {"name": name, "value": value, "changed": changed, "sizes": sizes}


KERNEL_VIPER = FIRMWARE / "gate" / "crypto" / "kernel_viper.py"
