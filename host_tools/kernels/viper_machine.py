"""Writes the portable field machine, `firmware/gate/crypto/kernel_viper.py`.

The contract is in docs/crypto.md. A field element is 20 limbs of 13 bits in
32-bit words, so that a column of a product (20 products of 13 by 13 bits)
stays below 2^31: the same code is right with 32-bit and 64-bit viper words.
Products and squares are unrolled here, because a loop in viper costs more
than the multiplication in it. Every shape below follows from two facts about
viper: only the first three locals live in machine registers, and an expression
with one pending operand needs no spill.

    python -m host_tools.kernels.viper_machine > firmware/gate/crypto/kernel_viper.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LIMBS = 20
BITS = 13
MASK = (1 << BITS) - 1
FOLDED = (0, 4, 7, 14, 17, 19)  # limbs where 2^256 - p has a part, for any of the fields

# p = 2^256 + sum(sign * 2^power) - 1 for the two Montgomery primes (FIPS 186-5
# curve P-256; GB/T 32918.5 SM2). Both are -1 modulo 2^13, hence n0' = 1.
SPARSE = {
    "P256": ((96, 1), (192, 1), (224, -1)),
    "SM2": ((64, 1), (96, -1), (224, -1)),
}

TEMPLATE = '''"""Field machine in portable viper: made by host_tools.kernels.viper_machine.

Do not edit: change the generator. The contract is in docs/crypto.md.
"""

from array import array

NAME = "viper"
FIELDS = (0, 1, 2)  # P-256, SM2, 2^255 - 19
SIZE = 80  # bytes of a register: 20 limbs of 13 bits in 32-bit words

_scratch = array("I", bytes(4 * 100))  # 40 columns, 20 zeros, two elements


def run(field, code, steps, regs, io, tab0, tab1) -> None:
    """Run the steps on the register file; see docs/crypto.md."""
    _run(0, regs, _scratch, field, code, steps, regs, io, tab0, tab1)


@micropython.viper
def _run(
    acc: int,
    pa: ptr32,
    pt: ptr32,
    field: int,
    code: ptr8,
    steps: ptr8,
    regs: ptr32,
    io: ptr8,
    tab0: ptr8,
    tab1: ptr8,
):
    scratch = ptr32(uint(pt))
    while steps[0] != 255:
        choice = steps[0]
        index = steps[1]
        steps = ptr8(uint(steps) + 2)
        waiting = 0  # elements of the table entry yet to be loaded
        table = tab0
        if choice & 48:
            waiting = int(code[(choice >> 6) & 1])
            if choice & 32:
                table = tab1
            table = ptr8(uint(table) + 32 * waiting * index)
        pd = regs
        i = 4 + 2 * (choice & 15)
        pc = ptr8(uint(code) + 4 * (code[i] | (code[i + 1] << 8)))
        while True:
            if waiting:
                op = 5
                src = table
            else:
                op = int(pc[0])
                if op == 0:
                    break
                pd = ptr32(uint(regs) + 80 * pc[1])
                pa = ptr32(uint(regs) + 80 * pc[2])
                src = ptr8(uint(io) + 32 * (pc[2] + pc[3] * index))
            if op <= 2:
                n = 1
                if op == 2:
                    n = int(pc[3])
                pb = ptr32(uint(regs) + 80 * pc[3])
                while n:
                    if op == 1:
                        @product@
                    else:
                        @square@
                    if field == 0:
                        @p256@
                    elif field == 1:
                        @sm2@
                    else:
                        @ed25519@
                    pa = pd
                    n -= 1
            elif op == 5:
                @unpack@
            else:
                again = 0
                if op == 6:  # OUT: first pass to below 2p, second pass to find out if below p
                    src = ptr8(uint(io) + 32 * (pc[1] + pc[3] * index))
                    pt = ptr32(uint(scratch) + 160)
                    pd = ptr32(uint(scratch) + 240)
                    again = 1
                    g = int(pa[19]) >> 8
                    if field != 2:
                        g = 0 - (pa[0] & 15)
                else:
                    pt = ptr32(uint(regs) + 80 * pc[3])
                    n = 9
                    if field == 2:
                        n = 8
                    if op == 3:
                        g = (pa[19] + pt[19]) >> n
                    else:
                        g = ((pa[19] - pt[19]) >> n) - 1
                while True:
                    @fold@
                    if op == 4:
                        @subtract@
                        break
                    if again == 2:
                        f19 = 0
                    @add@
                    if again != 1:
                        break
                    again = 2
                    pa = pd
                    pd = ptr32(uint(scratch) + 320)
                    g = 16
                    if field == 2:
                        g = 1
                if again:
                    @pack@
                pt = scratch
            if waiting:
                waiting -= 1
                table = ptr8(uint(table) + 32)
                pd = ptr32(uint(pd) + 80)
            else:
                pc = ptr8(uint(pc) + 4)
'''


class Writer:
    """Collects lines, indented by block."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def put(self, *lines: str) -> None:
        """Add lines at the current depth."""
        self.lines += ["    " * self.depth + line for line in lines]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a head line; what is put inside the `with` goes one step deeper."""
        self.put(head)
        self.depth += 1
        yield
        self.depth -= 1


def product(w: Writer) -> None:
    """Columns of pa * pb into pt[0:39]; pb's limbs pass through locals."""
    for j in range(LIMBS):
        w.put(f"l{j} = pb[{j}]")
    for k in range(2 * LIMBS - 1):
        terms = [(i, k - i) for i in range(LIMBS) if 0 <= k - i < LIMBS]
        for n, (i, j) in enumerate(terms):
            w.put(f"acc = pa[{i}] * l{j}" + (" + acc" if n else ""))
        w.put(f"pt[{k}] = acc")


def square(w: Writer) -> None:
    """Columns of pa * pa into pt[0:39]."""
    for j in range(1, LIMBS):
        w.put(f"l{j} = pa[{j}]")
    for k in range(2 * LIMBS - 1):
        pairs = [(i, k - i) for i in range(LIMBS) if i < k - i < LIMBS]
        for n, (i, j) in enumerate(pairs):
            w.put(f"acc = pa[{i}] * l{j}" + (" + acc" if n else ""))
        if pairs:
            w.put("acc = acc + acc")
        if k % 2 == 0:
            w.put(f"acc = pa[{k // 2}] * pa[{k // 2}]" + (" + acc" if pairs else ""))
        w.put(f"pt[{k}] = acc")


def montgomery(w: Writer, powers: tuple[tuple[int, int], ...]) -> None:
    """Columns pt[0:39] divided by 2^260 modulo p, into pd.

    Step k makes limb k zero by adding q * p, q being the limb itself (n0' = 1);
    what q adds to later limbs is collected when those limbs are reached.
    """
    places = [(power // BITS, power % BITS, sign) for power, sign in (*powers, (256, 1))]
    for k in range(2 * LIMBS):
        if k == 0:
            w.put("acc = pt[0]")
        elif k < 2 * LIMBS - 1:
            w.put(f"acc = (acc >> 13) + pt[{k}]")
        else:
            w.put("acc = acc >> 13")
        for limb, shift, sign in places:
            if 0 <= k - limb < LIMBS:
                if sign > 0:
                    w.put(f"acc = (l{k - limb} << {shift}) + acc")
                else:
                    w.put(f"acc = acc - (l{k - limb} << {shift})")
        if k < LIMBS:
            w.put(f"l{k} = acc & {MASK}")
        elif k < 2 * LIMBS - 1:
            w.put(f"pd[{k - LIMBS}] = acc & {MASK}")
        else:
            w.put(f"pd[{k - LIMBS}] = acc")


def pseudo_mersenne(w: Writer) -> None:
    """Columns pt[0:39] modulo 2^255 - 19, into pd: 2^260 is 608, 2^255 is 19."""
    w.put("acc = 0")
    for k in range(LIMBS):
        last = k == LIMBS - 1
        w.put("acc = acc >> 13" if last else f"acc = (acc >> 13) + pt[{k + LIMBS}]")
        w.put(f"l{k} = acc & {MASK}")
    w.put("acc = 0")
    for k in range(LIMBS):
        w.put(f"acc = (acc >> 13) + pt[{k}]", f"acc = l{k} * 608 + acc")
        if k < LIMBS - 1:
            w.put(f"pd[{k}] = acc & {MASK}")
    w.put("pd[19] = acc & 255", "acc = (acc >> 8) * 19", "pb = pd")
    with w.block("while acc:"):
        w.put(
            "acc += pb[0]", f"pb[0] = acc & {MASK}", "acc = acc >> 13", "pb = ptr32(uint(pb) + 4)"
        )


def fold(w: Writer) -> None:
    """Set f0..f19 so that adding them to the limbs subtracts g * p."""
    with w.block("if field == 2:"):
        w.put("f0 = g * 19", "f4 = 0", "f7 = 0", "f14 = 0", "f17 = 0", "f19 = 0 - (g << 8)")
    with w.block("else:"):
        w.put("f0 = g", "f17 = g << 3", "f19 = 0 - (g << 9)")
        with w.block("if field == 0:"):
            w.put("f4 = 0", "f7 = 0 - (g << 5)", "f14 = 0 - (g << 10)")
        with w.block("else:"):
            w.put("f4 = 0 - (g << 12)", "f7 = g << 5", "f14 = 0")


def chain(w: Writer, sign: str) -> None:
    """pd = pa (sign) pt + f, limb by limb with carries; acc keeps the top limb."""
    for k in range(LIMBS):
        carry = "(acc >> 13) + " if k else ""
        w.put(f"acc = {carry}pa[{k}] {sign} pt[{k}]")
        if k in FOLDED:
            w.put(f"acc = f{k} + acc")
        w.put(f"pd[{k}] = acc & {MASK}" if k < LIMBS - 1 else f"pd[{k}] = acc")


def _bits(start: int, k: int) -> str:
    """Limb k of the 32 little-endian bytes at src, read from bit `start` on."""
    low = start + BITS * k
    first = max(low, 0) // 8
    last = (low + min(BITS, 256 - low) - 1) // 8
    parts = [
        f"(src[{i}] << {8 * (i - first)})" if i > first else f"src[{i}]"
        for i in range(first, last + 1)
    ]
    value = " | ".join(parts)
    value = f"({value}) << {-low}" if low < 0 else f"({value}) >> {low - 8 * first}"
    return f"({value}) & {MASK}"


def unpack(w: Writer) -> None:
    """pd = the packed element at src: in field 2 as it is; else times 16, below 2^257."""
    with w.block("if field == 2:"):
        for k in range(LIMBS):
            w.put(f"pd[{k}] = {_bits(0, k)}")
    with w.block("else:"):
        w.put("g = src[31] >> 4")
        fold(w)
        for k in range(LIMBS):
            w.put(f"acc = (acc >> 13) + ({_bits(-4, k)})" if k else f"acc = {_bits(-4, k)}")
            if k in FOLDED:
                w.put(f"acc = f{k} + acc")
            w.put(f"pd[{k}] = acc & {MASK}" if k < LIMBS - 1 else f"pd[{k}] = acc")


def pack(w: Writer) -> None:
    """32 little-endian bytes at src, of pd if it is below p and of pa if not.

    pd holds the value plus 2^k - p, times 16 but for field 2: it has not reached
    2^k exactly when the value was below p. acc is its highest limb.
    """
    w.put("n = 8192", "if field == 2:", "    n = 256")
    with w.block("if acc < n:"):
        w.put("pd = pa")
    with w.block("else:"):
        w.put("pd[19] = acc - n")
    w.put("acc = int(pd[0])", "n = 13")
    with w.block("if field != 2:"):
        w.put("acc = acc >> 4", "n = 9")
    w.put("i = 0", "g = 1")
    with w.block("while i < 32:"):
        with w.block("if n < 8:"):
            w.put("acc = (pd[g] << n) | acc", "g += 1", "n += 13")
        w.put("src[i] = acc", "acc = acc >> 8", "n -= 8", "i += 1")


BLOCKS: dict[str, Callable[[Writer], None]] = {
    "product": product,
    "square": square,
    "p256": lambda w: montgomery(w, SPARSE["P256"]),
    "sm2": lambda w: montgomery(w, SPARSE["SM2"]),
    "ed25519": pseudo_mersenne,
    "unpack": unpack,
    "fold": fold,
    "subtract": lambda w: chain(w, "-"),
    "add": lambda w: chain(w, "+"),
    "pack": pack,
}


def fill(template: str, blocks: dict[str, Callable[[Writer], None]]) -> str:
    """Give the template with each line @name@ replaced by what its block writes."""
    out = []
    for line in template.replace("@MASK@", str(MASK)).splitlines():
        name = line.strip()
        if name.startswith("@") and name.endswith("@"):
            writer = Writer()
            blocks[name.strip("@")](writer)
            indent = line[: len(line) - len(name)]
            out += [indent + text for text in writer.lines]
        else:
            out.append(line)
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(fill(TEMPLATE, BLOCKS))
