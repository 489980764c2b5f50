"""`machine.UART`: a receive buffer that overflows in silence, and a line that takes its time."""

from _wire import wire

POLLIN = 1
POLLOUT = 4
_BITS = 10  # of a byte on the line: start, eight, stop

_uarts = {}


class UART:
    INV_TX = 1
    INV_RX = 2

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, **options):
        self._id = id
        self._buffer = bytearray()
        self._rxbuf = 256
        self._sent_us = 0  # when the last bit written has left
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
        rxbuf=-1,
        timeout=0,
        timeout_char=0,
        invert=0,
    ):
        self.flush()
        self._baud = baudrate
        if rxbuf >= 0:  # not given: it stays
            self._rxbuf = rxbuf
        self._buffer = bytearray()  # a new start flushes
        wire.tell("uart", self._id, baudrate)

    def deinit(self):
        if _uarts.get(self._id) is self:
            _uarts.pop(self._id)
            wire.tell("uart", self._id, 0)

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
            begins = max(wire.elapsed_us(), self._sent_us)
            self._sent_us = begins + len(data) * _BITS * 1000000 // self._baud
            wire.tell("out", self._id, bytes(data).hex())
        return len(data)

    def txdone(self):
        return wire.elapsed_us() >= self._sent_us

    def flush(self):
        """Wait until all is sent; a change of the speed does so too."""
        while not self.txdone():
            wire.wait(self._sent_us - wire.elapsed_us())

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


wire.on_rx = _on_rx
