"""One simulated gate: the firmware's process, its clock, its serial lines and its pins.

The simulator owns time. While the device waits, the stimuli that are due happen, and it is answered
when bytes or inputs have changed or when its time is up. Without power only the world goes on.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from host_tools.simulator.buses import Buses, I2CDevice, PixelDevice, SPIDevice, UARTDevice
from host_tools.simulator.clock import Clock, VirtualClock
from host_tools.simulator.conversation import Conversation, Ended
from host_tools.simulator.process import Process
from host_tools.simulator.record import Burst, Note, Record, Reset, Sent, Tone

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
        chip_unix: int | None = None,
        inputs: Mapping[int, int] | None = None,
        floating: Mapping[int, int] | None = None,
        hang_s: float = HANG_S,
        **process: Any,
    ) -> None:
        """unix: Unix seconds at power on; chip_unix: by the chip's own clock, where that differs.
        inputs: levels at power on. floating: levels of outputs that nothing drives, where the
        wiring gives one. hang_s: of the computer's time, see HANG_S."""
        self.folder = folder
        self.clock: Clock = clock or VirtualClock()
        self.record = Record()
        self.on_note: Callable[[Note], None] | None = None
        self.bauds: dict[int, int] = {}  # UARTs that the firmware has opened
        self.buses = Buses()
        self._world_us = unix * 1_000_000 - self.clock.now()  # Unix time less the simulated one
        chip_unix = unix if chip_unix is None else chip_unix
        self._chip_us = chip_unix * 1_000_000 - self.clock.now()  # the same of the chip's clock
        self._inputs = dict(inputs or {})
        self._floating = dict(floating or {})
        self._hang_s = hang_s
        self._process_options = process
        self._talk: Conversation | None = None  # with the firmware, while it has power
        self._memory = b""  # of the chip's RTC
        self._boots = 0  # so that a cut takes back a start that is due
        self._dark_us = 0  # without power, up to the last time that it came
        self._off_us: int | None = None  # since when there is none
        self._watchdog_us: int | None = None
        self._bites_us: int | None = None  # when it restarts the chip
        self._stimuli: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # Power

    def __enter__(self) -> SimulatedGate:
        self._boot(PWRON_RESET)
        return self

    def __exit__(self, *_: object) -> None:
        self._boots += 1
        if self._talk is not None:
            self._talk.process.stop()
            self._talk = None

    @property
    def powered(self) -> bool:
        """Whether the firmware runs: not without power, and not while the chip starts."""
        return self._talk is not None

    def power_off(self) -> None:
        """The power fails now: outputs float, and nothing of the program runs on."""
        self._cut()
        if self._off_us is None:
            self._off_us = self.clock.now()

    @property
    def dark_us(self) -> int:
        """For how long it was without power altogether."""
        since = 0 if self._off_us is None else self.clock.now() - self._off_us
        return self._dark_us + since

    def power_on(self, *, unix: int = EPOCH_2000, memory: bool = False) -> None:
        """The power is back. unix: what the chip's clock shows then. memory: whether the RTC's has
        lived through it, as it may through a dip."""
        assert self._talk is None, "the gate has power"
        self._dark_us, self._off_us = self.dark_us, None
        self._chip_us = unix * 1_000_000 - self.clock.now()
        if not memory:
            self._memory = b""
        self._boot(PWRON_RESET)

    def freeze(self) -> None:
        """The program stands still where it is and is never answered again: a loop without end."""
        assert self._talk is not None, "the gate has no power"
        self._talk.freeze()

    def end_program(self) -> None:
        """The program is at its end: outputs stay as they are, and the board waits at a prompt."""
        assert self._talk is not None, "the gate has no power"
        self._talk.process.kill()
        self._talk = None

    def _cut(self) -> None:
        self._boots += 1
        if self._talk is not None:
            self._talk.process.kill()
            self._talk = None
        now = self.clock.now()
        for pin in list(self.record.levels):
            self.record.release(now, pin, self._floating.get(pin, 0))
        for tone in {tone.pin: tone for tone in self.record.tones}.values():
            if tone.duty:
                self._sound(tone.pin, 0, 0)
        self._watchdog_us = self._bites_us = None
        self.bauds.clear()

    def _reset(self, cause: int) -> None:
        """The chip starts again; its clock and the RTC's memory go on."""
        self._cut()
        self.record.resets.append(Reset(self.clock.now(), cause))
        boots = self._boots
        self.at(
            self.clock.now() + BOOT_US, lambda: self._boot(cause) if boots == self._boots else None
        )

    def _boot(self, cause: int) -> None:
        now = self.clock.now()
        lines = [f"start {self.clock.kind} {self._chip_us + now} {cause}"]
        if self._memory:
            lines.append(f"memory {self._memory.hex()}")
        lines += [f"in {pin} {level}" for pin, level in self._inputs.items()]
        process = Process(self.folder, **self._process_options)
        self._talk = Conversation(process, [*lines, f"now {now}"])

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
        if expected is None or self._talk is None:
            return
        if expected != baud:
            data = noise(data)
        self._talk.tell(f"rx {uart} {data.hex()}")

    def set_input(self, pin: int, level: int) -> None:
        """An input changes its level now."""
        self._inputs[pin] = level
        if self._talk is not None:
            self._talk.tell(f"in {pin} {level}")

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
            try:
                if not self._advance(end):
                    return False
            except Ended:
                self._ended()

    def run_ms(self, duration_ms: float, until: Callable[[], bool] | None = None) -> bool:
        return self.run(round(duration_ms * 1000), until)

    def _advance(self, end: int) -> bool:
        """Take one step of the device's or the clock's; False when it is `end` and all is done."""
        now = self.clock.now()
        talk = self._talk
        if talk is not None and talk.owes(now):
            talk.answer(now)
        elif talk is not None and (line := talk.line()) is not None:
            self._hear(talk, line)
        elif self._bites_us is not None and now >= self._bites_us:
            self._reset(WDT_RESET)
        elif now >= end and (talk is None or talk.waiting or self.clock.kind == "real"):
            return False
        elif talk is None:
            self.clock.idle(self._next(end, None), None)
        elif talk.waiting:
            self.clock.idle(self._next(end, talk.deadline), talk.process.wire)
        else:
            self._listen(talk, end)
        return True

    def _next(self, end: int, deadline: int | None) -> int:
        moments = [end, deadline, self._bites_us]
        if self._stimuli:
            moments.append(self._stimuli[0][0])
        return min(moment for moment in moments if moment is not None)

    def _stimulate(self) -> None:
        while self._stimuli and self._stimuli[0][0] <= self.clock.now():
            heapq.heappop(self._stimuli)[2]()

    # The wire

    def _listen(self, talk: Conversation, end: int) -> None:
        """Wait for a device that computes."""
        if self.clock.kind == "real":
            talk.listen(max(0, self._next(end, None) - self.clock.now()) / 1e6)
        elif not talk.listen(self._hang_s):
            if self._bites_us is None:
                raise self._failure(f"the firmware neither waits nor ends for {self._hang_s:.0f} s")
            self.clock.idle(self._bites_us, None)  # it would compute until the watchdog bites

    def _ended(self) -> None:
        """The program is at its end: a board waits at its prompt, until a watchdog bites."""
        if self._bites_us is None or self._talk is None:
            raise self._failure("the firmware's process ended")
        self._talk.process.kill()
        self._talk = None

    def _hear(self, talk: Conversation, line: str) -> None:
        word, *rest = line.split(" ")
        now = self.clock.now()
        if word == "wait":
            talk.wait(None if rest[0] == "-" else now + int(rest[0]))
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
            answer, took = self.buses.i2c_transfer(int(bus), int(hz), int(address), out, int(count))
            talk.transfer(answer, now + took)
        elif word == "spi":
            bus, hz, out, wanted = rest
            data = bytes.fromhex(out.strip("-"))
            levels = self.record.levels
            answer, took = self.buses.spi_transfer(int(bus), int(hz), data, levels, wanted == "1")
            talk.transfer(answer, now + took)
        elif word == "bits":
            data = bytes.fromhex(rest[1].strip("-"))
            self.record.bursts.append(Burst(now, int(rest[0]), data))
            if int(rest[0]) in self.buses.pixels:
                self.buses.pixels[int(rest[0])].write(data)
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

    def _sound(self, pin: int, hz: int, duty: int) -> None:
        self.record.tones.append(Tone(self.clock.now(), pin, hz, duty))

    def _send(self, uart: int, data: bytes) -> None:
        self.record.sent.append(Sent(self.clock.now(), uart, data))
        if uart in self.buses.uarts:
            self.buses.uarts[uart].write(data)

    def _failure(self, what: str) -> GateError:
        said = "\n".join(note.text for note in self.record.notes[-20:])
        console = self._talk.process.console() if self._talk else ""
        return GateError(f"{what}; it said last:\n{said}\n{console}".rstrip())
