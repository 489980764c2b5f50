"""Measures on a real board: mounts the built firmware over mpremote and times the same cases there.

Nobody has run this against a chip; what runs on the board is tested on the unix interpreter.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from host_tools.bench.cases import Case
from host_tools.boards import build
from host_tools.problems import Failure

_DEVICE = Path(__file__).with_name("device")
_TIMEOUT_S = 600
_ASK = "import sys; print(getattr(sys.implementation, '_mpy', 0))"
_RUN = "import board_bench; board_bench.main('.')"


def prepare(folder: Path, arch: str, wanted: Iterable[Case]) -> None:
    """Lay out what the board sees: firmware, script and cases."""
    build.build(arch, folder)
    for name in ("work.py", "board_bench.py"):
        (folder / name).write_bytes((_DEVICE / name).read_bytes())
    (folder / "cases").mkdir()
    for number, case in enumerate(wanted):
        if not case.files:  # a decision needs the whole terminal; what it verifies is here
            path = folder / "cases" / f"{number:02}.json"
            path.write_text(json.dumps({"name": case.name, **case.body}), encoding="utf-8")


def measure(port: str, wanted: list[Case], console: Console) -> None:
    """Run the cases on the board at a serial port and print milliseconds and cycles."""
    arch = architecture(int(_mpremote(port, "exec", _ASK).split()[-1]), port)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        prepare(tree, arch, wanted)
        console.print(f"{port}: {arch}; measuring, this takes a minute")
        lines = _mpremote(port, "mount", str(tree), "exec", _RUN)
    show([json.loads(line) for line in lines.splitlines() if line.startswith("{")], console)


def architecture(loads: int, who: str) -> str:
    """The architecture to build for, from `sys.implementation._mpy` of the board."""
    number = loads >> 10 & 15
    for arch, known in build.ARCHITECTURES.items():
        if known == number and arch != build.BYTECODE:
            why = build.refusal_of(loads, arch, who)
            if why:
                raise Failure(why)
            return arch
    raise Failure(f"{who}: loads no machine code that can be built here (_mpy is {loads:#x})")


def show(lines: list[dict[str, Any]], console: Console) -> None:
    """Print what the board said."""
    if not lines or "kernel" not in lines[0]:
        raise Failure("the board said nothing; is MicroPython 1.23 or newer on it?")
    head, *found = lines
    mhz = head["mhz"]
    where = f"{mhz} MHz" if mhz else "no chip"
    table = Table(title=f"kernel {head['kernel']}, {where}", title_justify="left")
    table.add_column("work")
    for column in ("ms", "million cycles"):
        table.add_column(column, justify="right")
    for line in found:
        if "error" in line:
            table.add_row(line["name"], line["error"], "")
        else:
            cycles = f"{line['us'] * mhz / 1e6:.2f}" if mhz else ""
            table.add_row(line["name"], f"{line['us'] / 1000:.1f}", cycles)
    console.print(table)
    for note in head["notes"]:
        console.print(f"passed over: {note}")


def _mpremote(port: str, *command: str) -> str:
    tool = Path(sys.executable).with_name("mpremote")
    try:
        done = subprocess.run(
            [tool, "connect", port, *command],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{port}: no answer in {_TIMEOUT_S} s; reset the board, then again") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no message"]
        raise Failure(f"{port}: mpremote: {said[-1]}")
    return done.stdout
