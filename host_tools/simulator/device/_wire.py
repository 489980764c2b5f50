"""The connection from the firmware's process to the simulated hardware, which owns time and pins.

Lines of text over an inherited file descriptor; docs/architecture.md has the table. This is
MicroPython, and stands behind `machine`, `time` and `select` of this folder.
"""

import os

import utime

_TICKS_MASK = 0x3FFFFFFF  # ticks wrap at 2**30, as they do on the board


_SIZE = 7  # bytes of the size that stands before every block: six digits and a line end


class _Wire:
    def __init__(self):
        self._file = open(int(os.getenv("GATE_WIRE")), "r+b")
        self._now = 0  # us, in virtual time
        self._epoch = 0  # Unix seconds at tick zero of the simulated clock
        self.virtual = True
        self.on_rx = None  # (uart, data)
        self.on_input = None  # (pin, level)
        self._inputs = []
        self._unsent = []  # in virtual time nobody looks before the device waits
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
        self._unsent.append(" ".join(str(word) for word in words) + "\n")
        if not self.virtual:
            self._send()

    def _send(self):
        self._file.write("".join(self._unsent).encode())
        self._unsent = []

    def wait(self, duration_us):
        """Let time pass until something happens, at most duration_us (None: for ever)."""
        self.tell("wait", "-" if duration_us is None else duration_us)
        if self._unsent:
            self._send()
        self._read_block()
        # Handlers run when the whole answer has been read, as soft interrupts would.
        while self._inputs:
            pin, level = self._inputs.pop(0)
            if self.on_input:
                self.on_input(pin, level)

    def flush(self):
        """Send what is left; for the end."""
        if self._unsent:
            self._send()

    def _read_block(self):
        for line in self._read(int(self._read(_SIZE))).split("\n"):
            words = line.split()
            if words[0] == "now":
                self._now = int(words[1])
            elif words[0] == "rx":
                if self.on_rx:
                    self.on_rx(int(words[1]), bytes.fromhex(words[2]))
            elif words[0] == "in":
                self._inputs.append((int(words[1]), int(words[2])))
            elif words[0] == "start":
                self.virtual = words[1] == "virtual"
                self._epoch = int(words[2])
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
