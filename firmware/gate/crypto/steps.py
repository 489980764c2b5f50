"""Scalars to steps of the field machine: signed combs and wNAF.

Numbers of programs are those of programs_w and programs_e, which agree on
DOUBLE, ADD and SUB; docs/crypto.md has the encoding of a step.
"""

from micropython import const

SIZE = const(720)  # bytes of a buffer for the steps of one verification
DIGITS = const(257)  # bytes of a buffer for wNAF digits
_W = const(5)  # width of the wNAF: digits are odd, -15 to 15


def recode(k, n, bits) -> bytes:
    """Give b with k = sum of (2 b_i - 1) 2^i modulo odd n over `bits` bits.

    k: 0 <= k < n < 2^256 <= 2^bits.  Little-endian, 33 bytes.
    """
    k += ((1 << bits) - 1) % n
    if k & 1:
        k += n
    k >>= 1
    if k >= n:
        k -= n
    return k.to_bytes(33, "little")


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


@micropython.viper
def complete(steps: ptr8):
    """Turn DOUBLE, ADD and SUB of a plan on P-256 or SM2 into their complete forms."""
    while steps[0] != 255:
        if (steps[0] & 15) < 3:
            steps[0] += 12
        steps = ptr8(uint(steps) + 2)
