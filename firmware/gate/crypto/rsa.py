"""s^65537 modulo an RSA key in portable viper: made by host_tools.kernels.viper_rsa.

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
        inverse = (inverse * (2 - n[0] * inverse)) & 8191
        i += 1
    t[0] = 1
    k = 8
    while k:
        k -= 1
        q = (0 - t[0] * inverse) & 8191
        acc = (t[0] + n[0] * q) >> 13
        i = 1
        while i < count:
            acc += t[i] + n[i] * q
            t[i - 1] = acc & 8191
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
                acc = int(pt[0])
                l0 = acc & 8191
                acc = (acc >> 13) + pt[1]
                l1 = acc & 8191
                acc = (acc >> 13) + pt[2]
                l2 = acc & 8191
                acc = (acc >> 13) + pt[3]
                l3 = acc & 8191
                acc = (acc >> 13) + pt[4]
                l4 = acc & 8191
                acc = (acc >> 13) + pt[5]
                l5 = acc & 8191
                acc = (acc >> 13) + pt[6]
                l6 = acc & 8191
                acc = (acc >> 13) + pt[7]
                l7 = acc & 8191
                pt = ptr32(uint(pt) + 32)
                pt[0] = (acc >> 13) + pt[0]
                py = ptr16(uint(words) + 2 * at_m - 14)
                then = ptr16(uint(py) + 16)
            else:
                py = ptr16(uint(a) + 16 * row)
                l0 = int(py[0])
                l1 = int(py[1])
                l2 = int(py[2])
                l3 = int(py[3])
                l4 = int(py[4])
                l5 = int(py[5])
                l6 = int(py[6])
                l7 = int(py[7])
                if rounds:
                    pt = ptr32(uint(pt) + 32 * row)
                    acc = l0 * l1 + pt[1]
                    pt[1] = acc
                    acc = l0 * l2 + pt[2]
                    pt[2] = acc
                    acc = l0 * l3 + pt[3]
                    acc = l1 * l2 + acc
                    pt[3] = acc
                    acc = l0 * l4 + pt[4]
                    acc = l1 * l3 + acc
                    pt[4] = acc
                    acc = l0 * l5 + pt[5]
                    acc = l1 * l4 + acc
                    acc = l2 * l3 + acc
                    pt[5] = acc
                    acc = l0 * l6 + pt[6]
                    acc = l1 * l5 + acc
                    acc = l2 * l4 + acc
                    pt[6] = acc
                    acc = l0 * l7 + pt[7]
                    acc = l1 * l6 + acc
                    acc = l2 * l5 + acc
                    acc = l3 * l4 + acc
                    pt[7] = acc
                    acc = l1 * l7 + pt[8]
                    acc = l2 * l6 + acc
                    acc = l3 * l5 + acc
                    pt[8] = acc
                    acc = l2 * l7 + pt[9]
                    acc = l3 * l6 + acc
                    acc = l4 * l5 + acc
                    pt[9] = acc
                    acc = l3 * l7 + pt[10]
                    acc = l4 * l6 + acc
                    pt[10] = acc
                    acc = l4 * l7 + pt[11]
                    acc = l5 * l6 + acc
                    pt[11] = acc
                    acc = l5 * l7 + pt[12]
                    pt[12] = acc
                    acc = l6 * l7 + pt[13]
                    pt[13] = acc
                    n = count - row
                    then = ptr16(uint(py) + 16 + 2)
                    py = first
                    then = ptr16(uint(then) - 2)
                    py[0] = then[0]
                    py[1] = then[1]
                    py[2] = then[2]
                    py[3] = then[3]
                    py[4] = then[4]
                    py[5] = then[5]
                    py[6] = then[6]
                    py[7] = then[7]
                    then = ptr16(uint(then) + 2)
                    py = ptr16(uint(first) - 14)
                    pt = ptr32(uint(pt) + 32)
                else:
                    py = ptr16(uint(words) + 2 * at_s - 14)
                    then = ptr16(uint(py) + 16)
            while n:
                acc = py[7] * l0 + pt[0]
                acc = py[6] * l1 + acc
                acc = py[5] * l2 + acc
                acc = py[4] * l3 + acc
                acc = py[3] * l4 + acc
                acc = py[2] * l5 + acc
                acc = py[1] * l6 + acc
                acc = py[0] * l7 + acc
                pt[0] = acc
                acc = py[8] * l0 + pt[1]
                acc = py[7] * l1 + acc
                acc = py[6] * l2 + acc
                acc = py[5] * l3 + acc
                acc = py[4] * l4 + acc
                acc = py[3] * l5 + acc
                acc = py[2] * l6 + acc
                acc = py[1] * l7 + acc
                pt[1] = acc
                acc = py[9] * l0 + pt[2]
                acc = py[8] * l1 + acc
                acc = py[7] * l2 + acc
                acc = py[6] * l3 + acc
                acc = py[5] * l4 + acc
                acc = py[4] * l5 + acc
                acc = py[3] * l6 + acc
                acc = py[2] * l7 + acc
                pt[2] = acc
                acc = py[10] * l0 + pt[3]
                acc = py[9] * l1 + acc
                acc = py[8] * l2 + acc
                acc = py[7] * l3 + acc
                acc = py[6] * l4 + acc
                acc = py[5] * l5 + acc
                acc = py[4] * l6 + acc
                acc = py[3] * l7 + acc
                pt[3] = acc
                acc = py[11] * l0 + pt[4]
                acc = py[10] * l1 + acc
                acc = py[9] * l2 + acc
                acc = py[8] * l3 + acc
                acc = py[7] * l4 + acc
                acc = py[6] * l5 + acc
                acc = py[5] * l6 + acc
                acc = py[4] * l7 + acc
                pt[4] = acc
                acc = py[12] * l0 + pt[5]
                acc = py[11] * l1 + acc
                acc = py[10] * l2 + acc
                acc = py[9] * l3 + acc
                acc = py[8] * l4 + acc
                acc = py[7] * l5 + acc
                acc = py[6] * l6 + acc
                acc = py[5] * l7 + acc
                pt[5] = acc
                acc = py[13] * l0 + pt[6]
                acc = py[12] * l1 + acc
                acc = py[11] * l2 + acc
                acc = py[10] * l3 + acc
                acc = py[9] * l4 + acc
                acc = py[8] * l5 + acc
                acc = py[7] * l6 + acc
                acc = py[6] * l7 + acc
                pt[6] = acc
                acc = py[14] * l0 + pt[7]
                acc = py[13] * l1 + acc
                acc = py[12] * l2 + acc
                acc = py[11] * l3 + acc
                acc = py[10] * l4 + acc
                acc = py[9] * l5 + acc
                acc = py[8] * l6 + acc
                acc = py[7] * l7 + acc
                pt[7] = acc
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
                    acc = (acc >> 13) + pt[0]
                    pt[0] = acc & 8191
                    acc = (acc >> 13) + pt[1]
                    pt[1] = acc & 8191
                    acc = (acc >> 13) + pt[2]
                    pt[2] = acc & 8191
                    acc = (acc >> 13) + pt[3]
                    pt[3] = acc & 8191
                    acc = (acc >> 13) + pt[4]
                    pt[4] = acc & 8191
                    acc = (acc >> 13) + pt[5]
                    pt[5] = acc & 8191
                    acc = (acc >> 13) + pt[6]
                    pt[6] = acc & 8191
                    acc = (acc >> 13) + pt[7]
                    pt[7] = acc & 8191
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
                        pt[0] = acc & 8191
                        acc = (acc >> 13) + 2 * pt[1]
                        pt[1] = acc & 8191
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
            py[0] = acc & 8191
            pt = ptr32(uint(pt) + 4)
            py = ptr16(uint(py) + 2)
            n -= 1
        n = 8 * count
        while n:
            n -= 1
            t[n] = 0
