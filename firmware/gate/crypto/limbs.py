"""Long numbers as limbs of 13 bits: loading, storing, remainders.

A short number has its limbs in 16-bit words, a sum of products in 32-bit words;
positions are given in limbs.  Right with 32-bit and with 64-bit viper words:
what is stored is never negative.
"""


@micropython.viper
def load(to: ptr16, at: int, source: ptr8, start: int, size: int, step: int):
    """Set the limbs at to[at] to the number in source[start : start + size].

    step: 1 for little-endian bytes, -1 for big-endian ones.
    """
    to = ptr16(uint(to) + 2 * at)
    source = ptr8(uint(source) + start)
    if step < 0:
        source = ptr8(uint(source) + size - 1)
    acc = 0
    n = 0
    while size:
        size -= 1
        acc |= source[0] << n
        source = ptr8(uint(source) + step)
        n += 8
        if n >= 13:
            to[0] = acc & 8191
            to = ptr16(uint(to) + 2)
            acc >>= 13
            n -= 13
    to[0] = acc


@micropython.viper
def store(out: ptr8, start: int, t: ptr32, at: int, size: int, step: int):
    """Set out[start : start + size] to the number in the limbs at t[at]; see `load`."""
    t = ptr32(uint(t) + 4 * at)
    out = ptr8(uint(out) + start)
    if step < 0:
        out = ptr8(uint(out) + size - 1)
    acc = 0
    n = 0
    while size:
        size -= 1
        if n < 8:
            acc |= t[0] << n
            t = ptr32(uint(t) + 4)
            n += 13
        out[0] = acc
        out = ptr8(uint(out) + step)
        acc >>= 8
        n -= 8


@micropython.viper
def divide(acc: int, p: ptr32, pn: ptr16, at: int, n_at: int, high: int, j: int):
    """Replace the number at t[at], t being `p`, by its remainder modulo n, at n[n_at], n `pn`.

    acc: 0.  high: n's highest limb, at least 2, not zero; n[n_at - 7 : n_at] and t[at - 7 : at]
    are zero.  j: the number is below 4 * 2^(13 j + 13) * n, in j + high + 2 limbs.
    Schoolbook division: a digit q is estimated from the highest 15 bits of n, never
    too large, so that what remains is below (q / 2^14 + 1.1) n, at most 2.2 n.
    """
    t = ptr32(uint(p) + 4 * at)
    n = ptr16(uint(pn) + 2 * n_at)
    x = int(n[high])
    b = 0
    while x >> b:
        b += 1
    divisor = (((x << 13 | n[high - 1]) << (13 - b) | n[high - 2] >> b) >> 11) + 1
    first = high + 1 - 8 * ((high + 8) >> 3)
    while j >= 0:
        p = ptr32(uint(t) + 4 * (j + high - 2))
        x = (p[3] << (28 - b)) + (p[2] << (15 - b)) + ((p[1] << 13 | p[0]) >> (11 + b))
        q = 0 - x // divisor
        p = ptr32(uint(t) + 4 * (j + first))
        pn = ptr16(uint(n) + 2 * first)
        acc = 0
        i = first
        while i <= high:
            acc = p[0] + acc
            acc = pn[0] * q + acc
            p[0] = acc & 8191
            acc = (acc >> 13) + p[1]
            acc = pn[1] * q + acc
            p[1] = acc & 8191
            acc = (acc >> 13) + p[2]
            acc = pn[2] * q + acc
            p[2] = acc & 8191
            acc = (acc >> 13) + p[3]
            acc = pn[3] * q + acc
            p[3] = acc & 8191
            acc = (acc >> 13) + p[4]
            acc = pn[4] * q + acc
            p[4] = acc & 8191
            acc = (acc >> 13) + p[5]
            acc = pn[5] * q + acc
            p[5] = acc & 8191
            acc = (acc >> 13) + p[6]
            acc = pn[6] * q + acc
            p[6] = acc & 8191
            acc = (acc >> 13) + p[7]
            acc = pn[7] * q + acc
            p[7] = acc & 8191
            acc = acc >> 13
            p = ptr32(uint(p) + 32)
            pn = ptr16(uint(pn) + 16)
            i += 8
        acc = acc + p[0]
        p[0] = 0
        p = ptr32(uint(p) - 4)
        p[0] = p[0] + (acc << 13)
        j -= 1
    while True:  # subtract n while that is not negative
        i = high
        while i > 0 and t[i] == n[i]:
            i -= 1
        if int(t[i]) < int(n[i]):
            break
        acc = 0
        i = 0
        while i < high:
            acc += t[i] - n[i]
            t[i] = acc & 8191
            acc >>= 13
            i += 1
        t[high] = t[high] + acc - n[high]
