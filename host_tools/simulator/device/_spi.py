"""`machine.SPI`: whoever is selected hears; chip select and the like are pins of the program."""

from _wire import wire


class SPI:
    MSB = 0
    LSB = 1

    def __init__(self, id=-1, baudrate=500000, **options):
        self._id = id
        self._baud = baudrate

    def init(self, baudrate=None, **options):
        self._baud = baudrate or self._baud

    def deinit(self):
        pass

    def _transfer(self, data, wanted):
        answer = wire.ask("spi", self._id, self._baud, bytes(data).hex() or "-", int(wanted))
        return bytes.fromhex(answer[1]) if wanted and len(data) else b""

    def write(self, data):
        self._transfer(data, False)

    def read(self, count, write=0):
        return self._transfer(bytes([write]) * count, True)

    def readinto(self, buffer, write=0):
        buffer[:] = self.read(len(buffer), write)

    def write_readinto(self, data, buffer):
        if len(data) != len(buffer):
            raise ValueError("buffers must be the same length")
        buffer[:] = self._transfer(data, True)


SoftSPI = SPI
