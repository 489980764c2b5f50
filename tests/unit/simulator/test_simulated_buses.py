"""I2C, SPI, PWM, WS2812 and what a serial device hears: as the chip's drivers do it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from host_tools.simulator.buses import BusTimeout
from host_tools.simulator.gate import GateError
from host_tools.simulator.readers import LineReader
from host_tools.simulator.record import Sent, Tone

from .conftest import Board, notes


class Registers:
    """An I2C device of 16 registers, whose pointer moves on by itself."""

    def __init__(self) -> None:
        self.values = bytearray(range(16))
        self.at = 0
        self.heard: list[bytes] = []
        self.holds_clock = False

    def write(self, data: bytes) -> bool:
        if self.holds_clock:
            raise BusTimeout
        self.heard.append(data)
        if data:
            self.at = data[0]
            for byte in data[1:]:
                self.values[self.at] = byte
                self.at += 1
        return self.at < 16

    def read(self, count: int) -> bytes:
        self.at += count
        return bytes(self.values[self.at - count : self.at])


def test_i2c(board: Board) -> None:
    program = """
        import time
        from machine import I2C, Pin
        i2c = I2C(0, scl=Pin(22), sda=Pin(21), freq=400000)
        print(i2c.scan())
        before = time.ticks_us()
        print(i2c.readfrom_mem(0x68, 4, 3), time.ticks_us() - before)
        i2c.writeto_mem(0x68, 7, b"ab")
        print(i2c.writeto(0x68, bytes([7])), i2c.readfrom(0x68, 2), i2c.readfrom(0x68, 1))
        print(i2c.writevto(0x68, [b"\\x01", b"xy"]))
        into = bytearray(2)
        i2c.readfrom_mem_into(0x68, 1, into)
        print(into)
    """
    device = Registers()
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.attach_i2c(0, 0x68, device)
        gate.attach_i2c(1, 0x3C, Registers())  # on another bus
        gate.run_ms(100)
    # two address bytes, one of the register, three of data, 9 bits each
    assert notes(gate) == [
        "[104]",
        r"b'\x04\x05\x06' 135",
        r"1 b'ab' b'\t'",
        "3",
        "bytearray(b'xy')",
    ]
    assert b"\x07ab" in device.heard


def test_i2c_without_an_answer(board: Board) -> None:
    program = """
        import errno
        from machine import I2C
        i2c = I2C(0)
        for attempt in (
            lambda: i2c.writeto(0x3C, b"a"), lambda: i2c.readfrom(0x3C, 1),
            lambda: i2c.writeto(0x68, b"\\xff"), lambda: i2c.writeto(0x69, b""),
        ):
            try:
                attempt()
            except OSError as error:
                print(errno.errorcode[error.errno])
    """
    stuck = Registers()
    stuck.holds_clock = True
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.attach_i2c(0, 0x3C, Registers())
        gate.detach_i2c(0, 0x3C)
        gate.attach_i2c(0, 0x68, Registers())
        gate.attach_i2c(0, 0x69, stuck)
        gate.run_ms(100)
    assert notes(gate) == ["ENODEV", "ENODEV", "ENODEV", "ETIMEDOUT"]


class Panel:
    """An SPI device that is selected by pin 5 and told commands from data by pin 2."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, int]] = []

    def write(self, data: bytes, levels: Mapping[int, int]) -> bytes | None:
        if levels[5]:
            return None
        self.heard.append((data, levels[2]))
        return bytes(byte ^ 0xFF for byte in data)


def test_spi(board: Board) -> None:
    program = """
        import time
        from machine import SPI, Pin
        cs, dc = Pin(5, Pin.OUT, value=1), Pin(2, Pin.OUT, value=0)
        spi = SPI(1, 1000000, sck=Pin(18), mosi=Pin(23))
        spi.write(b"nobody")
        cs(0)
        before = time.ticks_us()
        spi.write(b"\\x2c")
        dc(1)
        spi.write(bytes(99))
        print(time.ticks_us() - before)
        into = bytearray(2)
        spi.write_readinto(b"\\x0f\\xf0", into)
        print(into, spi.read(2), spi.read(1, 0xFF))
        cs(1)
        print(spi.read(1))
    """
    panel = Panel()
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.attach_spi(1, panel)
        gate.run_ms(100)
    assert panel.heard[:2] == [(b"\x2c", 0), (bytes(99), 1)]
    assert notes(gate) == ["800", r"bytearray(b'\xf0\x0f') b'\xff\xff' b'\x00'", r"b'\xff'"]


def test_an_input_that_changes_during_a_transfer_waits_for_its_end(board: Board) -> None:
    program = """
        import time
        from machine import SPI, Pin
        Pin(27, Pin.IN).irq(lambda pin: print("edge", time.ticks_us()))
        SPI(1, 1000000).write(bytes(1000))
    """
    with board(program, inputs={27: 0}) as gate, pytest.raises(GateError, match="ended"):
        gate.at(3000, lambda: gate.set_input(27, 1))
        gate.run_ms(100)
    assert notes(gate) == ["edge 8000"]


def test_pwm(board: Board) -> None:
    program = """
        import time
        from machine import PWM, Pin
        beep = PWM(Pin(25), freq=2700, duty_u16=32768)
        time.sleep_ms(10)
        beep.duty_u16(0)
        print(beep.freq(), beep.duty_u16(), beep.duty())
        beep.init(freq=1000, duty=512)
        beep.deinit()
        for wrong in ({"freq": 0}, {"duty_u16": 65536}, {"duty": -1}):
            try:
                PWM(Pin(25), **wrong)
            except ValueError as error:
                print(error)
        try:
            beep.freq(5)
        except RuntimeError as error:
            print(error)
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.run_ms(100)
    assert gate.record.tones == [
        Tone(0, 25, 2700, 32768),
        Tone(10_000, 25, 2700, 0),
        Tone(10_000, 25, 1000, 32768),
        Tone(10_000, 25, 1000, 0),
    ]
    assert notes(gate)[0] == "2700 0 0"
    assert notes(gate)[-1] == "PWM is inactive"
    assert len(notes(gate)) == 5


class Pixels:
    def __init__(self) -> None:
        self.bursts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.bursts.append(data)


def test_pixels(board: Board) -> None:
    program = """
        from machine import Pin, bitstream
        from neopixel import NeoPixel
        lamp = NeoPixel(Pin(27, Pin.OUT), 2)
        lamp[1] = (255, 128, 1)
        lamp.write()
        print(lamp[1], len(lamp))
        bitstream(Pin(27), 0, (400, 850, 800, 450), b"\\x01\\x02\\x03")
        bitstream(Pin(4), 0, (400, 850, 800, 450), b"nobody")
    """
    pixels = Pixels()
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        gate.attach_pixels(27, pixels)
        gate.run_ms(100)
    assert pixels.bursts == [bytes((0, 0, 0, 128, 255, 1)), b"\x01\x02\x03"]
    assert notes(gate) == ["(255, 128, 1) 2"]


class Echo(LineReader):
    """A serial device that answers what it hears, each byte with the next."""

    heard: list[tuple[int, bytes]]

    def hear(self, data: bytes, at_us: int) -> None:
        self.heard.append((at_us, data))
        self._gate.receive(1, bytes(byte + 1 for byte in data), 9600)


def test_a_serial_line_takes_its_time_in_both_directions(board: Board) -> None:
    program = """
        import time
        from machine import UART
        uart = UART(1, 9600)
        uart.write(b"AB")
        print(uart.txdone())
        uart.flush()
        print(uart.txdone(), time.ticks_us(), uart.read())
        uart.write(b"D")
        uart.init(115200)
        print(time.ticks_us(), uart.any())
        uart.deinit()
        time.sleep_ms(1)
    """
    with board(program) as gate, pytest.raises(GateError, match="ended"):
        device = Echo(gate, 1, 9600)
        device.heard = []
        gate.attach_uart(1, device)
        gate.run_ms(1000)
    assert device.heard == [(2083, b"AB"), (3124, b"D")]
    assert notes(gate) == ["False", "True 2083 b'BC'", "3124 0"]
    assert gate.record.sent[:2] == [Sent(0, 1, b"AB"), Sent(2083, 1, b"D")]
