"""Runs Xtensa machine code of an .mpy file and counts its instructions.

The instructions are those of xtensa_decode and no others. A function is called as MicroPython calls
one of @micropython.asm_xtensa with windowed registers: by call8, so with arguments in a2..a5, the
return address in a0 and the stack pointer in a1, and the result in a2. Buffers are copied into the
emulated memory and back.

For speed each piece of code that runs from one address on is translated once into a Python
function; short jumps forward become `if`. The counts are those of the single instructions.

Checked are: alignment and bounds of every access (code is not readable, as in a chip's executable
RAM), the frame of `entry`, the moves of the stack pointer, everything on the stack that belongs to
the caller or to the register windows' save areas, and a0 at retw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .xtensa_decode import Decoded, decode

CODE = 0x4009_0000
DATA = 0x3FFB_0000
STACK_SIZE = 0x1000
RETURN = 0x8001_2345  # the caller: the top bits say call8
ALIGNMENT = 16
MASK = 0xFFFF_FFFF
SAVE_AREA = 32  # bytes at the top of a frame that belong to the register windows
BELOW = 16  # and below the stack pointer: the caller's a0..a3
_ENDS = ("j", "jx", "ret.n", "retw.n", "call0", "callx0")
_LONGEST = 3000  # instructions of one translation

Block = Callable[[list[int]], int]


class EmulationError(Exception):
    """The code ran into a fault or broke the calling convention; says which and where."""


class Emulator:
    """One piece of machine code in a fresh machine."""

    def __init__(self, code: bytes, memory: int = 0x8000) -> None:
        self.code = code
        self.instructions = 0
        self.taken = 0  # of them jumps and branches that were taken
        self.deepest = 0  # bytes of stack that were ever used
        self._size = memory + STACK_SIZE
        self._memory = bytearray(self._size)
        self._free = DATA
        view = memoryview(self._memory)
        self._names: dict[str, Any] = {
            "M": MASK,
            "S": 1 << 31,
            "LOW": DATA,
            "HIGH": DATA + self._size,
        }
        self._names |= {"W": view.cast("I"), "H": view.cast("H"), "B": view, "fault": self._fault}
        self._blocks: dict[int, Block] = {}

    def _fault(self, address: int, size: int) -> None:
        why = "misaligned" if address % size else "outside the memory"
        raise EmulationError(f"access of {size} bytes at {address:#x}: {why}")

    def clear(self) -> None:
        """Take back all that was placed."""
        self._free = DATA

    def place(self, data: bytes, misalign: int = 0) -> int:
        """Copy bytes into memory and give their address, a multiple of 16 plus `misalign`."""
        address = ((self._free + ALIGNMENT - 1) & -ALIGNMENT) + misalign
        if address + len(data) > DATA + self._size - STACK_SIZE:
            raise EmulationError("the emulated memory is full")
        self.write(address, data)
        self._free = address + len(data)
        return address

    def read(self, address: int, size: int) -> bytes:
        """Give bytes of the memory."""
        return bytes(self._memory[address - DATA : address - DATA + size])

    def write(self, address: int, data: bytes) -> None:
        """Change bytes of the memory."""
        self._memory[address - DATA : address - DATA + len(data)] = data

    def call(self, *arguments: int) -> int:
        """Call the code; `instructions` then says how many it took."""
        bottom = DATA + self._size - STACK_SIZE
        top = DATA + self._size - 64
        self.write(bottom, b"\xa5" * STACK_SIZE)
        first = decode(self.code, 0)
        if first.name != "entry":
            raise EmulationError("the code does not begin with entry")
        frame = int.from_bytes(self.code[1:3], "little") >> 4 << 3
        registers = [RETURN, top, *(argument & MASK for argument in arguments)]
        registers += [0xDEAD_0000 + i for i in range(len(registers), 16)]
        state = [*registers, 0, 0, 0, 0]  # and SAR, where to go, instructions, jumps taken
        pc = 0
        try:
            while pc >= 0:
                block = self._blocks.get(pc) or self._translate(pc)
                pc = block(state)
        except EmulationError as error:
            raise EmulationError(f"{error}, in the code from byte {pc:#x} on") from None
        self.instructions, self.taken = state[18], state[19]
        if state[0] != RETURN:
            raise EmulationError("retw does not find the return address in a0")
        self._check_stack(state[1], top, frame)
        return state[2]

    def _check_stack(self, sp: int, top: int, frame: int) -> None:
        bottom = DATA + self._size - STACK_SIZE
        if sp % 16 or not bottom <= sp - BELOW <= top - frame:
            raise EmulationError(f"the stack pointer is {top - sp:#x} below the caller's")
        for start, size in ((bottom, sp - bottom), (top - SAVE_AREA, SAVE_AREA + 64)):
            if self.read(start, size) != b"\xa5" * size:
                raise EmulationError("what is not the function's own on the stack was overwritten")
        self.deepest = max(self.deepest, top - sp)

    def _translate(self, pc: int) -> Block:
        source = _Translation(self.code, pc).source()
        names = dict(self._names)
        exec(compile(source, f"<xtensa code at {pc:#x}>", "exec"), names)  # noqa: S102
        block: Block = names["block"]
        self._blocks[pc] = block
        return block


_REGISTERS = ", ".join(f"a{i}" for i in range(16)) + ", sar"


class _Translation:
    """Python source for the code from one address on, to its end or to a jump out of it."""

    def __init__(self, code: bytes, start: int) -> None:
        self.code = code
        self.lines = ["def block(state):", f"    {_REGISTERS}, to, n, k = state"]
        self.items: list[tuple[int, Decoded]] = []
        at = start
        while len(self.items) < _LONGEST and at < len(code):
            item = decode(code, at, CODE)
            self.items.append((at, item))
            at += item.size
            if item.name in _ENDS:
                break
        self.places = {at: i for i, (at, _) in enumerate(self.items)}
        self.end = at

    def source(self) -> str:
        """The function: it takes and leaves the state, and gives where to go on."""
        self._part(0, len(self.items), 1, self.end)
        return "\n".join(self.lines) + "\n"

    def _leave(self, indent: str, to: int | str, count: int, taken: int) -> None:
        add = f"{indent}n += {count}; k += {taken}"
        leave = f"{indent}state[:] = {_REGISTERS}, 0, n, k"
        self.lines += [add, leave, f"{indent}return {to}"]

    def _part(self, first: int, last: int, depth: int, after: int | None) -> None:
        """Items first to last - 1; `after`: where to go behind them, None: to the next line."""
        indent = "    " * depth
        count = taken = 0
        i = first
        while i < last:
            at, item = self.items[i]
            count += 1
            i += 1
            self.lines += [indent + line for line in item.does]
            if item.condition:
                inside = self.places.get(item.target, 0)
                if i <= inside <= last and self._closed(i, inside):
                    # taken unless the body runs
                    self.lines.append(f"{indent}if not ({item.condition}):")
                    self.lines.append(f"{indent}    k -= 1")
                    self._part(i, inside, depth + 1, None)
                    taken += 1
                    i = inside
                else:
                    self.lines.append(f"{indent}if {item.condition}:")
                    self._leave(indent + "    ", item.target, count, taken + 1)
            elif item.name in _ENDS:
                to = "-1" if item.name == "retw.n" else item.target if item.target >= 0 else ""
                if item.name == "callx0":
                    self.lines.append(f"{indent}a0 = {CODE + at + 3}")
                self._leave(indent, to if to != "" else f"to - {CODE}", count, taken + 1)
                return
        if after is None:
            self.lines.append(f"{indent}n += {count}; k += {taken}")
        else:
            self._leave(indent, after, count, taken)

    def _closed(self, first: int, last: int) -> bool:
        """Whether nothing between jumps to elsewhere: then it can stand under an `if`."""
        end = self.items[last][0] if last < len(self.items) else self.end
        return all(
            item.name not in _ENDS and (not item.condition or at < item.target <= end)
            for at, item in self.items[first:last]
        )
