"""SHA-512 (FIPS 180-4) for Ed25519; MicroPython has no such built-in.

A 64-bit word is two 32-bit words, high then low.  The code is right with
32-bit and with 64-bit viper words: every value is masked to 32 bits before it
is shifted right or compared.
"""

from array import array

from .blocks import absorb, load_words, store_words, words
from .machine import routine

# Cube roots (K) and square roots (initial state) of primes, FIPS 180-4 4.2.3, 5.3.5.
_K = words(
    "428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc"
    "3956c25bf348b53859f111f1b605d019923f82a4af194f9bab1c5ed5da6d8118"
    "d807aa98a303024212835b0145706fbe243185be4ee4b28c550c7dc3d5ffb4e2"
    "72be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235c19bf174cf692694"
    "e49b69c19ef14ad2efbe4786384f25e30fc19dc68b8cd5b5240ca1cc77ac9c65"
    "2de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5"
    "983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4"
    "c6e00bf33da88fc2d5a79147930aa72506ca6351e003826f142929670a0e6e70"
    "27b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed53380d139d95b3df"
    "650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353b"
    "a2bfe8a14cf10364a81a664bbc423001c24b8b70d0f89791c76c51a30654be30"
    "d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b8"
    "19a4c116b8d2d0c81e376c085141ab532748774cdf8eeb9934b0bcb5e19b48a8"
    "391c0cb3c5c95a634ed8aa4ae3418acb5b9cca4f7763e373682e6ff3d6b2b8a3"
    "748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec"
    "90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532b"
    "ca273eceea26619cd186b8c721c0c207eada7dd6cde0eb1ef57d4f7fee6ed178"
    "06f067aa72176fba0a637dc5a2c898a6113f9804bef90dae1b710b35131c471b"
    "28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c"
    "4cc5d4becb3e42b6597f299cfc657e2a5fcb6fab3ad6faec6c44198c4a475817"
)
_START = words(
    "6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1"
    "510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179"
)

_state = array("I", bytes(64))
_work = array("I", bytes(4 * (16 + 160)))  # a..h, then the schedule W
_block = bytearray(128)
_chosen = []  # _rounds or the kernel's, once chosen


@micropython.viper
def _rounds(state: ptr32, work: ptr32, k: ptr32):
    """One compression; work[16:48] holds the block as 32-bit words."""
    m = (uint(0xFFFF) << 16) | 0xFFFF
    w = ptr32(uint(work) + 64)
    t = 32
    while t < 160:  # schedule: W[t] = s1(W[t-2]) + W[t-7] + s0(W[t-15]) + W[t-16]
        h = uint(w[t - 30])
        g = uint(w[t - 29])
        h0 = ((h >> 1 | g << 31) ^ (h >> 8 | g << 24) ^ h >> 7) & m
        l0 = ((g >> 1 | h << 31) ^ (g >> 8 | h << 24) ^ (g >> 7 | h << 25)) & m
        h = uint(w[t - 4])
        g = uint(w[t - 3])
        h0 += (h >> 19 | g << 13) ^ (g >> 29 | h << 3) ^ h >> 6
        l1 = ((g >> 19 | h << 13) ^ (h >> 29 | g << 3) ^ (g >> 6 | h << 26)) & m
        l0 = (l0 + l1) & m
        if l0 < l1:
            h0 += 1
        l1 = uint(w[t - 13])
        l0 = (l0 + l1) & m
        h0 += uint(w[t - 14])
        if l0 < l1:
            h0 += 1
        l1 = uint(w[t - 31])
        l0 = (l0 + l1) & m
        h0 += uint(w[t - 32])
        if l0 < l1:
            h0 += 1
        w[t] = h0
        w[t + 1] = l0
        t += 2
    i = 0
    while i < 16:
        work[i] = state[i]
        i += 1
    t = 0
    while t < 160:
        # T1 = h + S1(e) + Ch(e, f, g) + K + W
        h = uint(work[8])
        g = uint(work[9])
        h0 = (h >> 14 | g << 18) ^ (h >> 18 | g << 14) ^ (g >> 9 | h << 23)
        l0 = ((g >> 14 | h << 18) ^ (g >> 18 | h << 14) ^ (h >> 9 | g << 23)) & m
        h0 += uint(work[12]) ^ (h & (uint(work[10]) ^ uint(work[12])))
        l1 = uint(work[13]) ^ (g & (uint(work[11]) ^ uint(work[13])))
        l0 = (l0 + l1) & m
        if l0 < l1:
            h0 += 1
        l1 = uint(k[t + 1])
        l0 = (l0 + l1) & m
        h0 += uint(k[t])
        if l0 < l1:
            h0 += 1
        l1 = uint(w[t + 1])
        l0 = (l0 + l1) & m
        h0 += uint(w[t])
        if l0 < l1:
            h0 += 1
        l1 = uint(work[15])
        l0 = (l0 + l1) & m
        h0 += uint(work[14])
        if l0 < l1:
            h0 += 1
        # T2 = S0(a) + Maj(a, b, c)
        h = uint(work[0])
        g = uint(work[1])
        h2 = (h >> 28 | g << 4) ^ (g >> 2 | h << 30) ^ (g >> 7 | h << 25)
        l2 = ((g >> 28 | h << 4) ^ (h >> 2 | g << 30) ^ (h >> 7 | g << 25)) & m
        h2 += (h & uint(work[2])) | (uint(work[4]) & (h | uint(work[2])))
        l1 = (g & uint(work[3])) | (uint(work[5]) & (g | uint(work[3])))
        l2 = (l2 + l1) & m
        if l2 < l1:
            h2 += 1
        i = 15
        while i > 1:  # h..b = g..a
            work[i] = work[i - 2]
            i -= 1
        l1 = (uint(work[9]) + l0) & m  # e = d + T1
        h1 = uint(work[8]) + h0
        if l1 < l0:
            h1 += 1
        work[8] = h1
        work[9] = l1
        l2 = (l2 + l0) & m  # a = T1 + T2
        h2 += h0
        if l2 < l0:
            h2 += 1
        work[0] = h2
        work[1] = l2
        t += 2
    i = 0
    while i < 16:
        l0 = uint(work[i + 1])
        l1 = (uint(state[i + 1]) + l0) & m
        h1 = uint(state[i]) + uint(work[i])
        if l1 < l0:
            h1 += 1
        state[i] = h1
        state[i + 1] = l1
        i += 2


def _right(rounds):
    """Say whether a native `sha512_rounds` does what `_rounds` does to a block of the constants."""
    results = []
    for one in (_rounds, rounds):
        state = _START[:]
        work = array("I", bytes(64)) + _K
        one(state, work, _K)
        results.append(state)
    return results[0] == results[1]


def _compress(buffer, offset) -> None:
    if not _chosen:
        _chosen.append(routine("sha512_rounds", _rounds, _right))
    load_words(_schedule, buffer, offset, 32)
    _chosen[0](_state, _work, _K)


_schedule = memoryview(_work)[16:]


def sha512(*parts) -> bytes:
    """Hash the parts, one after the other, to 64 bytes."""
    out = bytearray(64)
    sha512_into(out, parts)
    return bytes(out)


def sha512_into(out, parts) -> None:
    """Hash the tuple of parts into `out`, a bytearray of 64 bytes or more."""
    _state[:] = _START
    absorb(parts, _block, 128, 16, _compress)
    store_words(out, _state, 16)
