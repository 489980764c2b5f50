"""Inflating: what zlib writes comes back; what is damaged, cut or too large does not."""

import random
import zlib

import pytest

from host_tools.interpreter import Interpreter

from .batch import Refused, run

MAX_INFLATED = 6144
SAMPLES = [
    b"",
    b"a",
    bytes(range(256)) * 4,
    b"\xa4\x01bAT\x04\x1a" * 60,
    random.Random(1).randbytes(3000),
    random.Random(2).randbytes(1000) * 3,
    random.Random(3).randbytes(3000) * 2,  # reaches back farther than the small window
    bytes(MAX_INFLATED),
]


def test_it_reads_what_zlib_writes(any_micropython: Interpreter) -> None:
    streams = [zlib.compress(sample, level) for sample in SAMPLES for level in (0, 1, 6, 9)]
    answers = run([("inflate", stream) for stream in streams], any_micropython)
    assert answers == [sample for sample in SAMPLES for _ in range(4)]


def test_a_small_window_in_the_header_is_fine(any_micropython: Interpreter) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 9)
    stream = packer.compress(b"AB" * 500) + packer.flush()
    assert run([("inflate", stream)], any_micropython) == [b"AB" * 500]


def test_more_than_the_bound_is_refused_without_inflating_it(any_micropython: Interpreter) -> None:
    bombs = [zlib.compress(bytes(size), 9) for size in (MAX_INFLATED + 1, 1_000_000, 4_000_000)]
    answers = run([("inflate", bomb) for bomb in bombs], any_micropython, heap="200k")
    assert answers == ["inflate_too_large"] * 3


def test_every_cut_and_every_flipped_bit_is_refused(any_micropython: Interpreter) -> None:
    whole = zlib.compress(b"HC1 certificate " * 8 + random.Random(2).randbytes(40))
    cut = [whole[:size] for size in range(len(whole))]
    flipped = [
        bytes([*whole[:i], whole[i] ^ (1 << bit), *whole[i + 1 :]])
        for i in range(len(whole))
        for bit in range(8)
    ]
    answers = run([("inflate", data) for data in cut + flipped], any_micropython)
    for data, answer in zip(cut + flipped, answers, strict=True):
        if isinstance(answer, Refused):
            assert answer in ("inflate_failed", "not_compressed", "inflate_too_large")
        else:  # one of the bits that fill up the last byte
            assert answer == zlib.decompress(data) == zlib.decompress(whole)
    assert sum(not isinstance(answer, Refused) for answer in answers) < 8


def test_streams_of_every_kind_and_damage_are_judged_as_zlib_judges_them(
    any_micropython: Interpreter,
) -> None:
    source = random.Random(7)
    streams = [_stream(source) for _ in range(1500)]
    answers = run([("inflate", stream) for stream in streams], any_micropython, heap="300k")
    wrong = []
    for stream, answer in zip(streams, answers, strict=True):
        expected = _zlib(stream)
        if expected is None or len(expected) > MAX_INFLATED:
            if not isinstance(answer, Refused):
                wrong.append(stream.hex())
        elif answer != expected:
            wrong.append(stream.hex())
    assert not wrong
    assert 300 < sum(isinstance(answer, Refused) for answer in answers) < 1200


def _zlib(stream: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(stream)
    except zlib.error:
        return None
    return out if unpacker.eof and not unpacker.unused_data else None


def _stream(source: random.Random) -> bytes:
    """Texts, repeats and noise, by any strategy, flushed in between, perhaps damaged."""
    strategy = source.choice(
        [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]
    )
    packer = zlib.compressobj(source.choice([0, 1, 6, 9]), zlib.DEFLATED, 15, 9, strategy)
    whole = b""
    for _ in range(source.randrange(1, 4)):
        alphabet = source.choice([b"ab", bytes(range(64)), bytes(range(256))])
        size = source.choice([0, 1, 40, 700, 2500])
        piece = bytes(source.choices(alphabet, k=size))
        whole += packer.compress(piece + piece[: source.randrange(600)])
        if source.random() < 0.3:
            whole += packer.flush(source.choice([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH]))
    stream = bytearray(whole + packer.flush())
    if source.random() < 0.5:
        for _ in range(source.choice([1, 1, 2, 9])):
            place = source.randrange(2, len(stream))
            stream[place] ^= 1 << source.randrange(8)
        checksum = _checksum_of(stream)
        if checksum and source.random() < 0.5:  # so that the damage is not found by the checksum
            stream[-4:] = checksum
    return bytes(stream)


def _checksum_of(stream: bytearray) -> bytes | None:
    unpacker = zlib.decompressobj(-15)
    try:
        out = unpacker.decompress(bytes(stream[2:]))
    except zlib.error:
        return None
    return zlib.adler32(out).to_bytes(4, "big") if unpacker.eof else None


def test_a_bare_stream_ends_with_its_last_bit(any_micropython: Interpreter) -> None:
    cases = []
    for sample in SAMPLES:
        for level in (0, 1, 9):
            packer = zlib.compressobj(level, zlib.DEFLATED, -15)
            stream = packer.compress(sample) + packer.flush()
            cases.append((stream, sample))
    answers = run([("inflate-raw", stream) for stream, _ in cases], any_micropython)
    assert answers == [sample for _, sample in cases]
    cut = [("inflate-raw", stream[:-1]) for stream, _ in cases]
    longer = [("inflate-raw", stream + b"\0") for stream, _ in cases]
    assert set(run(longer, any_micropython)) == {"inflate_failed"}
    # what is cut off is taken for zeros until it is missed
    assert set(run(cut, any_micropython)) == {"inflate_failed", "inflate_too_large"}


@pytest.mark.parametrize(
    ("what", "bits"),
    [
        ("a block of a kind that there is not", "1 11"),
        ("a copy from before the beginning", "1 10 0000001 00000"),
        ("a distance that there is not", "1 10 00110000 0000001 11110"),
    ],
)
def test_what_zlib_never_writes_is_refused(
    any_micropython: Interpreter, what: str, bits: str
) -> None:
    """Bits in the order of the stream; codewords from their first bit on, 3.1.1."""
    text = bits.replace(" ", "") + "0" * 40
    data = bytes(int(text[i : i + 8][::-1], 2) for i in range(0, len(text) // 8 * 8, 8))
    assert _zlib(b"\x78\x9c" + data) is None, what
    assert run([("inflate-raw", data)], any_micropython) == ["inflate_failed"]


def test_bytes_after_the_stream_are_refused(any_micropython: Interpreter) -> None:
    whole = zlib.compress(b"payload")
    answers = run([("inflate", whole + b"\0"), ("inflate", whole + whole)], any_micropython)
    assert answers == ["inflate_failed"] * 2


def test_a_preset_dictionary_is_refused(any_micropython: Interpreter) -> None:
    packer = zlib.compressobj(zdict=b"payload")
    stream = packer.compress(b"payload") + packer.flush()
    assert run([("inflate", stream)], any_micropython) == ["inflate_failed"]
