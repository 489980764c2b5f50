"""The field machine in Python integers: what every kernel must agree with.

Registers hold elements modulo p; docs/crypto.md has the contract.
"""

from __future__ import annotations

from .curves import ED25519, P256, SM2, R

PRIMES = {0: P256.p, 1: SM2.p, 2: ED25519.p}


class Machine:
    """A register file and the rules of the contract."""

    def __init__(self, field: int, io: bytearray) -> None:
        self.field = field
        self.p = PRIMES[field]
        self.factor = 1 if field == 2 else R % self.p
        self.unfactor = pow(self.factor, -1, self.p)
        self.regs = [0] * 32
        self.io = io

    def unpack(self, raw: bytes | bytearray) -> int:
        """Give the element of a packed form."""
        return int.from_bytes(raw, "little") * self.unfactor % self.p

    def pack(self, value: int) -> bytes:
        """Give the canonical packed form of an element."""
        return (value * self.factor % self.p).to_bytes(32, "little")

    def run(self, code: bytes, steps: bytes, tab0: bytes = b"", tab1: bytes = b"") -> None:
        """Run steps up to the end mark."""
        at = 0
        while steps[at] != 255:
            choice, index = steps[at], steps[at + 1]
            at += 2
            if choice & 48:
                table = tab0 if choice & 16 else tab1
                width = code[1] if choice & 64 else code[0]
                for k in range(width):
                    start = 32 * (width * index + k)
                    self.regs[k] = self.unpack(table[start : start + 32])
            program = 4 + 2 * (choice & 15)
            self.program(code, 4 * int.from_bytes(code[program : program + 2], "little"), index)

    def program(self, code: bytes, pc: int, index: int) -> None:
        """Run one program."""
        r = self.regs
        while code[pc]:
            op, d, a, b = code[pc : pc + 4]
            pc += 4
            if op == 1:
                r[d] = r[a] * r[b] % self.p
            elif op == 2:
                r[d] = pow(r[a], 1 << b, self.p)
            elif op == 3:
                r[d] = (r[a] + r[b]) % self.p
            elif op == 4:
                r[d] = (r[a] - r[b]) % self.p
            elif op == 5:
                slot = 32 * (a + b * index)
                r[d] = self.unpack(self.io[slot : slot + 32])
            elif op == 6:
                slot = 32 * (d + b * index)
                self.io[slot : slot + 32] = self.pack(r[a])
            else:
                raise ValueError(f"no operation {op}")
