"""`machine` as an ESP32 has it, as far as the firmware uses it, wired to simulated hardware.

Every change of a level goes to the simulator, which records it with its time.
"""

from _wire import wire

POLLIN = 1
POLLOUT = 4

_levels = {}  # inputs as the simulator last set them
_interrupts = {}  # pin -> (handler, trigger, Pin)
_latches = {}  # outputs as last written
_driven = {}  # outputs as the simulator knows them
_uarts = {}


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self._id = id
        self._mode = None
        self._pull = None
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        if value is not None:
            _latches[self._id] = 1 if value else 0
        if pull != -1:
            self._pull = pull
        if mode != -1:
            self._mode = mode
        if self._mode in (Pin.OUT, Pin.OPEN_DRAIN) and (mode != -1 or value is not None):
            self._drive()

    def _drive(self):
        level = _latches.get(self._id, 0)
        if _driven.get(self._id) != level:
            _driven[self._id] = level
            wire.tell("pin", self._id, level)

    def value(self, level=None):
        if level is not None:
            _latches[self._id] = 1 if level else 0
            if self._mode in (Pin.OUT, Pin.OPEN_DRAIN):
                self._drive()
            return None
        if self._mode in (Pin.OUT, Pin.OPEN_DRAIN):
            return _latches.get(self._id, 0)
        return _levels.get(self._id, 1 if self._pull == Pin.PULL_UP else 0)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING, hard=False):
        _interrupts[self._id] = (handler, trigger, self)


def _on_input(pin, level):
    before = _levels.get(pin)
    if before is None and pin in _interrupts:
        before = 1 if _interrupts[pin][2]._pull == Pin.PULL_UP else 0
    _levels[pin] = level
    handler, trigger, owner = _interrupts.get(pin, (None, 0, None))
    edge = Pin.IRQ_RISING if level else Pin.IRQ_FALLING
    if handler and before != level and trigger & edge:
        handler(owner)


class UART:
    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, **options):
        self._id = id
        self._buffer = bytearray()
        self._rxbuf = 256
        _uarts[id] = self
        self.init(baudrate, bits, parity, stop, **options)

    def init(
        self,
        baudrate=115200,
        bits=8,
        parity=None,
        stop=1,
        *,
        tx=None,
        rx=None,
        txbuf=256,
        rxbuf=256,
        timeout=0,
        timeout_char=0,
    ):
        self._rxbuf = rxbuf
        self._buffer = bytearray()  # a new start flushes
        wire.tell("uart", self._id, baudrate)

    def deinit(self):
        _uarts.pop(self._id, None)

    def _receive(self, data):
        room = self._rxbuf - len(self._buffer)
        self._buffer.extend(data[:room])  # overflow is silent, as on the chip

    def any(self):
        wire.wait(0)  # what has arrived while the program computed
        return len(self._buffer)

    def read(self, count=-1):
        if not self._buffer:
            return None
        data = bytes(self._buffer if count < 0 else self._buffer[:count])
        self._buffer = self._buffer[len(data) :]
        return data

    def readinto(self, buffer, count=-1):
        data = self.read(len(buffer) if count < 0 else min(count, len(buffer)))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def write(self, data):
        if data:
            wire.tell("out", self._id, bytes(data).hex())
        return len(data)

    def ioctl(self, request, argument):
        if request != 3:  # MP_STREAM_POLL
            return -1
        ready = POLLOUT
        if self._buffer:
            ready |= POLLIN
        return ready & argument


def _on_rx(uart, data):
    if uart in _uarts:
        _uarts[uart]._receive(data)


def reset():
    wire.tell("reset")
    wire.flush()
    raise SystemExit


def unique_id():
    return b"\x02\x00\x00\x00\x00\x01"


wire.on_rx = _on_rx
wire.on_input = _on_input
for _pin, _level in wire.inputs():
    _levels[_pin] = _level
