"""Why the revocation parts are laid out as they are: other layouts, for the same false matches.

    python -m host_tools.revocation.alternatives [ENTRIES]

Sizes are measured by writing the layout, where it says so, and else calculated by the formulas that
the papers give. Instructions are those of decoding one block on the unix interpreter; hashing,
reading and checking the block cost the same in each.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2
from pathlib import Path

from rich.console import Console
from rich.table import Table

from host_tools import interpreter
from host_tools.bench import callgrind
from host_tools.revocation import part

ENTRIES = 300_000
BITS = 24  # one in 2^24 is taken for another
RICE_BLOCK = 64  # entries: half of them are decoded in the mean, and their sum fits 31 bits
_OVERHEAD = 3 + 4  # bytes of a block's place in the index and of its check sum
_RICE = Path(__file__).with_name("device") / "rice.py"
_BUCKET = """
import gc, sys
from gate.trust.revocation import _bucket
with open(sys.argv[1], "rb") as file:
    block = file.read()
bits, count = int(sys.argv[2]), int(sys.argv[3])
gc.disable()
for _ in range(1 + int(sys.argv[4])):
    _bucket(block, bits, count, 128)
"""


@dataclass(frozen=True)
class Layout:
    """One way to do it."""

    name: str
    size: int
    how: str  # whether its size was measured
    reads: str
    instructions: int | None = None
    remark: str = ""


def layouts(entries: int, folder: Path) -> list[Layout]:
    """The layouts, largest first."""
    hashes = [hashlib.sha256(b"%d" % n).digest()[:16] for n in range(entries)]
    known = BITS + log2(entries)  # bits of a hash that must be compared
    fixed = ceil(known / 8)
    return [
        Layout("whole hashes, sorted", 16 * entries, "exact", f"{ceil(log2(entries))}"),
        Layout(
            f"Bloom filter, {BITS} hashes", ceil(entries * BITS * 1.4427 / 8), "calculated",
            f"{BITS}", remark="no part of it can be checked alone",
        ),
        Layout(
            f"sorted, cut to {fixed} bytes", fixed * entries, "exact", f"{ceil(log2(entries))}"
        ),
        Layout(
            "binary fuse filter, 3-wise", ceil(entries * BITS * 1.125 / 8), "calculated", "3",
            remark="no part of it can be checked alone",
        ),
        _taken(hashes, folder),
        _rice(hashes, folder),
        Layout(
            "ribbon filter", ceil(entries * BITS * 1.02 / 8), "calculated", "2",
            remark="no part of it can be checked alone; solves equations to build",
        ),
    ]  # fmt: skip


def _taken(hashes: Sequence[bytes], folder: Path) -> Layout:
    data = part.base_part(hashes, bytes(16))
    one = part.read_part(data).sets[0]
    block = one.blocks[0]
    count = (8 * len(block) - 256) // (8 * one.width + 1)
    (folder / "bucket.py").write_text(_BUCKET)
    (folder / "block").write_bytes(block)
    args = [str(folder / "bucket.py"), str(folder / "block"), str((256 + count + 7) // 8)]
    instructions = _counter().each([*args, str(count)], folder, "1M", 16)
    return Layout("buckets (the one taken)", len(data), "measured", "2", instructions)


def _rice(hashes: Sequence[bytes], folder: Path) -> Layout:
    """Gaps between sorted numbers below ENTRIES x 2^24, their high part unary."""
    space = len(hashes) << BITS
    numbers = sorted({int.from_bytes(h[:16], "big") * space >> 128 for h in hashes})
    size = 0
    middle = 0
    for start in range(0, len(numbers), RICE_BLOCK):
        group = numbers[start : start + RICE_BLOCK]
        base = start and numbers[start - 1]
        block = _coded([b - a for a, b in zip([base, *group], group, strict=False)])
        size += len(block) + _OVERHEAD
        if not start:
            (folder / "rice").write_bytes(block + bytes(4))
            middle = group[len(group) // 2]
    args = [str(_RICE), str(folder / "rice"), str(middle)]
    instructions = _counter().each(args, folder, "1M", 16)
    return Layout("Golomb-Rice coded gaps", size, "measured", "2 or more", instructions,
                  "a search in the index; numbers of 42 bits")  # fmt: skip


def _coded(gaps: Sequence[int]) -> bytes:
    bits = "".join("1" * (gap >> BITS) + f"0{gap & (1 << BITS) - 1:0{BITS}b}" for gap in gaps)
    size = (len(bits) + 7) // 8
    return int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big")


def _counter() -> callgrind.Counter:
    return callgrind.counter(interpreter.find().word_bits)


def main() -> None:
    """Print the table."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    title = f"{entries:,} entries, one false match in 2^{BITS}"
    table = Table(title=title, title_justify="left")
    for column in ("layout", "bytes", "bits an entry", "size", "reads", "decoding", "remark"):
        table.add_column(
            column, justify="right" if column in ("bytes", "bits an entry") else "left"
        )
    with tempfile.TemporaryDirectory() as folder:
        for one in layouts(entries, Path(folder)):
            count = "" if one.instructions is None else f"{one.instructions:,}"
            bits = f"{8 * one.size / entries:.2f}"
            table.add_row(one.name, f"{one.size:,}", bits, one.how, one.reads, count, one.remark)
    Console(width=140, highlight=False).print(table)


if __name__ == "__main__":
    main()
