"""What the cryptography keeps in RAM, and what one verification takes from the heap.

Measured on the 32-bit interpreter with the firmware compiled for it, as a board has it. Machine
code is not in these numbers: it lies in executable memory, and `gatectl board build` prints it.

    python -m host_tools.kernels.footprint
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.bench.cases import verifications
from host_tools.boards.build import build

# Runs on MicroPython: argv is the tree and a file with one verification.
SCRIPT = """
import gc, json, sys
from array import array
from binascii import unhexlify
sys.path.insert(0, sys.argv[1])
with open(sys.argv[2]) as file:
    case = json.load(file)
key, message, signature, table = (
    unhexlify(case[name]) for name in ("key", "message", "signature", "table"))
alg = case["alg"]
del case
gc.collect()
empty = gc.mem_alloc()
from gate.crypto import verify
if not verify(alg, key, message, signature, table or None):
    raise ValueError("not verified")
gc.collect()
gc.disable()
kept = gc.mem_alloc() - empty
verify(alg, key, message, signature, table or None)
before = gc.mem_alloc()
verify(alg, key, message, signature, table or None)
taken = gc.mem_alloc() - before
buffers, seen = {}, []
names = ["gate.crypto.machine", "gate.crypto.weierstrass"]  # others have their buffers too
names += [name for name in sys.modules if name.startswith("gate.crypto.") and name not in names]
for name in names:
    if name not in sys.modules:
        continue
    for variable in dir(sys.modules[name]):
        value = getattr(sys.modules[name], variable)
        if isinstance(value, (bytearray, array)) and value and not any(x is value for x in seen):
            seen.append(value)
            size = len(value) * (4 if isinstance(value, array) else 1)
            buffers["%s.%s" % (name[12:], variable)] = size
print(json.dumps([kept, taken, buffers]))
"""


@dataclass(frozen=True)
class Footprint:
    """Bytes: kept from the first use on, taken by a later verification, and the named buffers."""

    kept: int
    taken: int
    buffers: dict[str, int]


def measure() -> dict[str, Footprint]:
    """Every algorithm in a fresh interpreter of its own."""
    found = {}
    interpreter = micropython.find(32)
    with tempfile.TemporaryDirectory() as folder:
        tree, path, script = (Path(folder) / name for name in ("tree", "case.json", "script.py"))
        build("x86", tree)
        for case in verifications():
            path.write_text(json.dumps(case.body))
            script.write_text(SCRIPT)
            done = micropython.run([str(script), str(tree), str(path)], interpreter=interpreter)
            if done.returncode:
                raise RuntimeError(f"{case.name}: {done.stderr.strip()[-500:]}")
            found[case.name] = Footprint(*json.loads(done.stdout))
    return found


def main() -> None:
    """Print it."""
    found = measure()
    print(f"{'bytes of heap':24}{'kept once loaded':>18}{'a verification':>16}")
    for name, footprint in found.items():
        print(f"{name:24}{footprint.kept:18,}{footprint.taken:16,}")
    print("\nof which buffers")
    buffers: dict[str, int] = {}
    for footprint in found.values():
        for name, size in footprint.buffers.items():
            buffers[name] = max(size, buffers.get(name, 0))
    for name, size in sorted(buffers.items(), key=lambda item: -item[1]):
        print(f"{name:24}{size:18,}")


if __name__ == "__main__":
    main()
