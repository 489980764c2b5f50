"""The connection from the firmware's process to the simulated hardware, which owns time and pins.

Lines of text over an inherited file descriptor; docs/architecture.md has the table. This is
MicroPython, and stands behind `machine`, `time` and `select` of this folder.
"""

import os

import utime

_TICKS_MASK = 0x3FFFFFFF  # ticks wrap at 2**30, as they do on the board


class _Wire:
    def __init__(self):
        self._file = open(int(os.getenv("GATE_WIRE")), "r+b")
        self._now = 0  # us, in virtual time
        self._epoch = 0  # Unix seconds at tick zero of the simulated clock
        self.virtual = True
        self.on_rx = None  # (uart, data)
        self.on_input = None  # (pin, level)
        self._inputs = []
        _, kind, unix = self._line()
        self.virtual = kind == "virtual"
        self._epoch = int(unix)
        self._began = utime.ticks_us()  # real time: where the clock stood at the start
        self._elapsed = 0
        self._read_answer()

    def _line(self):
        line = self._file.readline()
        if not line:
            raise SystemExit  # the simulator is gone, and with it the power
        return line.decode().split()

    def tell(self, *words):
        """One line to the hardware; nothing comes back."""
        self._file.write((" ".join(str(word) for word in words) + "\n").encode())

    def wait(self, duration_us):
        """Let time pass until something happens, at most duration_us (None: for ever)."""
        self.tell("wait", "-" if duration_us is None else duration_us)
        self._read_answer()
        # Handlers run when the whole answer has been read, as soft interrupts would.
        while self._inputs:
            pin, level = self._inputs.pop(0)
            if self.on_input:
                self.on_input(pin, level)

    def _read_answer(self):
        while True:
            words = self._line()
            if words[0] == "now":
                self._now = int(words[1])
                return
            if words[0] == "rx":
                if self.on_rx:
                    self.on_rx(int(words[1]), bytes.fromhex(words[2]))
            elif words[0] == "in":
                self._inputs.append((int(words[1]), int(words[2])))
            else:
                raise ValueError("unknown line from the simulator: %r" % (words,))

    def inputs(self):
        """What the inputs were at the start; for `machine`, once."""
        first, self._inputs = self._inputs, []
        return first

    def elapsed_us(self):
        """Microseconds since the start; does not wrap."""
        if self.virtual:
            return self._now
        ticks = utime.ticks_us()
        self._elapsed += utime.ticks_diff(ticks, self._began)
        self._began = ticks
        return self._elapsed

    def ticks(self, unit_us):
        return (self.elapsed_us() // unit_us) & _TICKS_MASK

    def unix_us(self):
        """Microseconds since 1970 by the simulated clock."""
        return self._epoch * 1000000 + self.elapsed_us()


wire = _Wire()
