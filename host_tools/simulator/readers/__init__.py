"""Simulated readers, a class a kind: they speak the bytes of real ones, with their faults."""

from __future__ import annotations

from host_tools.simulator.readers.de2120 import De2120Reader
from host_tools.simulator.readers.gm65 import Gm65Reader
from host_tools.simulator.readers.line import Faults, Gate, LineReader
from host_tools.simulator.readers.m5 import M5AtomicReader, M5UnitReader
from host_tools.simulator.readers.plain import Ending, PlainReader

__all__ = [
    "De2120Reader",
    "Ending",
    "Faults",
    "Gm65Reader",
    "LineReader",
    "M5AtomicReader",
    "M5UnitReader",
    "PlainReader",
    "reader_of",
]

_COMMANDED = {
    "gm65": Gm65Reader,
    "de2120": De2120Reader,
    "m5-unit": M5UnitReader,
    "m5-atomic": M5AtomicReader,
}


def reader_of(
    kind: str, gate: Gate, uart: int, baud: int, ending: Ending = Ending.CR
) -> LineReader:
    """The reader of a board's profile. Those that are set up come as from the factory."""
    if kind == "plain":
        return PlainReader(gate, uart, baud, ending)
    return _COMMANDED[kind](gate, uart)
