"""Answers mixed into scans: taken out whole, wherever they lie; never a code, never a lost one."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.simulator.readers.gm65 import reply
from host_tools.simulator.readers.m5 import ACK as ATOMIC_ACK
from host_tools.simulator.readers.m5 import NAK as ATOMIC_NAK
from host_tools.simulator.readers.plain import framed

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CODE = b"OC1:6BF+70790T9WJWG.FKY*4GO0"

# kind -> class, the command that was last said, what the reader may answer, how it ends a code
KINDS: dict[str, tuple[str, bytes, list[bytes], tuple[str, ...]]] = {
    "gm65": (
        "Gm65",
        bytes.fromhex("7E0007010060010A6B"),
        [
            reply(b"\x00"),
            reply(b"\x81"),
            reply(b"\x39\x01"),
            reply(b"\x00", kind=3),
            bytes.fromhex("7E0007010060010A6B"),  # the echo
            ATOMIC_ACK,
        ],
        ("frame", "\r", "\r\n"),
    ),
    "de2120": ("De2120", b"^_^DSPYFW.", [b"\x06", b"\x15"], ("\r", "\r\n")),
    "m5_unit": (
        "M5Unit",
        b"\x23\x61\x41",
        [b"\x24\x61\x41\x05\x00", b"\x22\x61\x41\x05\x00"],
        ("\r", "silence"),
    ),
    "m5_atomic": (
        "M5Atomic",
        bytes.fromhex("04E40400FF14"),
        [ATOMIC_ACK, ATOMIC_NAK, bytes.fromhex("04E40400FF14")],
        ("\r\n", "silence"),
    ),
    "reply": ("Answers", b"", [reply(b"\x00"), reply(b"\x00", kind=3), b"\x06"], ("\r", "frame")),
}

PROGRAM = """
import json, sys
from gate.readers.framing import Framer
from gate.readers.%(module)s import %(name)s as Protocol

for line in sys.stdin:
    protocol = Protocol()
    if hasattr(protocol, "expect"):
        protocol.expect(bytes.fromhex("%(said)s"))
    framer = Framer(protocol)
    events = []
    for at, data in json.loads(line):
        events += framer.feed(bytes.fromhex(data), at)
    due = framer.deadline()
    if due is not None:
        events += framer.expire(due)
    assert framer.deadline() is None
    print(json.dumps([e if isinstance(e, str) else [e.decode()] for e in events]))
"""

# How an answer looks to somebody who knows nothing of the firmware: taken out, nothing is torn.
LOOKS = {
    "gm65": b"|".join(re.escape(answer) for answer in KINDS["gm65"][2]),
    "de2120": rb"[\x06\x15]",
    "m5_unit": rb"[\x22\x24]aA[\x00-\x08]\x00?",
    "m5_atomic": b"|".join(re.escape(answer) for answer in KINDS["m5_atomic"][2]),
    "reply": b"|".join(re.escape(answer) for answer in KINDS["reply"][2]) + rb"|\x15",
}

Chunks = list[tuple[int, bytes]]
Frame = Callable[[str, list[Chunks]], list[list[Any]]]


@pytest.fixture(scope="session")
def frame(run_firmware: Callable[..., list[Any]]) -> Frame:
    """Runs streams through the framer with a protocol's answers; gives the events of each."""

    def run(kind: str, streams: list[Chunks]) -> list[list[Any]]:
        name, said, _, _ = KINDS[kind]
        program = PROGRAM % {"module": kind, "name": name, "said": said.hex()}
        lines = [json.dumps([[at, data.hex()] for at, data in chunks]) for chunks in streams]
        return run_firmware(program, input="\n".join(lines) + "\n")

    return run


def sent(code: bytes, ending: str) -> bytes:
    """A code as the reader puts it on the line."""
    if ending == "frame":
        return framed(code)
    return code + (b"" if ending == "silence" else ending.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_place_of_a_code(frame: Frame, kind: str) -> None:
    _, _, answers, endings = KINDS[kind]
    streams: list[Chunks] = []
    for ending, answer in itertools.product(endings, answers):
        whole = sent(CODE, ending)
        head = 3 if ending == "frame" else 0  # within the head of a frame it is a damaged frame
        places = [0, *range(head, len(whole) + 1 - len(ending.strip("framesilnc")))]
        for at in places:
            mixed = whole[:at] + answer + whole[at:]
            streams.append([(0, mixed)])
            streams.append([(0, bytes([byte])) for byte in mixed])
    for chunks, events in zip(streams, frame(kind, streams), strict=True):
        assert events == [[CODE.decode()]], b"".join(data for _, data in chunks)


def a_code(source: random.Random) -> bytes:
    length = source.randint(1, 60)
    return b"OC1:" + bytes(source.choices(ALPHABET, k=length)) + b"."


@pytest.mark.parametrize("kind", KINDS)
def test_codes_come_out_as_they_went_in(frame: Frame, kind: str) -> None:
    """Random codes, answers between and within them, split anywhere."""
    _, _, answers, endings = KINDS[kind]
    source = random.Random(kind)
    streams: list[Chunks] = []
    expected: list[list[list[str]]] = []
    for _ in range(60):
        chunks: Chunks = []
        now = 0
        codes = [a_code(source) for _ in range(source.randint(1, 5))]
        for code in codes:
            ending = source.choice(endings)
            whole = sent(code, ending)
            stream = b"".join(source.choices(answers, k=source.randint(0, 3)))
            if source.random() < 0.7:
                at = source.randint(3 if ending == "frame" else 0, len(whole) - 2)
                whole = whole[:at] + source.choice(answers) + whole[at:]
            stream += whole
            for piece in pieces(source, stream):
                chunks.append((now, piece))
                now += source.randint(0, 20)
            now += 150
        streams.append(chunks)
        expected.append([[code.decode()] for code in codes])
    assert frame(kind, streams) == expected


def pieces(source: random.Random, stream: bytes) -> list[bytes]:
    cuts = sorted(source.choices(range(len(stream) + 1), k=source.randint(0, 6)))
    edges = [0, *cuts, len(stream)]
    return [stream[a:b] for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_damaged_is_never_pieced_together(frame: Frame, kind: str) -> None:
    """Bytes get lost and changed: a code is still what stood on the line without a break."""
    _, _, answers, endings = KINDS[kind]
    source = random.Random(f"{kind} damaged")
    streams: list[Chunks] = []
    lines = []
    for _ in range(150):
        line = bytearray()
        for _ in range(source.randint(1, 5)):
            whole = sent(a_code(source), source.choice(endings))
            at = source.randint(0, len(whole))
            line += damaged(source, whole[:at])
            line += damaged(source, source.choice(answers))
            line += damaged(source, whole[at:])
        streams.append([(0, bytes(line))])
        lines.append(re.sub(LOOKS[kind], b"", bytes(line)))
    for line, events in zip(lines, frame(kind, streams), strict=True):
        for event in events:
            assert isinstance(event, str) or event[0].encode() in line


def damaged(source: random.Random, part: bytes) -> bytes:
    """Perhaps a byte of it is lost or another one."""
    if not part or source.random() > 0.3:
        return part
    place = source.randrange(len(part))
    other = b"" if source.random() < 0.5 else source.randbytes(1)
    return part[:place] + other + part[place + 1 :]


@pytest.mark.parametrize("kind", KINDS)
def test_after_anything_the_next_code_is_read(frame: Frame, kind: str) -> None:
    _, _, answers, endings = KINDS[kind]
    source = random.Random(f"{kind} noise")
    streams: list[Chunks] = []
    for _ in range(60):
        noise = source.randbytes(source.randint(0, 300)) + source.choice(answers)[:-1]
        streams.append([(0, noise), (150, sent(CODE, source.choice(endings)))])
    streams.append([(0, answers[0][:3] * 2000), (150, sent(CODE, endings[0]))])
    for events in frame(kind, streams):
        assert events[-1] == [CODE.decode()]
