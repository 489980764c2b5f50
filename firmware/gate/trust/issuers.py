"""Issuers: who may sign codes, for which claims, about whom. The trust part of docs/formats.md.

Every entry is checked once, in one pass over the buffer, which may be flash; what stays in RAM is
four bytes an entry. Entries are read again from the buffer when a key id is looked up.
"""

import hashlib
from array import array
from micropython import const

from ..codec import formats, jurisdiction
from ..codec.cbor import Reader
from ..refusal import Refusal

MAX_KEYS_PER_KID = 8  # keys tried for one code's key id
MAX_KID = const(16)
MAX_NAME = const(32)  # bytes of UTF-8
MAX_JURISDICTIONS = const(16)
MAX_URLS = const(256)  # under which one key is published: hosts of many hospitals have one
MAX_TABLE = const(32768)  # bytes of comb table (docs/crypto.md)

# claims that an issuer may make, bits of field 7
HEALTH = 1
TRAVEL = 2
VACCINATION = 4
TEST = 8
RECOVERY = 16

_SMALLEST = const(54)  # bytes that an entry has at least; bounds the index before it is made
_LARGEST_KEY = const(512)  # bytes; RSA with 4096 bits
_LATEST = 0xFFFFFFFF  # the last time that the formats can hold
_BY_URL = formats.bit("SHC")  # formats whose keys must say under which URLs they are published
_URL = const(8)  # bytes kept of a URL's SHA-256
_KID_AT = const(2)  # an entry begins: map head, key 1, then the key id


class Issuer:
    """One key: whose it is, and what it may sign when. `key` and `table` are views of the part."""

    def __init__(self, reader):
        """Read one entry, strictly; raises Refusal."""
        fields = reader.map(9, 11)
        reader.key(1)
        self.kid = reader.bytes(1, MAX_KID)
        reader.key(2)
        self.alg = reader.int()
        reader.key(3)
        self.key = reader.view(32, _LARGEST_KEY)
        reader.key(4)
        self.name = reader.text(1, MAX_NAME)
        reader.key(5)
        self.not_before = reader.uint(_LATEST)
        reader.key(6)
        self.not_after = reader.uint(_LATEST)
        reader.key(7)
        self.claims = reader.uint(31)
        reader.key(8)
        self.jurisdictions = jurisdiction.read(reader, 0, MAX_JURISDICTIONS)
        reader.key(9)
        self.formats = reader.uint(formats.ALL)  # bits of what it may sign
        self.table = None
        self._urls = None  # of each URL that the key is published under, the hash's beginning
        fields -= 9
        while fields:
            key = reader.uint(11)
            if key == 10 and self.table is None and self._urls is None:
                self.table = reader.view(1, MAX_TABLE)
            elif key == 11 and self._urls is None:
                self._urls = reader.view(_URL, MAX_URLS * _URL)
            else:
                raise Refusal("trust_invalid")
            fields -= 1
        if (
            not _key_size_fits(self.alg, len(self.key))
            or self.not_before > self.not_after
            or not self.claims
            or not self.formats
            or len(self._urls or b"") % _URL
            or (self.formats & _BY_URL and self._urls is None)
        ):
            raise Refusal("trust_invalid")

    def may_claim(self, kind, place) -> bool:
        """Say whether it may make a claim (one bit of field 7) about someone of a jurisdiction."""
        return bool(self.claims & kind) and jurisdiction.covered(self.jurisdictions, place)

    def is_published_under(self, url) -> bool:
        """Say whether the key is published under a URL (text); no key is unless the entry says."""
        if self._urls is None:
            return False
        digest = hashlib.sha256(url.encode()).digest()[:_URL]
        for at in range(0, len(self._urls), _URL):
            if bytes(self._urls[at : at + _URL]) == digest:
                return True
        return False


class Issuers:
    """The trust part: finds every key under a key id."""

    def __init__(self, data):
        """data: bytes-like, kept and read in place. Raises Refusal('trust_invalid')."""
        self._data = memoryview(data)
        try:
            self._offsets = self._scan()
        except Refusal:
            raise Refusal("trust_invalid")

    def _scan(self):
        reader = Reader(self._data, wrong="trust_invalid")
        count = reader.array(0, len(self._data) // _SMALLEST)
        offsets = array("I", bytes(4 * count))
        before = b""
        same = 0
        for i in range(count):
            offsets[i] = reader.position
            kid = Issuer(reader).kid
            if kid < before:
                raise Refusal("trust_invalid")  # not sorted: the search would miss keys
            same = same + 1 if kid == before else 1
            if same > MAX_KEYS_PER_KID:
                raise Refusal("trust_invalid")
            before = kid
        reader.finish()
        return offsets

    def __len__(self):
        return len(self._offsets)

    def __iter__(self):
        for offset in self._offsets:
            yield self._at(offset)

    def lookup(self, kid):
        """Give every Issuer under a key id, at most MAX_KEYS_PER_KID; none if it is unknown."""
        kid = bytes(kid)
        low = 0
        high = len(self._offsets)
        while low < high:
            middle = (low + high) // 2
            if self._kid(middle) < kid:
                low = middle + 1
            else:
                high = middle
        while low < len(self._offsets) and self._kid(low) == kid:
            yield self._at(self._offsets[low])
            low += 1

    def _kid(self, index):
        # the head of a string of 1 to 16 bytes is one byte, 0x40 + length
        start = self._offsets[index] + _KID_AT + 1
        return bytes(self._data[start : start + (self._data[start - 1] & 0x1F)])

    def _at(self, offset):
        reader = Reader(self._data, wrong="trust_invalid")
        reader.position = offset
        return Issuer(reader)


def _key_size_fits(alg, size) -> bool:
    if alg == -7 or alg == -65600:  # ES256, SM2: X || Y
        return size == 64
    if alg == -8:  # Ed25519
        return size == 32
    return alg == -37 and 256 <= size <= 512  # PS256: modulus of 2048 to 4096 bits
