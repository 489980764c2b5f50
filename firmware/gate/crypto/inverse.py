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
_chosen = []  # _portable or the kernel's `invert`, once chosen


def invert(x, m) -> None:
    """Replace x by 1/x modulo the odd prime m, or by 0 when x is 0.

    x: 32 bytes, writable, below m.  m: 32 bytes, 3 or more; both little-endian.
    """
    if not _chosen:
        _chosen.append(routine("invert", _portable, _right))
    _chosen[0](x, m)


def _portable(x, m) -> None:
    _load(_work, m, x)
    _finish(x, _work, _run(_work))


def _right(native):
    """Say whether a native `invert` is right about 0, 1 and a long number."""
    m = (1 << 255) - 19
    for x in (0, 1, int.from_bytes(bytes(range(224, 256)), "big") % m):
        out = bytearray(x.to_bytes(32, "little"))
        native(out, m.to_bytes(32, "little"))
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
def _finish(out: ptr8, w: ptr32, sign: int):
    """Set out to sign * d modulo m.  A batch moves d by at most m / 2: it is within 31 m of 0."""
    d = ptr32(uint(w) + 160)
    e = ptr32(uint(w) + 240)
    m = ptr32(uint(w) + 320)
    acc = 0
    i = 0
    while i < 20:  # d = sign * d + 32 m
        t = int(d[i])
        if i == 19:
            t -= _BIAS
        if sign < 0:
            t = 0 - t
        acc += t + (m[i] << 5)
        if i < 19:
            d[i] = acc & 8191
            acc >>= 13
        i += 1
    d[19] = acc
    k = 6
    while k:  # less 32 m, 16 m, ... m, each if there is so much
        k -= 1
        acc = 0
        i = 0
        while i < 20:
            acc = (acc >> 13) + d[i] - (m[i] << k)
            e[i] = acc & 8191
            i += 1
        if acc >= 0:
            e[19] = acc
            t = int(uint(d))
            d = e
            e = ptr32(t)
    acc = int(d[0])
    k = 13
    i = 0
    j = 1
    while i < 32:
        if k < 8:
            acc |= d[j] << k
            j += 1
            k += 13
        out[i] = acc
        acc >>= 8
        k -= 8
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
