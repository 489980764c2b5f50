"""The parts `revocation` and `recent` of a bundle, as docs/revocation.md lays them out.

What the firmware reads is built here, and can be read back here: a second reading of the same
layout, with which large counts of look-ups are made and the firmware is compared.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import astuple, dataclass
from io import BytesIO
from itertools import accumulate, groupby
from operator import itemgetter
from zlib import crc32

import cbor2

from host_tools.cbor import encode
from host_tools.problems import Failure

FORMAT = 1
SALT = 16  # bytes
HASH = 16
BUCKETS = 256  # of a block
MAX_BLOCKS = 0xFFFF
MAX_IN_BLOCK = 512
BASE_WIDTH = 3  # bytes kept of an entry: one in 2^24 is taken for another
RECENT_WIDTH = 4
MAX_ENTRIES = MAX_BLOCKS * BUCKETS
_OFFSET = 3  # bytes of one place in the index
_CHECK = 4  # bytes of a check sum
_TRIES = 64  # salts; the first does unless chance is very unkind

Say = Callable[[str], None]
Place = tuple[int, int, bytes]  # block, bucket, kept bytes


def _quiet(_: str) -> None:
    pass


@dataclass(frozen=True)
class HashSet:
    """A set of hashes as a part has it: salted, shortened, in blocks."""

    salt: bytes
    width: int
    entries: int
    blocks: tuple[bytes, ...]  # without their check sums

    @property
    def largest(self) -> int:
        """Bytes of the largest block with its check sum."""
        return max((len(block) + _CHECK for block in self.blocks), default=0)

    @property
    def head(self) -> Head:
        """What the part's head says of it."""
        size = _OFFSET * (len(self.blocks) + 1) if self.blocks else 0
        size += sum(len(block) + _CHECK for block in self.blocks)
        return Head(self.salt, self.width, self.entries, len(self.blocks), size, self.largest)

    def place(self, hash16: bytes) -> Place:
        """Where a hash would be."""
        return _place(hash16, self.salt, len(self.blocks), self.width)

    def places(self) -> Iterator[Place]:
        """What is in the set, read back from its blocks."""
        for number, block in enumerate(self.blocks):
            count = (8 * len(block) - BUCKETS) // (8 * self.width + 1)
            size = (BUCKETS + count + 7) // 8
            assert len(block) == size + self.width * count
            bits = f"{int.from_bytes(block[:size], 'big'):0{8 * size}b}"[: BUCKETS + count]
            at = size
            bucket = -1
            for bit in bits:
                if bit == "0":
                    bucket += 1
                else:
                    yield number, bucket, block[at : at + self.width]
                    at += self.width
            assert bucket == BUCKETS - 1
            assert at == len(block)


def _place(hash16: bytes, salt: bytes, blocks: int, width: int) -> Place:
    salted = hashlib.sha256(salt + hash16).digest()
    spread = int.from_bytes(salted[:4], "big") >> 2
    return spread % blocks, salted[4], salted[5 : 5 + width]


def make_set(
    hashes: Iterable[bytes], width: int, salt: bytes | None = None, say: Say = _quiet
) -> HashSet:
    """A set of hashes of 16 bytes, each counted once. The salt is new unless it is given.

    It is drawn after the hashes are known: who could foresee it could look for a code of his own
    whose revocation would refuse somebody else.
    """
    unique = set(hashes)
    if any(len(one) != HASH for one in unique):
        raise Failure(f"what is revoked are hashes of {HASH} bytes, the first 128 bits of SHA-256")
    if len(unique) > MAX_ENTRIES:
        raise Failure(f"{len(unique):,} hashes are more than a part can hold, {MAX_ENTRIES:,}")
    count = -(-len(unique) // BUCKETS)
    for _ in range(_TRIES):
        drawn = salt or secrets.token_bytes(SALT)
        say(f"hashing {len(unique):,} entries into {count:,} blocks")
        places = sorted({_place(one, drawn, count, width) for one in unique})
        say("writing blocks")
        blocks = _blocks(places, count)
        if all(len(block) <= largest(width) for block in blocks):
            return HashSet(drawn, width, len(places), tuple(blocks))
        if salt is not None:
            break
    raise Failure("the hashes do not spread over the blocks: they are no hashes of anything")


def largest(width: int) -> int:
    return (BUCKETS + MAX_IN_BLOCK + 7) // 8 + MAX_IN_BLOCK * width


def _blocks(places: Collection[Place], count: int) -> list[bytes]:
    grouped = {number: list(group) for number, group in groupby(places, key=itemgetter(0))}
    return [_block(grouped.get(number, [])) for number in range(count)]


def _block(places: Collection[Place]) -> bytes:
    """Bits that say how many entries each bucket has, then what is kept of the entries."""
    counts = [0] * BUCKETS
    for _, bucket, _ in places:
        counts[bucket] += 1
    bits = "".join("0" + "1" * count for count in counts)
    size = (len(bits) + 7) // 8
    return int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big") + b"".join(
        kept for _, _, kept in places
    )


def write(follows: bytes, sets: Collection[HashSet]) -> bytes:
    head = encode(
        [
            FORMAT,
            follows,
            [list(astuple(one.head)) for one in sets],
        ]
    )
    out = bytearray(head)
    for one in sets:
        out += _index_and_blocks(one, crc32(head))
    return bytes(out)


def _index_and_blocks(one: HashSet, seed: int) -> bytes:
    if not one.blocks:
        return b""
    places = [0, *accumulate(len(block) + _CHECK for block in one.blocks)]
    index = b"".join(place.to_bytes(_OFFSET, "big") for place in places)
    return index + b"".join(
        block + check_sum(block, index[_OFFSET * number :][: 2 * _OFFSET], seed)
        for number, block in enumerate(one.blocks)
    )


def check_sum(block: bytes, places: bytes, seed: int) -> bytes:
    """CRC-32 over the head (`seed` is its own), where the block is, and the block."""
    return crc32(block, crc32(places, seed)).to_bytes(_CHECK, "little")


def base_part(hashes: Iterable[bytes], salt: bytes | None = None, say: Say = _quiet) -> bytes:
    """The part `revocation`."""
    return write(b"", [make_set(hashes, BASE_WIDTH, salt, say)])


def recent_part(base: bytes | None, added: Iterable[bytes], reinstated: Iterable[bytes]) -> bytes:
    """The part `recent`: what has been revoked, and what has been taken back, since a base.

    reinstated: hashes of the base. Whoever calls this sees to it that nothing that is still
    revoked is taken for one of them.
    """
    follows = read_heads(base)[0].salt if base is not None else b""
    sets = [make_set(added, RECENT_WIDTH), make_set(reinstated, RECENT_WIDTH)]
    if sets[1].blocks and base is None:
        raise Failure("without a base there is nothing that could be taken back")
    return write(follows, sets)


@dataclass(frozen=True)
class Head:
    """What a part says of one of its sets."""

    salt: bytes
    width: int
    entries: int
    blocks: int
    size: int
    largest: int

    @property
    def false_matches(self) -> float:
        """The share of all hashes that are not in the set and are taken for one that is."""
        return self.entries / (self.blocks * BUCKETS * 256**self.width) if self.blocks else 0.0


def read_heads(data: bytes) -> list[Head]:
    """What a part says of its sets; quick, and believed: for parts of one's own."""
    return [Head(*one) for one in cbor2.load(BytesIO(data))[2]]


@dataclass(frozen=True)
class Part:
    """A part read back. follows: the salt of its base, or nothing."""

    follows: bytes
    sets: tuple[HashSet, ...]


def read_part(data: bytes) -> Part:
    """Read a part in full, every check sum included; Failure if it is not as it must be."""
    try:
        return _read(data)
    except (cbor2.CBORDecodeError, ValueError, TypeError, AssertionError) as error:
        raise Failure(f"this is no part with revocations: {error}") from None


def _read(data: bytes) -> Part:
    stream = BytesIO(data)
    form, follows, heads = cbor2.load(stream)
    at = stream.tell()
    if form != FORMAT or encode([form, follows, heads]) != data[:at]:
        raise ValueError("its head is of another format")
    seed = crc32(data[:at])
    sets = []
    for head in (Head(*fields) for fields in heads):
        blocks = _read_blocks(data[at : at + head.size], head.blocks, seed)
        one = HashSet(head.salt, head.width, head.entries, tuple(blocks))
        if sum(1 for _ in one.places()) != head.entries or one.head != head:
            raise ValueError("its blocks are not what its head says")
        at += head.size
        sets.append(one)
    if at != len(data):
        raise ValueError("its size is not what its head says")
    return Part(follows, tuple(sets))


def _read_blocks(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    first = _OFFSET * (count + 1)
    for number in range(count):
        places = data[_OFFSET * number :][: 2 * _OFFSET]
        start = first + int.from_bytes(places[:_OFFSET], "big")
        end = first + int.from_bytes(places[_OFFSET:], "big")
        block = data[start : end - _CHECK]
        if check_sum(block, places, seed) != data[end - _CHECK : end]:
            raise ValueError(f"the check sum of block {number} is wrong")
        yield block


class Model:
    """Look-ups as the firmware makes them, in the memory of a computer."""

    def __init__(self, base: bytes | None = None, recent: bytes | None = None) -> None:
        self._base = Held(read_part(base).sets[0]) if base is not None else None
        added, reinstated = read_part(recent).sets if recent is not None else (None, None)
        self._added = Held(added) if added else None
        self._reinstated = Held(reinstated) if reinstated else None

    def revoked(self, hash16: bytes) -> bool:
        """Whether a hash is revoked, or is taken for one that is."""
        if self._added is not None and self._added.has(hash16):
            return True
        if self._base is None or not self._base.has(hash16):
            return False
        return self._reinstated is None or not self._reinstated.has(hash16)


class Held:
    """A set in memory."""

    def __init__(self, one: HashSet) -> None:
        self._one = one
        self._places = set(one.places())

    def has(self, hash16: bytes) -> bool:
        return bool(self._one.blocks) and self._one.place(hash16) in self._places
