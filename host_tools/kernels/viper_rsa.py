"""Writes the portable power modulo an RSA key, `firmware/gate/crypto/rsa.py`.

Numbers are limbs of 13 bits in blocks of 8. A product is made of rows, 8 limbs times a long number;
a row adds 8 products to each column, and three rows fit into 31 bits, so that the code is right
with 32-bit and with 64-bit viper words. Rows are unrolled here for the reasons that viper_machine
gives.

    python -m host_tools.kernels.viper_rsa > firmware/gate/crypto/rsa.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from .viper_machine import MASK, Writer, fill

BLOCK = 8  # limbs

TEMPLATE = '''"""s^65537 modulo an RSA key in portable viper: made by host_tools.kernels.viper_rsa.

Do not edit: change the generator. docs/crypto-methods.md has the method.
"""

from .limbs import divide, load, store


def _blocks(size):
    """Blocks of 8 limbs for products modulo a key of `size` bytes: 112 bits more than the key."""
    return (8 * size + 112 + 103) // 104


def work_size(size) -> int:
    """Bytes of memory that `rsa` needs for a key of `size` bytes."""
    return 128 * _blocks(size) + 160


def rsa(n, s, size, work) -> None:
    """Set work[:size] to s^65537 modulo n.

    n, s: `size` bytes, big-endian; n odd with its top bit set, s below n.
    work: bytearray of work_size(size) bytes or more.
    """
    count = _blocks(size)
    limbs = 8 * count
    high = (8 * size - 1) // 13  # n's highest limb
    # Limbs of 32 bits: 8 zeros, the sum, 8 zeros. Then limbs of 16 bits: four numbers with 8 zeros
    # before and after each: n, M, s, a.
    step = limbs + 8
    at_n = 2 * (2 * limbs + 16) + 8
    at_m = at_n + step
    at_s = at_m + step
    at_a = at_s + step
    _clear(work, (2 * (at_a + step)) >> 2)
    load(work, at_n, n, 0, size, -1)
    load(work, at_s, s, 0, size, -1)
    _constant(work, work, at_n, at_m, high + 1)
    _widen(work, work, 8 + limbs, at_s, limbs)  # s R, R = 2^(13 limbs)
    divide(0, work, work, 8, at_n, high, limbs - 1)
    _narrow(work, work, 8, at_a, high + 1)
    _power(0, work, work, work, work, count, (high >> 3) + 1, at_m, at_s, at_a)
    _widen(work, work, 8, at_a, limbs)
    divide(0, work, work, 8, at_n, high, 7)
    _narrow(work, work, 8, at_a, high + 1)
    _widen(work, work, 8 + limbs, at_a, high + 1)  # away from where the bytes go
    store(work, 0, work, 8 + limbs, size, -1)


@micropython.viper
def _clear(t: ptr32, n: int):
    while n:
        n -= 1
        t[n] = 0


@micropython.viper
def _widen(t: ptr32, a: ptr16, at: int, from_a: int, n: int):
    t = ptr32(uint(t) + 4 * at)
    a = ptr16(uint(a) + 2 * from_a)
    i = 0
    while i < n:
        t[i] = a[i]
        i += 1


@micropython.viper
def _narrow(t: ptr32, a: ptr16, at: int, to_a: int, n: int):
    t = ptr32(uint(t) + 4 * at)
    a = ptr16(uint(a) + 2 * to_a)
    i = 0
    while i < n:
        a[i] = t[i]
        t[i] = 0
        i += 1


@micropython.viper
def _constant(t: ptr32, n: ptr16, at_n: int, at_m: int, count: int):
    """Set M, at n[at_m], to 2^-104 modulo n: 8 times a limb is cleared and dropped."""
    t = ptr32(uint(t) + 32)
    m = ptr16(uint(n) + 2 * at_m)
    n = ptr16(uint(n) + 2 * at_n)
    inverse = 1  # of n modulo 2^13
    i = 0
    while i < 4:
        inverse = (inverse * (2 - n[0] * inverse)) & @MASK@
        i += 1
    t[0] = 1
    k = 8
    while k:
        k -= 1
        q = (0 - t[0] * inverse) & @MASK@
        acc = (t[0] + n[0] * q) >> 13
        i = 1
        while i < count:
            acc += t[i] + n[i] * q
            t[i - 1] = acc & @MASK@
            acc >>= 13
            i += 1
        t[count - 1] = acc
    i = 0
    while i < count:
        m[i] = t[i]
        t[i] = 0
        i += 1


@micropython.viper
def _power(
    acc: int,
    py: ptr16,
    pt: ptr32,
    work: ptr32,
    words: ptr16,
    count: int,
    n_count: int,
    at_m: int,
    at_s: int,
    at_a: int,
):
    """Replace a by a^65536 s / R^65536 modulo n: 16 squarings and a product, each divided by R.

    A division by R takes `count` rows: the lowest block q is dropped and q M added to the rest.
    Every result is below 1.1 * 2^104 n.
    """
    t = ptr32(uint(work) + 32)
    a = ptr16(uint(words) + 2 * at_a)
    first = ptr16(uint(a) + 16 * count + 16)  # a block behind zeros
    rounds = 17
    while rounds:
        rounds -= 1
        row = 0
        fresh = 0  # rows since carries were last passed on
        while row < 2 * count:
            pt = ptr32(uint(t) + 32 * row)
            n = n_count + 1
            if row >= count:
                pt = ptr32(uint(pt) - 32 * count)
                @quotient@
                py = ptr16(uint(words) + 2 * at_m - 14)
                then = ptr16(uint(py) + 16)
            else:
                py = ptr16(uint(a) + 16 * row)
                @factor@
                if rounds:
                    pt = ptr32(uint(pt) + 32 * row)
                    @pairs@
                    n = count - row
                    then = ptr16(uint(py) + 16 + 2)
                    py = first
                    @copy@
                    py = ptr16(uint(first) - 14)
                    pt = ptr32(uint(pt) + 32)
                else:
                    py = ptr16(uint(words) + 2 * at_s - 14)
                    then = ptr16(uint(py) + 16)
            while n:
                @columns@
                pt = ptr32(uint(pt) + 32)
                py = then
                then = ptr16(uint(then) + 16)
                n -= 1
            row += 1
            fresh += 1
            if fresh == 3 or row == count:
                fresh = 0
                pt = t
                n = count + 4
                if row > count:
                    pt = ptr32(uint(t) + 32 * (row - count))
                    n = n_count + 1
                elif row > 3:
                    pt = ptr32(uint(t) + 32 * (row - 3))
                acc = 0
                while n:
                    @carry@
                    pt = ptr32(uint(pt) + 32)
                    n -= 1
                pt[0] = (acc >> 13) + pt[0]
                if row == count and rounds:  # twice the products of different limbs, and squares
                    pt = t
                    py = a
                    acc = 0
                    n = 8 * count
                    while n:
                        acc = (acc >> 13) + 2 * pt[0]
                        acc = py[0] * py[0] + acc
                        pt[0] = acc & @MASK@
                        acc = (acc >> 13) + 2 * pt[1]
                        pt[1] = acc & @MASK@
                        pt = ptr32(uint(pt) + 8)
                        py = ptr16(uint(py) + 2)
                        n -= 1
        pt = ptr32(uint(t) + 32 * count)
        py = a
        acc = 0
        n = 8 * count
        while n:
            acc = (acc >> 13) + pt[0]
            pt[0] = 0
            py[0] = acc & @MASK@
            pt = ptr32(uint(pt) + 4)
            py = ptr16(uint(py) + 2)
            n -= 1
        n = 8 * count
        while n:
            n -= 1
            t[n] = 0
'''


def quotient(w: Writer) -> None:
    """l0..l7 = the lowest block, its carry passed on."""
    for k in range(BLOCK):
        w.put(f"acc = (acc >> 13) + pt[{k}]" if k else "acc = int(pt[0])")
        w.put(f"l{k} = acc & {MASK}")
    w.put("pt = ptr32(uint(pt) + 32)", "pt[0] = (acc >> 13) + pt[0]")


def factor(w: Writer) -> None:
    """l0..l7 = a block of a."""
    w.put(*(f"l{k} = int(py[{k}])" for k in range(BLOCK)))


def pairs(w: Writer) -> None:
    """Add the products of different limbs of the block."""
    for k in range(1, 2 * BLOCK - 2):
        terms = [(i, k - i) for i in range(BLOCK) if i < k - i < BLOCK]
        for n, (i, j) in enumerate(terms):
            w.put(f"acc = l{i} * l{j} + " + ("acc" if n else f"pt[{k}]"))
        w.put(f"pt[{k}] = acc")


def copy(w: Writer) -> None:
    """Copy the block after this one to where zeros are before it."""
    w.put("then = ptr16(uint(then) - 2)")
    w.put(*(f"py[{k}] = then[{k}]" for k in range(BLOCK)))
    w.put("then = ptr16(uint(then) + 2)")


def columns(w: Writer) -> None:
    """Add 8 columns of a row: py[7] is the limb that l0 meets in the first."""
    for c in range(BLOCK):
        for i in range(BLOCK):
            w.put(f"acc = py[{BLOCK - 1 + c - i}] * l{i} + " + ("acc" if i else f"pt[{c}]"))
        w.put(f"pt[{c}] = acc")


def carry(w: Writer) -> None:
    """Make 8 limbs shorter than 2^13."""
    for k in range(BLOCK):
        w.put(f"acc = (acc >> 13) + pt[{k}]", f"pt[{k}] = acc & {MASK}")


BLOCKS: dict[str, Callable[[Writer], None]] = {
    "quotient": quotient,
    "factor": factor,
    "pairs": pairs,
    "copy": copy,
    "columns": columns,
    "carry": carry,
}

if __name__ == "__main__":
    sys.stdout.write(fill(TEMPLATE, BLOCKS))
