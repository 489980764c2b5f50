"""The connection from the firmware's process to the simulated hardware, which owns time and pins.

Lines of text over an inherited file descriptor; docs/architecture.md has the table. This is
MicroPython, and stands behind `machine`, `time` and `select` of this folder.
"""

import os

import utime

_TICKS_MASK = 0x3FFFFFFF  # ticks wrap at 2**30, as they do on the board


_MUCH = 1000  # characters that wait to be sent: more would want a large piece of the heap
_SIZE = 7  # bytes of the size that stands before every block: six digits and a line end


class _Wire:
    def __init__(self):
        self._file = open(int(os.getenv("GATE_WIRE")), "r+b")
        self._now = 0  # us, in virtual time
        self._boot = None  # us: when this process got its power
        self._epoch_us = 0  # Unix time, by the chip's clock, at its tick zero
        self.virtual = True
        self.cause = 1  # machine.reset_cause()
        self.memory = b""  # of the RTC
        self.on_rx = None  # (uart, data)
        self.on_input = None  # (pin, level)
        self.timers = []  # [due in us, function], of machine.Timer
        self._inputs = []
        self._bus = None  # the answer to a transfer
        self._unsent = []  # in virtual time nobody looks before the device waits
        self._size = 0  # of that, characters
        self._began = utime.ticks_us()  # real time: where the clock stood when last asked
        self._elapsed = 0
        self._read_block()

    def _read(self, size):
        data = self._file.read(size)
        if len(data) < size:
            raise SystemExit  # the simulator is gone, and with it the power
        return data.decode()

    def tell(self, *words):
        """One line to the hardware; nothing comes back."""
        line = " ".join(str(word) for word in words) + "\n"
        self._unsent.append(line)
        self._size += len(line)
        if not self.virtual or self._size > _MUCH:
            self.flush()

    def flush(self):
        """Send what is left."""
        if self._unsent:
            self._file.write("".join(self._unsent).encode())
            self._unsent = []
            self._size = 0

    def wait(self, duration_us):
        """Let time pass until something happens, at most duration_us (None: for ever)."""
        if duration_us == 0 and self.virtual and not self._unsent:
            return  # computing took no time: nothing can have happened meanwhile
        for due, _ in self.timers:
            left = max(0, due - self.elapsed_us())
            duration_us = left if duration_us is None else min(left, duration_us)
        self.tell("wait", "-" if duration_us is None else duration_us)
        self.flush()
        self._read_block()
        self._interrupt()

    def ask(self, *words):
        """A transfer on a bus: the words of the answer, once it has taken its time."""
        self.tell(*words)
        self.flush()
        self._bus = None
        self._read_block()
        answer = self._bus
        self._interrupt()
        return answer

    def _interrupt(self):
        """Handlers run when the whole answer has been read, as soft interrupts would."""
        while self._inputs:
            pin, level = self._inputs.pop(0)
            if self.on_input:
                self.on_input(pin, level)
        now = self.elapsed_us()
        for timer in [timer for timer in self.timers if timer[0] <= now]:
            timer[1](timer)

    def _read_block(self):
        for line in self._read(int(self._read(_SIZE))).split("\n"):
            words = line.split()
            if words[0] == "now":
                self._now = int(words[1])
                if self._boot is None:
                    self._boot = self._now
            elif words[0] == "rx":
                if self.on_rx:
                    self.on_rx(int(words[1]), bytes.fromhex(words[2]))
            elif words[0] == "in":
                self._inputs.append((int(words[1]), int(words[2])))
            elif words[0] == "bus":
                self._bus = words[1:]
            elif words[0] == "start":
                self.virtual = words[1] == "virtual"
                self._epoch_us = int(words[2])
                self.cause = int(words[3])
            elif words[0] == "memory":
                self.memory = bytes.fromhex(words[1])
            else:
                raise ValueError("unknown line from the simulator: %r" % (words,))

    def inputs(self):
        """What the inputs were at the start; for `machine`, once."""
        first, self._inputs = self._inputs, []
        return first

    def elapsed_us(self):
        """Microseconds since the start; does not wrap."""
        if self.virtual:
            return self._now - self._boot
        ticks = utime.ticks_us()
        self._elapsed += utime.ticks_diff(ticks, self._began)
        self._began = ticks
        return self._elapsed

    def ticks(self, unit_us):
        return (self.elapsed_us() // unit_us) & _TICKS_MASK

    def unix_us(self):
        """Microseconds since 1970 by the chip's clock."""
        return self._epoch_us + self.elapsed_us()

    def set_unix_us(self, unix_us):
        self._epoch_us = unix_us - self.elapsed_us()
        self.tell("clock", unix_us)


wire = _Wire()
