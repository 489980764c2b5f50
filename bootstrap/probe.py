"""Finds out what a MicroPython interpreter can do by running a small program on it.

Also used while the project runs, for the interpreter that MICROPYTHON= names.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

OLDEST = (1, 24, 0)
_TIMEOUT_S = 20

# What the firmware and its tests need of the unix port: native code, deflate, LittleFS on a block
# device written in Python, asyncio, terminals. One JSON line at the end.
PROGRAM = """
import asyncio, deflate, hashlib, io, json, os, select, socket, struct, sys, termios, vfs

@micropython.viper
def double(n: int) -> int:
    return n + n

class Disk:
    def __init__(self):
        self.data = bytearray(32 * 512)
    def readblocks(self, block, buffer, offset=0):
        start = block * 512 + offset
        buffer[:] = self.data[start:start + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        start = block * 512 + offset
        self.data[start:start + len(buffer)] = buffer
    def ioctl(self, op, arg):
        return {4: 32, 5: 512}.get(op, 0)

disk = Disk()
vfs.VfsLfs2.mkfs(disk)
vfs.mount(vfs.VfsLfs2(disk), "/probe")
with open("/probe/file", "w") as file:
    file.write("kept")
kept = open("/probe/file").read()
vfs.umount("/probe")

zlib = bytes.fromhex("789c4b040000620062")
inflated = deflate.DeflateIO(io.BytesIO(zlib), deflate.ZLIB).read()

async def soon():
    await asyncio.sleep_ms(1)
    return 3

print(json.dumps({
    "version": sys.implementation[1][:3],
    "word_bits": 32 if sys.maxsize == 0x7fffffff else 64,
    "works": [double(21), kept, inflated.decode(), asyncio.run(soon())],
}))
"""
_EXPECTED = [42, "kept", "a", 3]


class ProbeError(Exception):
    """The program named is not an interpreter that this project can use; the message says why."""


@dataclass(frozen=True)
class Found:
    """An interpreter that passed the probe."""

    version: tuple[int, int, int]
    word_bits: int


def probe(command: Sequence[str]) -> Found:
    """Run the program above and judge its answer."""
    name = command[0]
    try:
        outcome = subprocess.run(
            [*command, "-c", PROGRAM],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
            env={"PATH": "/usr/bin:/bin", "MICROPYPATH": ".frozen"},
        )
    except subprocess.TimeoutExpired:
        raise ProbeError(f"{name} gave no answer in {_TIMEOUT_S} s") from None
    except OSError as error:
        raise ProbeError(f"{name} cannot be run here: {error.strerror}") from None
    try:
        answer = json.loads(outcome.stdout.strip().splitlines()[-1])
        version, word_bits, works = answer["version"], answer["word_bits"], answer["works"]
        major, minor, patch = (int(number) for number in version)
    except (IndexError, KeyError, TypeError, ValueError):
        said = (outcome.stderr or outcome.stdout).strip().splitlines()
        last = said[-1] if said else f"exit status {outcome.returncode}, no output"
        raise ProbeError(f"{name} lacks something that is needed: {last}") from None
    if (major, minor, patch) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ProbeError(f"{name} is MicroPython {major}.{minor}.{patch}, {oldest} is needed")
    if works != _EXPECTED:
        raise ProbeError(f"{name} computes wrong results: {works}, expected {_EXPECTED}")
    return Found((major, minor, patch), int(word_bits))
