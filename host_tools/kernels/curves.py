"""The curves' numbers on the host, and slow, plain point arithmetic over them.

P-256: SP 800-186 3.2.1.3. SM2: GB/T 32918.5-2017. Ed25519: RFC 8032 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[int, int] | None  # None is infinity

R = 1 << 256  # Montgomery factor of the packed form


@dataclass(frozen=True)
class Weierstrass:
    """y^2 = x^3 - 3x + b over p, of prime order n."""

    name: str
    field: int  # the kernel's number of the field
    alg: int
    p: int
    b: int
    n: int
    g: tuple[int, int]

    def on_curve(self, x: int, y: int) -> bool:
        """Say whether (x, y) is an affine point."""
        return (y * y - (x * x * x - 3 * x + self.b)) % self.p == 0

    def add(self, a: Point, b: Point) -> Point:
        """Add two points, complete."""
        if a is None:
            return b
        if b is None:
            return a
        p = self.p
        if a[0] == b[0]:
            if (a[1] + b[1]) % p == 0:
                return None
            slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (slope * slope - a[0] - b[0]) % p
        return x, (slope * (a[0] - x) - a[1]) % p

    def multiply(self, k: int, a: Point) -> Point:
        """Give k times a; k may be negative."""
        if a is not None and k < 0:
            k, a = -k, (a[0], -a[1] % self.p)
        out: Point = None
        for bit in bin(k)[2:]:
            out = self.add(out, out)
            if bit == "1":
                out = self.add(out, a)
        return out


@dataclass(frozen=True)
class Edwards:
    """-x^2 + y^2 = 1 + d x^2 y^2 over p; the base point has order n."""

    name: str
    field: int
    alg: int
    p: int
    d: int
    n: int
    g: tuple[int, int]

    def add(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        """Add two affine points, complete."""
        p = self.p
        t = self.d * a[0] * b[0] * a[1] * b[1]
        x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, -1, p)
        y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, p)
        return x % p, y % p

    def multiply(self, k: int, a: tuple[int, int]) -> tuple[int, int]:
        """Give k times a; k may be negative."""
        if k < 0:
            k, a = -k, (-a[0] % self.p, a[1])
        out = (0, 1)
        for bit in bin(k)[2:]:
            out = self.add(out, out)
            if bit == "1":
                out = self.add(out, a)
        return out

    def decode(self, raw: bytes) -> tuple[int, int] | None:
        """Decode a point as RFC 8032 5.1.3 says, or None."""
        p = self.p
        y = int.from_bytes(raw, "little")
        odd, y = y >> 255, y & ((1 << 255) - 1)
        if y >= p:
            return None
        w = (y * y - 1) * pow(self.d * y * y + 1, -1, p) % p
        x = pow(w, (p + 3) // 8, p)
        if x * x % p != w:
            x = x * pow(2, (p - 1) // 4, p) % p
        if x * x % p != w or (x == 0 and odd):
            return None
        return (p - x if x & 1 != odd else x), y

    def encode(self, a: tuple[int, int]) -> bytes:
        """Encode a point as RFC 8032 5.1.2 says."""
        return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


P256 = Weierstrass(
    "p256",
    0,
    -7,
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
SM2 = Weierstrass(
    "sm2",
    1,
    -65600,
    p=2**256 - 2**224 - 2**96 + 2**64 - 1,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    n=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    g=(
        0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    ),
)
ED25519 = Edwards(
    "ed25519",
    2,
    -8,
    p=2**255 - 19,
    d=-121665 * pow(121666, -1, 2**255 - 19) % (2**255 - 19),
    n=2**252 + 27742317777372353535851937790883648493,
    g=(
        0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A,
        0x6666666666666666666666666666666666666666666666666666666666666658,
    ),
)


def pack(curve: Weierstrass | Edwards, value: int) -> bytes:
    """Give a field element's packed form (docs/crypto.md)."""
    factor = 1 if isinstance(curve, Edwards) else R
    return (value * factor % curve.p).to_bytes(32, "little")
