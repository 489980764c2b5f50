"""Inversion modulo an odd number below 2^256, in variable time.

Bernstein and Yang, "Fast constant-time gcd computation and modular inversion"
(2019): batches of 13 division steps on the lowest bits give a matrix, which is
applied to f, g (and, modulo m, to d, e) in limbs of 13 bits, so that the exact
division by 2^13 drops one limb.  741 steps are enough for 256 bits, that is 57
batches.  The low limbs are 0 to 2^13 - 1; the highest is signed and stored with
a bias, since words read from memory are unsigned where words have 64 bits.
"""

from array import array
from micropython import const

from .machine import routine

_L = const(20)
_BIAS = const(0x1000000)

_work = array("I", bytes(4 * 5 * _L))  # f, g, d, e, modulus
_native = []  # the kernel's `invert` or None, once chosen


def inverse(x, m) -> int:
    """Give 1/x modulo odd m, or 0 when x is 0 modulo m (m a prime).

    x: 32 bytes, little-endian, below m.  m: an integer, 3 <= m < 2^256.
    """
    if not _native:
        _native.append(routine("invert", None, _right))
    if _native[0]:
        out = bytearray(x)
        _native[0](out, m.to_bytes(32, "little"))
        return int.from_bytes(out, "little")
    _load(_work, m.to_bytes(32, "little"), x)
    sign = _run(_work)
    out = bytearray(34)
    _store(out, _work)
    # A batch moves d by at most m / 2, so d is within 31 m of 0; _store added 2^263.
    d = int.from_bytes(out, "little") - (1 << 263)
    return (-d if sign < 0 else d) % m


def _right(invert):
    """Say whether a native `invert` is right about 0, 1 and a long number."""
    m = (1 << 255) - 19
    for x in (0, 1, int.from_bytes(bytes(range(224, 256)), "big") % m):
        out = bytearray(x.to_bytes(32, "little"))
        invert(out, m.to_bytes(32, "little"))
        if x * int.from_bytes(out, "little") % m != (1 if x else 0):
            return False
    return True


@micropython.viper
def _load(w: ptr32, m: ptr8, x: ptr8):
    k = 0
    while k < 5:
        i = 0
        while i < 20:
            w[k * 20 + i] = 0
            i += 1
        k += 1
    k = 0
    while k < 2:
        source = m
        to = w
        if k:
            source = x
            to = ptr32(uint(w) + 80)
        acc = 0
        n = 0
        i = 0
        j = 0
        while i < 32:
            acc |= source[i] << n
            n += 8
            i += 1
            if n >= 13:
                to[j] = acc & 8191
                j += 1
                acc >>= 13
                n -= 13
        to[j] = acc
        k += 1
    i = 0
    while i < 20:
        w[80 + i] = w[i]
        i += 1
    w[60] = 1
    k = 0
    while k < 4:
        w[k * 20 + 19] += _BIAS
        k += 1


@micropython.viper
def _store(out: ptr8, w: ptr32):
    d = ptr32(uint(w) + 160)
    acc = int(d[0])
    n = 13
    i = 0
    j = 1
    while i < 34:
        if n < 8:
            t = 0
            if j < 19:
                t = int(d[j])
            elif j == 19:
                t = d[19] - _BIAS + 0x10000  # 2^16 * 2^247
            acc |= t << n
            j += 1
            n += 13
            if j == 20:
                n += 13
        out[i] = acc
        acc >>= 8
        n -= 8
        i += 1


@micropython.viper
def _run(w: ptr32) -> int:
    """Divide until g is 0; return the sign of f, with d = sign / x modulo m."""
    f = w
    g = ptr32(uint(w) + 80)
    d = ptr32(uint(w) + 160)
    e = ptr32(uint(w) + 240)
    m = ptr32(uint(w) + 320)
    inv = 1  # 1/m modulo 2^13 by Newton's iteration
    i = 0
    while i < 4:
        inv = (inv * (2 - m[0] * inv)) & 8191
        i += 1
    delta = 1
    rounds = 0
    while rounds < 60:
        rounds += 1
        # 13 division steps on the lowest limbs.
        x = int(f[0])
        y = int(g[0])
        u = 1
        v = 0
        q = 0
        r = 1
        i = 13
        while i:
            i -= 1
            if y & 1:
                if delta > 0:
                    delta = 0 - delta
                    t = x
                    x = y
                    y = y - t
                    t = u
                    u = q
                    q = q - t
                    t = v
                    v = r
                    r = r - t
                else:
                    y += x
                    q += u
                    r += v
            y >>= 1
            delta += 1
            u += u
            v += v
        # f, g = (u f + v g, q f + r g) / 2^13
        x = int(f[0])
        y = int(g[0])
        a = (u * x + v * y) >> 13
        b = (q * x + r * y) >> 13
        z = 0
        i = 1
        while i < 19:
            x = int(f[i])
            y = int(g[i])
            a += u * x + v * y
            b += q * x + r * y
            f[i - 1] = a & 8191
            t = b & 8191
            g[i - 1] = t
            z |= t
            a >>= 13
            b >>= 13
            i += 1
        x = f[19] - _BIAS
        y = g[19] - _BIAS
        a += u * x + v * y
        b += q * x + r * y
        f[18] = a & 8191
        t = b & 8191
        g[18] = t
        z |= t
        a >>= 13
        b >>= 13
        f[19] = a + _BIAS
        g[19] = b + _BIAS
        z |= b
        # d, e the same modulo m: j m and k m make the lowest limbs 0.
        x = int(d[0])
        y = int(e[0])
        a = u * x + v * y
        b = q * x + r * y
        j = (0 - (a & 8191) * inv) & 8191
        k = (0 - (b & 8191) * inv) & 8191
        if j > 4095:
            j -= 8192
        if k > 4095:
            k -= 8192
        t = int(m[0])
        a = (a + j * t) >> 13
        b = (b + k * t) >> 13
        i = 1
        while i < 19:
            x = int(d[i])
            y = int(e[i])
            t = int(m[i])
            a += u * x + v * y + j * t
            b += q * x + r * y + k * t
            d[i - 1] = a & 8191
            e[i - 1] = b & 8191
            a >>= 13
            b >>= 13
            i += 1
        x = d[19] - _BIAS
        y = e[19] - _BIAS
        t = int(m[19])
        a += u * x + v * y + j * t
        b += q * x + r * y + k * t
        d[18] = a & 8191
        e[18] = b & 8191
        d[19] = (a >> 13) + _BIAS
        e[19] = (b >> 13) + _BIAS
        if z == 0:
            break
    if (f[19] - _BIAS) < 0:
        return -1
    return 1
