"""What the audit log costs the flash, counted on a real LittleFS over a simulated chip.

`.venv/bin/python -m tests.faults.wear` prints the table of docs/audit.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter

from .running import run

_MAIN = Path(__file__).with_name("audit_wear_main.py")
_BLOCKS = 512  # of 4 KiB: the 2 MiB that a 4 MiB ESP32 has for files
_CYCLES = 100_000  # erasures that a block of NOR flash stands, by its data sheet
_FREE = 128  # blocks that LittleFS finds free, and spreads its writes over


def measure(interpreter: Interpreter, blocks: int, persons: int, pause: int) -> Any:
    """Counts of so many persons; pause: records between two quiet moments, 0 for none."""
    [counts] = run(_MAIN, list(map(str, (blocks, persons, pause))), interpreter, heap="16M")
    return counts


def _report(counts: Any, persons: int) -> list[str]:
    records = counts["records"]
    a_day = 10_000 * counts["erases"] / persons
    years = _FREE * _CYCLES / a_day / 365
    return [
        f"{counts['erases'] / records:.2f}",
        f"{100 * counts['erasing'] / records:.0f} %",
        f"{counts['programmed'] / records:.0f}",
        f"{counts['read'] / records / 1024:.0f} KiB",
        f"{counts['most_operations']}",
        f"{a_day:.0f}",
        f"{years:.0f} years",
    ]


def main() -> None:
    persons = 3000
    rows = [
        "blocks erased a record", "records that wait for an erasure", "bytes programmed a record",
        "bytes read a record", "operations of the slowest record",
        "blocks erased a day, 10,000 persons (calculated)",
        f"until {_FREE} blocks have had {_CYCLES:,} erasures each (calculated)",
    ]  # fmt: skip
    found = [
        _report(measure(micropython.find(), _BLOCKS, persons, pause), persons) for pause in (6, 0)
    ]
    print("| | with quiet moments | without any |\n|---|---|---|")
    for place, row in enumerate(rows):
        print(f"| {row} | {found[0][place]} | {found[1][place]} |")


if __name__ == "__main__":
    main()
