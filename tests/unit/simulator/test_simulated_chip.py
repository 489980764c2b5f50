"""The simulated chip behaves as the real one must: pins, serial lines, time, asyncio.

The programs here are MicroPython and use nothing but what a board has.
"""

from __future__ import annotations

import time

import pytest

from host_tools.simulator.clock import RealClock, VirtualClock
from host_tools.simulator.gate import GateError
from host_tools.simulator.readers import Ending, PlainReader
from host_tools.simulator.record import Change, Note

from .conftest import Board, notes


def test_pins(board: Board) -> None:
    program = """
        import time
        from machine import Pin
        relay = Pin(26, Pin.OUT, value=1)
        quiet = Pin(25, value=1)          # a latch, but no output yet
        time.sleep_ms(5)
        relay.off(); relay(0); relay.value(1)
        quiet.init(Pin.OUT)
        print(relay.value(), Pin(27, Pin.IN, Pin.PULL_UP).value(), Pin(34, Pin.IN).value())
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(100)
    assert gate.record.changes == [
        Change(0, 26, 1),
        Change(5000, 26, 0),
        Change(5000, 26, 1),
        Change(5000, 25, 1),
    ]
    assert notes(gate) == ["1 1 0"]


def test_inputs_and_interrupts(board: Board) -> None:
    program = """
        import time
        from machine import Pin
        fire = Pin(27, Pin.IN, Pin.PULL_UP)
        fire.irq(lambda pin: print("edge", pin.value(), time.ticks_us()), Pin.IRQ_FALLING)
        print(fire.value(), Pin(33, Pin.IN).value())
        time.sleep_ms(100)
    """
    with board(program, inputs={33: 1}) as gate:
        for at, level in ((10, 1), (20, 0), (25, 0), (30, 1), (40, 0)):
            gate.at(at * 1000, lambda level=level: gate.set_input(27, level))  # type: ignore[misc]
        gate.run_ms(50)
    assert notes(gate) == ["1 1", "edge 0 20000", "edge 0 40000"]


ECHO = """
    import asyncio, time
    from machine import UART

    async def main():
        uart = UART(2, 9600, rxbuf=64)
        stream = asyncio.StreamReader(uart)
        while True:
            data = await stream.read(100)
            print(time.ticks_us(), data)
            uart.write(data)
    asyncio.run(main())
"""


def test_a_serial_line_has_its_speed(board: Board) -> None:
    with board(ECHO) as gate:
        gate.run_ms(1)
        last = PlainReader(gate, 2, 9600).scan(b"AB")
        gate.run_ms(100)
    assert last == 1000 + 3 * 10_000_000 // 9600
    assert notes(gate) == ["2041 b'A'", "3083 b'B'", "4125 b'\\r'"]
    assert b"".join(sent.data for sent in gate.record.sent) == b"AB\r"


@pytest.mark.parametrize(
    ("ending", "sent"),
    [
        (Ending.CR, b"AB\r"),
        (Ending.LF, b"AB\n"),
        (Ending.CRLF, b"AB\r\n"),
        (Ending.NONE, b"AB"),
        (Ending.FRAME, b"\x03\x00\x02AB"),
    ],
)
def test_readers_end_texts_in_their_way(board: Board, ending: Ending, sent: bytes) -> None:
    with board(ECHO) as gate:
        gate.run_ms(1)
        PlainReader(gate, 2, 9600, ending).scan("AB")
        gate.run_ms(100)
    assert b"".join(one.data for one in gate.record.sent) == sent


def test_the_wrong_speed_is_noise(board: Board) -> None:
    with board(ECHO) as gate:
        gate.run_ms(1)
        PlainReader(gate, 2, 115200).scan(b"OC1:")
        gate.run_ms(100)
    assert all(byte > 127 for sent in gate.record.sent for byte in sent.data)


def test_bytes_over_the_buffer_are_lost_without_a_word(board: Board) -> None:
    program = """
        import time
        from machine import UART
        uart = UART(1, 9600, rxbuf=16)
        time.sleep_ms(200)
        print(uart.any(), uart.read(), uart.read())
        time.sleep_ms(1000)
    """
    with board(program) as gate:
        gate.run_ms(1)
        PlainReader(gate, 1, 9600).scan(bytes(range(65, 90)))
        gate.run_ms(500)
    assert notes(gate) == ["16 b'ABCDEFGHIJKLMNOP' None"]


def test_time_is_the_boards(board: Board) -> None:
    program = """
        import time
        print(time.gmtime(0)[0], time.gmtime()[:6], time.mktime(time.gmtime()) == time.time())
        print(time.ticks_diff(5, time.ticks_add(0, -5)), time.ticks_add(0, -1) == (1 << 30) - 1)
        time.sleep(1.5)
        print(time.ticks_ms(), time.time_ns() % 1000000000)
    """
    with board(program, unix=1_790_000_000) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(10_000)
    assert notes(gate) == ["2000 (2026, 9, 21, 14, 13, 20) True", "10 True", "1500 500000000"]


def test_stock_asyncio_on_simulated_time(board: Board) -> None:
    program = """
        import asyncio, time

        async def child(name, ms):
            try:
                await asyncio.sleep_ms(ms)
                return name
            finally:
                print(name, "ends", time.ticks_ms())

        async def main():
            print(await asyncio.gather(child("a", 30), child("b", 20)))
            try:
                await asyncio.wait_for_ms(child("slow", 5000), 100)
            except asyncio.TimeoutError:
                print("timeout", time.ticks_ms())
            task = asyncio.create_task(child("c", 1000))
            await asyncio.sleep_ms(1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                print("cancelled", task.done())
            event = asyncio.Event()
            async def setter():
                await asyncio.sleep_ms(7)
                event.set()
            asyncio.create_task(setter())
            await event.wait()
            lock = asyncio.Lock()
            async with lock:
                print("event", time.ticks_ms())
            async def fails():
                raise ValueError("no")
            try:
                await asyncio.create_task(fails())
            except ValueError as error:
                print(error)
        asyncio.run(main())
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(10_000)
    assert notes(gate) == [
        "b ends 20",
        "a ends 30",
        "['a', 'b']",
        "slow ends 130",
        "timeout 130",
        "c ends 131",
        "cancelled True",
        "event 138",
        "no",
    ]


def test_virtual_time_skips_waiting_and_repeats_to_the_microsecond(board: Board) -> None:
    records = []
    began = time.monotonic()
    for _ in range(2):
        with board(ECHO, clock=VirtualClock()) as gate:
            gate.run_ms(333)
            reader = PlainReader(gate, 2, 9600)
            reader.scan(b"A" * 50)
            reader.scan(b"B" * 50, at_us=60_000_000)
            gate.run_ms(120_000)
            records.append(gate.record)
    assert records[0] == records[1]
    assert len(records[0].notes) == 102
    assert time.monotonic() - began < 20  # for four minutes of simulated time


def test_real_time_waits(board: Board) -> None:
    program = """
        import time
        from machine import Pin
        relay = Pin(26, Pin.OUT, value=0)
        relay(1); time.sleep_ms(150); relay(0)
        while True:
            time.sleep_ms(10)
    """
    with board(program, clock=RealClock()) as gate:
        assert gate.run_ms(10_000, lambda: len(gate.record.changes) == 3)
        [pulse] = gate.record.pulses(26, rest=0)
    assert pulse.length_us is not None
    assert 149_000 <= pulse.length_us < 400_000


def test_a_program_that_raises_says_why(board: Board) -> None:
    with board("raise ValueError('broken')") as gate, pytest.raises(GateError, match="broken"):
        gate.run_ms(100)


def test_a_note_is_a_line(board: Board) -> None:
    with board("print('a', 1, sep='-'); print('b\\nc')") as gate, pytest.raises(GateError):
        gate.run_ms(100)
    assert gate.record.notes == [Note(0, "a-1"), Note(0, "b"), Note(0, "c")]
