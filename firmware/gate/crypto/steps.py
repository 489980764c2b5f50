"""Scalars to steps of the field machine: signed combs and wNAF.

Numbers of programs are those of programs_w and programs_e, which agree on
DOUBLE, ADD and SUB; docs/crypto.md has the encoding of a step.
"""

from micropython import const

from .machine import routine

SIZE = const(720)  # bytes of a buffer for the steps of one verification
DIGITS = const(257)  # bytes of a buffer for wNAF digits
_W = const(5)  # width of the wNAF: digits are odd, -15 to 15

_chosen = []  # plan or the kernel's, once chosen


@micropython.viper
def recode(b: ptr8, k: ptr8, n: ptr8, bits: int):
    """Set b with k = sum of (2 b_i - 1) 2^i modulo odd n over `bits` bits.

    b: 33 bytes; k, n: 32 bytes, all little-endian; k < n and 256 <= bits <= 264.
    With k odd, or k - n in its place, b is (k - 1) / 2 + 2^(bits - 1).
    """
    even = 1 - (int(k[0]) & 1)
    borrow = 0
    half = 0
    i = 0
    while i < 32:
        t = int(k[i]) - borrow
        if even:
            t -= int(n[i])
        borrow = (t >> 8) & 1
        t &= 255
        if i:
            b[i - 1] = half | ((t & 1) << 7)
        half = t >> 1
        i += 1
    b[31] = half | (borrow << 7)
    b[32] = 255 * borrow
    i = (bits - 1) >> 3
    t = int(b[i]) + (1 << ((bits - 1) & 7))
    b[i] = t
    if i == 31:
        b[32] = int(b[32]) + (t >> 8)


@micropython.viper
def wnaf(digits: ptr8, k: ptr8):
    """Set the 257 digits of k (33 bytes, little-endian, below 2^256).

    A digit is a signed byte: zero or odd, and at most one in five is not zero.
    """
    i = 0
    while i < 257:
        digits[i] = 0
        i += 1
    carry = 0
    i = 0
    while i < 257:
        if ((k[i >> 3] >> (i & 7)) & 1) == carry:
            i += 1
        else:
            n = 257 - i
            if n > _W:
                n = _W
            j = i >> 3
            word = int(k[j])
            if j < 32:
                word |= k[j + 1] << 8
            word = ((word >> (i & 7)) & ((1 << n) - 1)) + carry
            carry = (word >> (_W - 1)) & 1
            digits[i] = word - (carry << _W)
            i += n


@micropython.viper
def plan(
    steps: ptr8,
    field: int,
    t0: int,
    e0: int,
    b0: ptr8,
    t1: int,
    e1: int,
    b1: ptr8,
    minus: int,
):
    """Write the steps of k0 * (tab0's point) + k1 * (tab1's point), with the end mark.

    t0, e0, b0: teeth and columns of tab0 and recoded k0.
    t1, e1, b1: the same of tab1; or 0, 257 and wNAF digits when tab1 has odd multiples.
    minus: 1 to subtract the second product.
    The sum starts with the first addend, so it is never infinity by accident.
    """
    at = 0
    started = 0
    i = e0
    if e1 > i:
        i = e1
    while i:
        i -= 1
        if started:
            steps[at] = 0
            steps[at + 1] = 0
            at += 2
        j = 0
        while j < 2:
            choice = 0
            index = 0
            negative = 0
            if j == 0:
                if i < e0:
                    b = b0
                    t = t0
                    e = e0
                    choice = 16
            elif t1 == 0:
                if b1[i]:
                    index = int(b1[i])
                    if index > 127:
                        negative = 1
                        index = 256 - index
                    index >>= 1
                    negative ^= minus
                    choice = 32
                    if field == 2:
                        choice = 96 + 4  # wide entry, ADD_WIDE
            elif i < e1:
                b = b1
                t = t1
                e = e1
                choice = 32
            if choice & 48:
                if j == 0 or t1:
                    n = i + e * (t - 1)
                    negative = 1 - ((b[n >> 3] >> (n & 7)) & 1)
                    n = t - 1
                    while n:
                        n -= 1
                        m = i + e * n
                        index = (index << 1) | (((b[m >> 3] >> (m & 7)) & 1) ^ negative)
                    if j:
                        negative ^= minus
                if started == 0:
                    started = 1
                    if field == 2:
                        steps[at] = 3  # IDENTITY, then add as usual
                        steps[at + 1] = 0
                        at += 2
                        choice += 1
                    else:
                        choice += 3  # SET or SET_MINUS
                else:
                    choice += 1  # ADD or SUB
                steps[at] = choice + negative
                steps[at + 1] = index
                at += 2
            j += 1
    steps[at] = 255
    if field == 2:  # before an addition the product xy is needed too
        i = 0
        while i < at:
            if steps[i + 2] != 255 and (steps[i + 2] & 48):
                if steps[i] != 3:
                    steps[i] |= 8
            i += 2


def _right(native):
    """Say whether a native `plan` writes what `plan` does: two combs, and a comb and digits."""
    b = bytes([37 * i & 255 for i in range(264)])
    for t1, e1, field in ((6, 43, 0), (0, 100, 2)):  # SIZE is enough for these
        results = []
        for one in (plan, native):
            steps = bytearray(SIZE)
            one(steps, field, 8, 32, b, t1, e1, b, 1)
            results.append(steps)
        if results[0] != results[1]:
            return False
    return True


def planner():
    """Give `plan`, or the kernel's own that does the same."""
    if not _chosen:
        _chosen.append(routine("plan", plan, _right))
    return _chosen[0]


@micropython.viper
def complete(steps: ptr8):
    """Turn DOUBLE, ADD and SUB of a plan on P-256 or SM2 into their complete forms."""
    while steps[0] != 255:
        if (steps[0] & 15) < 3:
            steps[0] += 12
        steps = ptr8(uint(steps) + 2)
