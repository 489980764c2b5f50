"""MGF1 with SHA-256 (RFC 8017 B.2.1), in place and without the heap.

MicroPython's own SHA-256 is a new object for each digest, and a key of 4096 bits takes 15: more
than a verification may allocate.  Everything else is hashed by the built-in one.
"""

from array import array

from .blocks import words

_K = words(
    "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5"
    "d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174"
    "e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da"
    "983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967"
    "27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85"
    "a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070"
    "19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3"
    "748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2"
)
_START = words("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
_w = array("I", bytes(4 * 64))


@micropython.viper
def _xor(data: ptr8, size: int, w: ptr32, k: ptr32, start: ptr32):
    """Change `size` bytes by the mask of the 32 bytes that follow them."""
    m = (uint(0xFFFF) << 16) | 0xFFFF
    seed = ptr8(uint(data) + size)
    count = 0
    while size > 0:
        # The one block of seed and count: 36 bytes, the end mark, 288 bits.
        i = 0
        while i < 8:
            p = 4 * i
            w[i] = (seed[p] << 24) | (seed[p + 1] << 16) | (seed[p + 2] << 8) | seed[p + 3]
            i += 1
        w[8] = count
        w[9] = uint(1) << 31
        i = 10
        while i < 15:
            w[i] = 0
            i += 1
        w[15] = 288
        i = 16
        while i < 64:
            x = uint(w[i - 15])
            y = uint(w[i - 2])
            x = ((x >> 7) | (x << 25)) ^ ((x >> 18) | (x << 14)) ^ (x >> 3)
            y = ((y >> 17) | (y << 15)) ^ ((y >> 19) | (y << 13)) ^ (y >> 10)
            w[i] = x + y + uint(w[i - 16]) + uint(w[i - 7])
            i += 1
        a = uint(start[0])
        b = uint(start[1])
        c = uint(start[2])
        d = uint(start[3])
        e = uint(start[4])
        f = uint(start[5])
        g = uint(start[6])
        h = uint(start[7])
        i = 0
        while i < 64:
            x = ((e >> 6) | (e << 26)) ^ ((e >> 11) | (e << 21)) ^ ((e >> 25) | (e << 7))
            x += h + (g ^ (e & (f ^ g))) + uint(k[i]) + uint(w[i])
            h = g
            g = f
            f = e
            e = (d + x) & m
            y = ((a >> 2) | (a << 30)) ^ ((a >> 13) | (a << 19)) ^ ((a >> 22) | (a << 10))
            x += y + ((a & b) | (c & (a | b)))
            d = c
            c = b
            b = a
            a = x & m
            i += 1
        w[0] = a + uint(start[0])
        w[1] = b + uint(start[1])
        w[2] = c + uint(start[2])
        w[3] = d + uint(start[3])
        w[4] = e + uint(start[4])
        w[5] = f + uint(start[5])
        w[6] = g + uint(start[6])
        w[7] = h + uint(start[7])
        i = 0
        while i < 32 and i < size:
            data[i] = int(data[i]) ^ int(w[i >> 2] >> (8 * (3 - (i & 3))))
            i += 1
        data = ptr8(uint(data) + 32)
        size -= 32
        count += 1


def unmask(data, size) -> None:
    """Change data[:size] by the mask whose seed is data[size : size + 32].

    data: bytearray or array.
    """
    _xor(data, size, _w, _K, _START)
