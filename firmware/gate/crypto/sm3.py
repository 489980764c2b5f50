"""SM3 (GB/T 32905-2016), the hash of SM2 signatures.

Right with 32-bit and with 64-bit viper words: a value is masked to 32 bits
before it is shifted right.
"""

from array import array

from .blocks import absorb, load_words, store_words, words
from .machine import routine

# Initial value, GB/T 32905 4.1.
_START = words("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e")
_T = words("79cc45197a879d8a")  # constants of rounds 0-15 and 16-63, 4.2

_state = array("I", bytes(32))
_work = array("I", bytes(4 * 68))
_block = bytearray(64)
_chosen = []  # _rounds or the kernel's, once chosen


@micropython.viper
def _rounds(v: ptr32, w: ptr32, constants: ptr32):
    """One compression (5.3.3) of the 16 words in w; w is overwritten to 68."""
    m = (uint(0xFFFF) << 16) | 0xFFFF
    j = 16
    while j < 68:
        x = uint(w[j - 3])
        x = ((x << 15) | (x >> 17)) ^ uint(w[j - 16]) ^ uint(w[j - 9])
        x &= m
        y = uint(w[j - 13])
        x = x ^ ((x << 15) | (x >> 17)) ^ ((x << 23) | (x >> 9)) ^ ((y << 7) | (y >> 25))
        w[j] = x ^ uint(w[j - 6])
        j += 1
    a = uint(v[0])
    b = uint(v[1])
    c = uint(v[2])
    d = uint(v[3])
    e = uint(v[4])
    f = uint(v[5])
    g = uint(v[6])
    h = uint(v[7])
    t = uint(constants[0])
    j = 0
    while j < 64:
        if j == 16:
            t = uint(constants[1])
            t = ((t << 16) | (t >> 16)) & m
        r = (a << 12) | (a >> 20)
        x = (r + e + t) & m
        x = ((x << 7) | (x >> 25)) & m  # SS1
        if j < 16:
            y = a ^ b ^ c
            p = e ^ f ^ g
        else:
            y = (a & b) | (c & (a | b))
            p = g ^ (e & (f ^ g))
        y = y + d + (x ^ r) + (uint(w[j]) ^ uint(w[j + 4]))  # TT1
        p = (p + h + x + uint(w[j])) & m  # TT2
        d = c
        c = ((b << 9) | (b >> 23)) & m
        b = a
        a = y & m
        h = g
        g = ((f << 19) | (f >> 13)) & m
        f = e
        e = (p ^ ((p << 9) | (p >> 23)) ^ ((p << 17) | (p >> 15))) & m
        t = ((t << 1) | (t >> 31)) & m
        j += 1
    v[0] = uint(v[0]) ^ a
    v[1] = uint(v[1]) ^ b
    v[2] = uint(v[2]) ^ c
    v[3] = uint(v[3]) ^ d
    v[4] = uint(v[4]) ^ e
    v[5] = uint(v[5]) ^ f
    v[6] = uint(v[6]) ^ g
    v[7] = uint(v[7]) ^ h


def _right(rounds):
    """Say whether a native `sm3_rounds` does what `_rounds` does to a block of repeated words."""
    results = []
    for one in (_rounds, rounds):
        state = _START[:]
        one(state, array("I", (_START + _START) + array("I", bytes(4 * 52))), _T)
        results.append(state)
    return results[0] == results[1]


def _compress(buffer, offset) -> None:
    if not _chosen:
        _chosen.append(routine("sm3_rounds", _rounds, _right))
    load_words(_work, buffer, offset, 16)
    _chosen[0](_state, _work, _T)


def sm3(*parts) -> bytes:
    """Hash the parts, one after the other, to 32 bytes."""
    out = bytearray(32)
    sm3_into(out, parts)
    return bytes(out)


def sm3_into(out, parts) -> None:
    """Hash the tuple of parts into `out`, a bytearray of 32 bytes or more."""
    _state[:] = _START
    absorb(parts, _block, 64, 8, _compress)
    store_words(out, _state, 8)
