"""Inflating: what zlib writes comes back; what is damaged, cut or too large does not."""

import random
import zlib

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


def test_bytes_after_the_stream_are_refused(any_micropython: Interpreter) -> None:
    whole = zlib.compress(b"payload")
    answers = run([("inflate", whole + b"\0"), ("inflate", whole + whole)], any_micropython)
    assert answers == ["inflate_failed"] * 2


def test_a_preset_dictionary_is_refused(any_micropython: Interpreter) -> None:
    packer = zlib.compressobj(zdict=b"payload")
    stream = packer.compress(b"payload") + packer.flush()
    assert run([("inflate", stream)], any_micropython) == ["inflate_failed"]
