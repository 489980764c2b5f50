"""One simulated gate: the firmware's process, its clock, its serial lines and its pins.

The simulator owns time. The device computes until it says `wait`; then the stimuli that are due
happen, and it is answered when bytes or inputs have changed or when its time is up. A transfer on
a bus is such a wait, which nothing ends early.
"""

from __future__ import annotations

import heapq
import itertools
import select
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from host_tools.simulator.buses import Buses, I2CDevice, PixelDevice, SPIDevice, UARTDevice
from host_tools.simulator.clock import Clock, VirtualClock
from host_tools.simulator.process import Process
from host_tools.simulator.record import Note, Record, Reset, Sent, Tone

NOON = (
    1_790_000_000  # 2026-09-21 13:33:20 UTC; the wall clock of virtual runs, unless told otherwise
)
EPOCH_2000 = 946_684_800  # Unix seconds: what the chip's clock shows after a power cut
HANG_S = 30.0  # of the computer's time: longer than any computation between two waits
BOOT_US = 300_000  # from a reset to boot.py: boot loader and interpreter; an assumption

# machine.reset_cause()
PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3


def _block(lines: str) -> bytes:
    """Lines for the device, after their size, so that it reads them in one go."""
    return f"{len(lines):06}\n{lines}".encode()


def noise(data: bytes) -> bytes:
    """What arrives of bytes that were sent at another speed."""
    return bytes(byte * 7 & 0x7F | 0x80 for byte in data)


class GateError(Exception):
    """The firmware's process ended or hangs; the message has what it said last."""


class SimulatedGate:
    """Use as a context manager: powers on at entry, off at exit."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        unix: int = NOON,
        inputs: Mapping[int, int] | None = None,
        floating: Mapping[int, int] | None = None,
        hang_s: float = HANG_S,
        **process: Any,
    ) -> None:
        """unix: Unix seconds at power on, by the chip's clock and by the world's. inputs: levels at
        power on. floating: levels of outputs that nothing drives, where the wiring gives one."""
        self.folder = folder
        self.clock: Clock = clock or VirtualClock()
        self.record = Record()
        self.on_note: Callable[[Note], None] | None = None
        self.bauds: dict[int, int] = {}  # UARTs that the firmware has opened
        self.buses = Buses()
        self._world_us = unix * 1_000_000 - self.clock.now()  # Unix time less the simulated one
        self._chip_us = self._world_us  # the same of the chip's clock
        self._inputs = dict(inputs or {})
        self._floating = dict(floating or {})
        self._hang_s = hang_s
        self._process_options = process
        self._process: Process | None = None
        self._memory = b""  # of the chip's RTC
        self._boots = 0  # so that a cut takes back a start that is due
        self._watchdog_us: int | None = None
        self._bites_us: int | None = None  # when it restarts the chip
        self._stimuli: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._forget()

    def _forget(self) -> None:
        """What is under way between chip and hardware is gone with the power."""
        self._received = bytearray()  # of a line from the device
        self._lines: list[str] = []
        self._waiting = False
        self._transfer: str | None = None  # the answer, when its time is up
        self._deadline: int | None = None
        self._answer: list[str] = []
        self.bauds.clear()

    # Power

    def __enter__(self) -> SimulatedGate:
        self._boot(PWRON_RESET)
        return self

    def __exit__(self, *_: object) -> None:
        self._boots += 1
        if self._process is not None:
            self._process.stop()
            self._process = None

    @property
    def powered(self) -> bool:
        """Whether the firmware runs: not without power, and not while the chip starts."""
        return self._process is not None

    def power_off(self) -> None:
        """The power fails now: outputs float, and nothing of the program runs on."""
        self._cut()

    def power_on(self, *, unix: int = EPOCH_2000, memory: bool = False) -> None:
        """The power is back. unix: what the chip's clock shows then. memory: whether the RTC's has
        lived through it, as it may through a dip."""
        assert self._process is None, "the gate has power"
        self._chip_us = unix * 1_000_000 - self.clock.now()
        if not memory:
            self._memory = b""
        self._boot(PWRON_RESET)

    def _cut(self) -> None:
        self._boots += 1
        if self._process is not None:
            self._process.kill()
            self._process = None
        now = self.clock.now()
        for pin in list(self.record.levels):
            self.record.release(now, pin, self._floating.get(pin, 0))
        for tone in {tone.pin: tone for tone in self.record.tones}.values():
            if tone.duty:
                self._sound(tone.pin, 0, 0)
        self._watchdog_us = self._bites_us = None
        self._forget()

    def _reset(self, cause: int) -> None:
        """The chip starts again; its clock and the RTC's memory go on."""
        self._cut()
        self.record.resets.append(Reset(self.clock.now(), cause))
        boots = self._boots
        self.at(
            self.clock.now() + BOOT_US, lambda: self._boot(cause) if boots == self._boots else None
        )

    def _boot(self, cause: int) -> None:
        self._process = Process(self.folder, **self._process_options)
        now = self.clock.now()
        lines = [f"start {self.clock.kind} {self._chip_us + now} {cause}"]
        if self._memory:
            lines.append(f"memory {self._memory.hex()}")
        lines += [f"in {pin} {level}" for pin, level in self._inputs.items()]
        self._process.wire.sendall(_block("\n".join([*lines, f"now {now}"])))

    # What hangs on it

    def attach_i2c(self, bus: int, address: int, device: I2CDevice) -> None:
        self.buses.i2c[bus, address] = device

    def detach_i2c(self, bus: int, address: int) -> None:
        """A plug comes off: nobody answers any more."""
        self.buses.i2c.pop((bus, address), None)

    def attach_spi(self, bus: int, device: SPIDevice) -> None:
        self.buses.spi.setdefault(bus, []).append(device)

    def attach_pixels(self, pin: int, device: PixelDevice) -> None:
        self.buses.pixels[pin] = device

    def attach_uart(self, uart: int, device: UARTDevice) -> None:
        self.buses.uarts[uart] = device

    # Stimuli

    def at(self, time_us: int, stimulus: Callable[[], None]) -> None:
        """Have something happen to the hardware at a time; not in the past."""
        moment = max(time_us, self.clock.now())
        heapq.heappush(self._stimuli, (moment, next(self._order), stimulus))

    def receive(self, uart: int, data: bytes, baud: int) -> None:
        """Bytes arrive on a serial line now; lost while the firmware has not opened it."""
        expected = self.bauds.get(uart)
        if expected is None:
            return
        if expected != baud:
            data = noise(data)
        self._answer.append(f"rx {uart} {data.hex()}")

    def set_input(self, pin: int, level: int) -> None:
        """An input changes its level now."""
        self._inputs[pin] = level
        if self._process is not None:
            self._answer.append(f"in {pin} {level}")

    def input(self, pin: int) -> int | None:
        """The level that the outside gives an input; None: nothing, its pull does."""
        return self._inputs.get(pin)

    # Time

    def unix(self) -> int:
        """What time it is in the world, whatever the chip's clock shows; Unix seconds."""
        return (self._world_us + self.clock.now()) // 1_000_000

    def run(self, duration_us: int, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass, until the condition holds if one is given; says whether it held."""
        end = self.clock.now() + duration_us
        while True:
            if until is not None and until():
                return True
            self._stimulate()
            now = self.clock.now()
            due = self._deadline is not None and now >= self._deadline
            if self._waiting and (due or (self._answer and self._transfer is None)):
                self._reply(now)
            elif self._lines:
                self._hear(self._lines.pop(0))
            elif self._bites_us is not None and now >= self._bites_us:
                self._reset(WDT_RESET)
            elif now >= end and (self._idle or self.clock.kind == "real"):
                return False
            elif self._idle:
                wire = None if self._process is None else self._process.wire
                self.clock.idle(self._next(end, self._deadline), wire)
            else:
                self._listen(end)

    def run_ms(self, duration_ms: float, until: Callable[[], bool] | None = None) -> bool:
        return self.run(round(duration_ms * 1000), until)

    @property
    def _idle(self) -> bool:
        """Whether the program has nothing to do, or is none."""
        return self._waiting or self._process is None

    def _next(self, end: int, deadline: int | None) -> int:
        moments = [end, deadline, self._bites_us]
        if self._stimuli:
            moments.append(self._stimuli[0][0])
        return min(moment for moment in moments if moment is not None)

    def _stimulate(self) -> None:
        while self._stimuli and self._stimuli[0][0] <= self.clock.now():
            heapq.heappop(self._stimuli)[2]()

    # The wire

    def _reply(self, now: int) -> None:
        assert self._process is not None
        answer, self._answer = self._answer, []
        if self._transfer is not None:
            answer.append(f"bus {self._transfer}")
        self._waiting = False
        self._deadline = self._transfer = None
        try:
            self._process.wire.sendall(_block("\n".join([*answer, f"now {now}"])))
        except OSError:
            self._ended()

    def _listen(self, end: int) -> None:
        """Wait for lines from the device, which computes."""
        assert self._process is not None
        timeout = self._hang_s
        if self.clock.kind == "real":
            timeout = max(0, self._next(end, None) - self.clock.now()) / 1e6
        if not select.select([self._process.wire], [], [], timeout)[0]:
            if self.clock.kind == "real":
                return
            if self._bites_us is None:
                raise self._failure(f"the firmware neither waits nor ends for {timeout:.0f} s")
            self.clock.idle(self._bites_us, None)  # it would compute until the watchdog bites
            return
        data = self._process.wire.recv(65536)
        if not data:
            self._ended()
            return
        self._received += data
        *lines, rest = bytes(self._received).split(b"\n")
        self._received = bytearray(rest)
        self._lines += [line.decode(errors="replace") for line in lines]

    def _ended(self) -> None:
        """The program is at its end: a board waits at its prompt, until a watchdog bites."""
        if self._bites_us is None or self._process is None:
            raise self._failure("the firmware's process ended")
        self._process.kill()
        self._process = None

    def _hear(self, line: str) -> None:
        word, *rest = line.split(" ")
        now = self.clock.now()
        if word == "wait":
            self._waiting = True
            self._deadline = None if rest[0] == "-" else now + int(rest[0])
        elif word == "pin":
            if rest[1] == "-":
                self.record.release(now, int(rest[0]), self._floating.get(int(rest[0]), 0))
            else:
                self.record.drive(now, int(rest[0]), int(rest[1]))
        elif word == "note":
            note = Note.of(now, line.partition(" ")[2])
            self.record.notes.append(note)
            if self.on_note:
                self.on_note(note)
        elif word == "uart":
            self.bauds.pop(int(rest[0]), None)
            if int(rest[1]):
                self.bauds[int(rest[0])] = int(rest[1])
        elif word == "out":
            self._send(int(rest[0]), bytes.fromhex(rest[1]))
        elif word == "i2c":
            bus, hz, address, out, count = rest
            self._take_time(
                *self.buses.i2c_transfer(int(bus), int(hz), int(address), out, int(count))
            )
        elif word == "spi":
            bus, hz, out, wanted = rest
            data = bytes.fromhex(out.strip("-"))
            levels = self.record.levels
            self._take_time(
                *self.buses.spi_transfer(int(bus), int(hz), data, levels, wanted == "1")
            )
        elif word == "bits":
            if int(rest[0]) in self.buses.pixels:
                self.buses.pixels[int(rest[0])].write(bytes.fromhex(rest[1].strip("-")))
        elif word == "pwm":
            self._sound(*map(int, rest))
        elif word == "wdt":
            self._watchdog_us = int(rest[0]) * 1000
            self._bites_us = now + self._watchdog_us
        elif word == "feed":
            self.record.feeds.append(now)
            if self._watchdog_us is not None:
                self._bites_us = now + self._watchdog_us
        elif word == "clock":
            self._chip_us = int(rest[0]) - now
        elif word == "memory":
            self._memory = bytes.fromhex(rest[0].strip("-"))
        elif word == "reset":
            self._reset(HARD_RESET)
        else:
            raise self._failure(f"the firmware sent {line!r}, which means nothing")

    def _take_time(self, answer: str, duration_us: int) -> None:
        self._waiting = True
        self._transfer = answer
        self._deadline = self.clock.now() + duration_us

    def _sound(self, pin: int, hz: int, duty: int) -> None:
        self.record.tones.append(Tone(self.clock.now(), pin, hz, duty))

    def _send(self, uart: int, data: bytes) -> None:
        self.record.sent.append(Sent(self.clock.now(), uart, data))
        if uart in self.buses.uarts:
            self.buses.uarts[uart].write(data)

    def _failure(self, what: str) -> GateError:
        said = "\n".join(note.text for note in self.record.notes[-20:])
        console = self._process.console() if self._process else ""
        return GateError(f"{what}; it said last:\n{said}\n{console}".rstrip())
