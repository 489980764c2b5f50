"""The simulated readers are as their manuals say: what the drivers are judged by is judged here."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import pytest

from host_tools.simulator.readers import De2120Reader, Gm65Reader, LineReader
from host_tools.simulator.readers.gm65 import FACTORY, MODE, OUTPUT, SENSOR, SET_UP_CODES

UART = 1
CODE = b"OC1:6BF+70790T9WJWG"
LOCK = "7E00080100030201 88"
READ_LOCK = "7E000701000301 5412"
ACK = bytes.fromhex("02000001003331")


class Line:
    """The terminal's end of a serial line, stepped by hand."""

    def __init__(self) -> None:
        self.bauds = {UART: 9600}
        self.clock = self
        self.heard = b""
        self._now = 0
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> int:
        return self._now

    def at(self, time_us: int, stimulus: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (time_us, next(self._order), stimulus))

    def receive(self, uart: int, data: bytes, baud: int) -> None:
        assert uart == UART
        if baud == self.bauds[UART]:
            self.heard += data

    def wait(self, duration_ms: float) -> bytes:
        """Let time pass; gives what has arrived meanwhile."""
        end = self._now + round(duration_ms * 1000)
        self.heard = b""
        while self._queue and self._queue[0][0] <= end:
            self._now, _, stimulus = heapq.heappop(self._queue)
            stimulus()
        self._now = end
        return self.heard

    def say(self, reader: LineReader, text: str, wait_ms: float = 100) -> bytes:
        reader.write(bytes.fromhex(text))
        return self.wait(wait_ms)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def gm65(line: Line) -> Gm65Reader:
    return Gm65Reader(line, UART)


def test_a_wrong_crc_gets_no_reply_and_an_unchecked_one_does(line: Line, gm65: Gm65Reader) -> None:
    assert line.say(gm65, "7E000701000A01EE8B") == b""
    assert line.say(gm65, "7E000701000A01EE8A")[:4] == b"\x02\x00\x00\x01"
    assert line.say(gm65, "7E000701000A01ABCD")[:4] == b"\x02\x00\x00\x01"


def test_a_gap_of_more_than_400_ms_within_a_frame(line: Line, gm65: Gm65Reader) -> None:
    for gap_ms, answered in ((380, True), (420, False)):
        gm65.write(bytes.fromhex("7E0007010003"))
        line.wait(gap_ms)
        assert (line.say(gm65, "015412") != b"") == answered
        line.wait(1000)


def test_the_frames_of_the_manual(line: Line, gm65: Gm65Reader) -> None:
    assert line.say(gm65, "7E000801000A3E4CCF") == ACK
    assert line.say(gm65, "7E000701000A01EE8A") == bytes.fromhex("020000013EE4AC")
    assert line.say(gm65, "7E000701002A02D80F") == bytes.fromhex("020000023901C14C")
    assert line.say(gm65, "7E000A01000000301A") == bytes.fromhex("03000001003331")


def test_the_acknowledgement_of_a_new_speed_comes_at_the_old_one(
    line: Line, gm65: Gm65Reader
) -> None:
    assert line.say(gm65, "7E000802002A1A00E47E") == ACK
    assert gm65.baud == 115200
    assert line.say(gm65, READ_LOCK) == b"", "the terminal still talks at 9,600"
    line.bauds[UART] = 115200
    assert line.say(gm65, READ_LOCK) != b""


def test_what_is_not_saved_is_gone_after_a_power_cut(line: Line, gm65: Gm65Reader) -> None:
    line.say(gm65, LOCK)
    gm65.restart()
    assert gm65.zones[SET_UP_CODES] == FACTORY[SET_UP_CODES]
    line.wait(300)
    line.say(gm65, LOCK)
    line.say(gm65, "7E0009010000 00DEC8")
    gm65.restart()
    assert gm65.zones[SET_UP_CODES] == 2
    gm65.reset()
    assert gm65.zones == FACTORY


def test_it_starts_for_more_than_200_ms(line: Line, gm65: Gm65Reader) -> None:
    gm65.restart()
    assert line.say(gm65, READ_LOCK, wait_ms=200) == b""
    line.wait(100)
    assert line.say(gm65, READ_LOCK) != b""


def test_a_printed_set_up_code_and_the_lock(line: Line, gm65: Gm65Reader) -> None:
    assert gm65.show_set_up_code(OUTPUT, 0x00)
    line.say(gm65, LOCK)
    assert not gm65.show_set_up_code(OUTPUT, 0x01)
    assert gm65.zones[OUTPUT] == 0x00


def test_it_reads_by_hand_until_it_has_a_mode_and_the_same_code_after_5_s(
    line: Line, gm65: Gm65Reader
) -> None:
    def seen() -> bool:
        gm65.scan(CODE)
        return line.wait(100) != b""

    assert not seen()
    gm65.zones[MODE] |= SENSOR
    assert seen()
    line.wait(4000)
    assert not seen()
    line.wait(1000)
    assert seen()


def test_a_de2120_takes_430_ms_for_its_version(line: Line) -> None:
    line.bauds[UART] = 115200
    reader = De2120Reader(line, UART)
    version = b"^_^DSPYFW.".hex()
    assert line.say(reader, version, wait_ms=420) == b""
    assert line.wait(50) == b"\x06DE2120_V1.0.3\r"
    assert line.say(reader, b"^_^NOSUCH1.".hex()) == b"\x15"


def test_faults(line: Line, gm65: Gm65Reader) -> None:
    gm65.faults.late_ms = 700
    assert line.say(gm65, READ_LOCK, wait_ms=690) == b""
    assert line.wait(50) != b""
    gm65.faults.late_ms = 0
    gm65.faults.echo = True
    assert line.say(gm65, READ_LOCK)[:2] == b"\x7e\x00"
    gm65.faults.echo = False
    gm65.faults.dead = True
    assert line.say(gm65, READ_LOCK) == b""
    gm65.faults.dead = False
    gm65.zones[MODE] |= SENSOR
    gm65.faults.answer_at = 4
    gm65.scan(CODE)
    assert line.wait(100) == CODE[:4] + ACK + CODE[4:] + b"\r"
    gm65.faults.answer_at = None
    gm65.faults.lose_every = 1
    gm65.scan(b"X")
    assert line.wait(100) == b""
