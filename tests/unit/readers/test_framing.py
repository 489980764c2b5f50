"""Framing on real MicroPython: literal bytes in, events out, whatever the chunks."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

SILENCE = 150
CODE = b"OC1:6BF+70790T9WJWG.FKY*4GO0"
OTHER = b"HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD "
CARD = b"shc:/567629095243206034602924374044603122295953265460346029254077"
LONGEST = b"shc:/" + b"56" * 2145 + b"7"  # 4,296 characters
READ_REPLY = bytes.fromhex("02000001003331")  # GM65: the answer to a write
BEAT_REPLY = bytes.fromhex("03000001003331")  # GM65: the answer to a heartbeat
LONG = "text_too_long"
FRAME = "frame_invalid"
GARBAGE = "reader_garbage"

PROGRAM = """
import json, sys
from gate.readers.framing import Framer

for line in sys.stdin:
    case = json.loads(line)
    framer = Framer(**case["options"])
    events = []
    for at, data in case["chunks"]:
        events += framer.feed(bytes.fromhex(data), at)
    due = framer.deadline()
    if due is not None:
        early = framer.expire(due - 1)
        assert not early, early
        events += framer.expire(due)
    assert framer.deadline() is None
    print(json.dumps([e if isinstance(e, str) else [e.decode()] for e in events]))
"""

Chunks = list[tuple[int, bytes]]
Frame = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def frame(run_firmware: Callable[..., list[Any]]) -> Frame:
    """Runs the framer over several streams; gives the events of each."""

    def run(streams: list[Chunks], **options: int) -> list[Any]:
        lines = [
            json.dumps({"options": options, "chunks": [[at, d.hex()] for at, d in chunks]})
            for chunks in streams
        ]
        return run_firmware(PROGRAM, input="\n".join(lines) + "\n")

    return run


def framed(data: bytes) -> bytes:
    return b"\x03" + len(data).to_bytes(2, "big") + data


def code(data: bytes) -> list[str]:
    return [data.decode()]


CASES: dict[str, tuple[bytes, list[Any]]] = {
    "CR": (CODE + b"\r", [code(CODE)]),
    "LF": (CODE + b"\n", [code(CODE)]),
    "CRLF": (CODE + b"\r\n", [code(CODE)]),
    "silence ends a text": (CODE, [code(CODE)]),
    "a space at the end belongs to the code": (OTHER + b"\r", [code(OTHER)]),
    "empty lines": (b"\r\n\n\r" + CODE + b"\r\r", [code(CODE)]),
    "frame": (framed(CODE), [code(CODE)]),
    "frames in a row": (framed(CODE) + framed(OTHER), [code(CODE), code(OTHER)]),
    "two lines in one chunk": (CODE + b"\r" + OTHER + b"\r", [code(CODE), code(OTHER)]),
    "glued: one text, which no signature fits": (CODE + OTHER + b"\r", [code(CODE + OTHER)]),
    "heartbeat": (framed(b"") + framed(CODE), [code(CODE)]),
    "heartbeat and nothing else": (framed(b""), []),
    "heartbeats": (framed(b"") * 3 + CODE + b"\r", [code(CODE)]),
    "reply before data": (READ_REPLY + CODE + b"\r", [code(CODE)]),
    "replies before a frame": (READ_REPLY + BEAT_REPLY + framed(CODE), [code(CODE)]),
    "reply with its CRC unchecked": (READ_REPLY[:-2] + b"\xab\xcd" + framed(CODE), [code(CODE)]),
    "reply with a wrong CRC": (READ_REPLY[:-1] + b"0" + CODE + b"\r", [GARBAGE, code(CODE)]),
    "ACK and NACK of a DE2120": (b"\x06\x15" + CODE + b"\r", [code(CODE)]),
    "noise before a code": (b"\xff\x80\x00\x00" + CODE + b"\r", [GARBAGE, code(CODE)]),
    "noise before a frame": (b"\xff\xfe\r" + framed(CODE), [GARBAGE, code(CODE)]),
    "a byte above 127 inside": (b"OC1:AB\xe4CD\r" + CODE + b"\r", [GARBAGE, code(CODE)]),
    "a NUL inside": (b"OC1:AB\x00CD\r" + CODE + b"\r", [GARBAGE, code(CODE)]),
    "NULs": (b"\x00" * 500 + b"\r" + CODE + b"\r", [GARBAGE, code(CODE)]),
    "text cut off by a frame": (b"OC1:AB" + framed(CODE), [code(b"OC1:AB"), code(CODE)]),
    "half a frame": (framed(CODE)[:-4], [FRAME, code(CODE[:-4])]),
    "frame that swallows a line": (
        b"\x03\x00\x40" + CODE + b"\r" + OTHER + b"\r" + CODE + b"\r",
        [FRAME, code(CODE), code(OTHER), code(CODE)],
    ),
    "frame with an impossible length": (b"\x03\xff\xffOC1:XY\r", [FRAME, code(b"OC1:XY")]),
    "frame with a NUL inside": (
        framed(b"OC1:\x00") + b"\r" + framed(CODE),
        [FRAME, GARBAGE, code(CODE)],
    ),
    "frame that never ends": (b"\x03\x10\x00" + CODE + b"\r", [FRAME, code(CODE)]),
    "the last byte starts a frame": (CODE + b"\r\x03", [code(CODE), FRAME]),
    "a health card": (CARD + b"\r", [code(CARD)]),
    "a health card in a frame": (framed(CARD), [code(CARD)]),
    "noise before a health card": (b"\xff\x80\x00shc:" + CARD + b"\r", [GARBAGE, code(CARD)]),
    "slashes and colons in noise": (b"\xffsh:/c:/hc:/:/x\r" + CARD + b"\r", [GARBAGE, code(CARD)]),
    "nothing": (b"", []),
}


def test_the_longest_code_is_read_and_a_longer_one_is_not(frame: Frame) -> None:
    streams: list[Chunks] = [[(0, LONGEST + b"\r")], [(0, LONGEST + b"1\r" + CARD + b"\r")]]
    assert frame(streams) == [[code(LONGEST)], [LONG, code(CARD)]]


@pytest.mark.parametrize("name", CASES)
def test_stream(frame: Frame, name: str) -> None:
    stream, events = CASES[name]
    whole, single = frame([[(0, stream)], [(0, bytes([byte])) for byte in stream]])
    assert whole == events
    assert single == events


def test_greatest_length(frame: Frame) -> None:
    longest = b"A" * 40
    too_long = longest + b"A"
    assert frame(
        [
            [(0, longest + b"\r")],
            [(0, too_long + b"\r" + CODE + b"\r")],
            [(0, framed(longest))],
            [(0, framed(too_long) + b"\r" + CODE + b"\r")],
            [(0, b"A" * 5000 + CODE + b"\r")],
        ],
        max_text=40,
    ) == [
        [code(longest)],
        [LONG, code(CODE)],
        [code(longest)],
        [FRAME, code(CODE)],
        [LONG, code(CODE)],
    ]


def test_a_flood_is_one_refusal(frame: Frame) -> None:
    flood = b"A" * 100_000
    assert frame([[(0, flood), (SILENCE, CODE + b"\r")]]) == [[LONG, code(CODE)]]


def test_silence_separates(frame: Frame) -> None:
    half, rest = CODE[:9], CODE[9:]
    assert frame(
        [
            [(0, half), (SILENCE - 1, rest + b"\r")],
            [(0, half), (SILENCE, rest + b"\r")],
            [(0, framed(CODE)[:9]), (SILENCE, CODE + b"\r")],
            [(0, b"\xff\xff"), (SILENCE, CODE + b"\r")],
        ]
    ) == [
        [code(CODE)],
        [code(half), code(rest)],
        [FRAME, code(CODE[:6]), code(CODE)],
        [GARBAGE, code(CODE)],
    ]


PIECES = (
    *(stream for stream, _ in CASES.values()),
    b"\x03",
    b"\x02\x00\x00",
    b"OC1:",
    b":",
    b"\r",
    b"\x80",
    b"A" * 30,
)


def a_stream(source: random.Random) -> bytes:
    """Pieces of the cases above, some of them damaged."""
    stream = bytearray(b"".join(source.choices(PIECES, k=source.randint(1, 6))))
    for _ in range(source.randint(0, 3)):
        if stream:
            stream[source.randrange(len(stream))] = source.randrange(256)
    return bytes(stream)


def a_split(source: random.Random, stream: bytes) -> Chunks:
    cuts = sorted(source.choices(range(len(stream) + 1), k=source.randint(0, 9)))
    edges = [0, *cuts, len(stream)]
    return [(0, stream[a:b]) for a, b in itertools.pairwise(edges)]


def test_chunk_boundaries_change_nothing(frame: Frame) -> None:
    source = random.Random(3)
    streams = [a_stream(source) for _ in range(150)]
    whole = frame([[(0, stream)] for stream in streams], max_text=64)
    single = frame([[(0, bytes([b])) for b in stream] for stream in streams], max_text=64)
    assert single == whole
    for _ in range(2):
        assert frame([a_split(source, stream) for stream in streams], max_text=64) == whole


def test_after_anything_the_next_code_is_read(frame: Frame) -> None:
    source = random.Random(4)
    streams = [bytes(source.randrange(256) for _ in range(200)) for _ in range(100)]
    chunks: list[Chunks] = [[(0, s), (SILENCE, CODE + b"\r")] for s in streams]
    for events in frame(chunks):
        assert events[-1] == code(CODE)


def test_a_code_made_of_heads_of_replies_takes_no_longer_than_others(
    run_firmware: Callable[..., list[Any]],
) -> None:
    """Whoever shows it would hold the loop, and with it the button for exit, for seconds."""
    [worst] = run_firmware("""
        import json
        import gate.readers.reply as reply
        from gate.readers.framing import Framer
        summed = []
        crc16 = reply.crc16
        def counted(data, start, end):
            summed.append(end - start)
            return crc16(data, start, end)
        reply.crc16 = counted
        worst = 0
        for size in (0, 1, 2, 4, 5, 16, 64, 255):
            summed.clear()
            framer = Framer()
            framer.feed((bytes((2, 0, 0, size)) * 750)[:2953], 0)  # as much as a QR code holds
            framer.expire(1000)
            worst = max(worst, sum(summed))
        print(json.dumps(worst))
    """)
    assert worst <= 2 * 2953


HOLES = """
import gc, json
from gate.readers.framing import Framer

framer = Framer()
text = memoryview(b"A" * 3300)  # made before the heap is full of holes
blocks = [None] * 4000
count = 0
try:
    while count < len(blocks):
        blocks[count] = bytearray(1000)
        count += 1
except MemoryError:
    pass
assert count < len(blocks), "the heap is too large for this test"
for i in range(0, count, 2):
    blocks[i] = None  # half of the heap is free, no piece of it longer than about 1,000 bytes
gc.collect()
free = gc.mem_free()
events = framer.feed(text, 0)
events += framer.feed(b"\\rOC1:6BF\\r", 300)
events += framer.feed(b"\\x03\\x0c\\xe4", 900)
for start in range(0, 3300, 100):
    events += framer.feed(text[start:start + 100], 900)
events += framer.feed(b"\\x03\\x00\\x07OC1:6BF", 950)
blocks = None
print(json.dumps([free, [e if isinstance(e, str) else e.decode() for e in events]]))
"""


def test_no_room_in_one_piece_is_a_reason(run_firmware: Callable[..., list[Any]]) -> None:
    """Long codes are copied once; without room for that the reader goes on with the next code."""
    [[free, events]] = run_firmware(HOLES, heap="400k")
    assert free > 100_000
    assert events == ["memory_short", "OC1:6BF", "memory_short", "OC1:6BF"]
