"""`machine.I2C`: transfers take the time that the bus takes, and no answer is an OSError."""

import errno

from _wire import wire


class I2C:
    def __init__(self, id=-1, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._id = id
        self._freq = freq

    def init(self, **options):
        self._freq = options.get("freq", self._freq)

    def _transfer(self, address, out, count):
        """Write `out`, then read `count` bytes after a repeated start."""
        if not 0 <= address < 128:
            raise ValueError("address")
        sent = bytes(out).hex() or "-" if out is not None else "."
        answer = wire.ask("i2c", self._id, self._freq, address, sent, count)
        if answer[0] != "ok":
            raise OSError(errno.ENODEV if answer[0] == "nak" else errno.ETIMEDOUT)
        return b"" if answer[1] == "-" else bytes.fromhex(answer[1])

    def scan(self):
        found = []
        for address in range(8, 120):
            try:
                self._transfer(address, b"", 0)
                found.append(address)
            except OSError:
                pass
        return found

    def writeto(self, address, data, stop=True):
        self._transfer(address, data, 0)
        return len(data)

    def writevto(self, address, vector, stop=True):
        return self.writeto(address, b"".join(bytes(part) for part in vector))

    def readfrom(self, address, count, stop=True):
        return self._transfer(address, None, count)

    def readfrom_into(self, address, buffer, stop=True):
        buffer[:] = self._transfer(address, None, len(buffer))

    def writeto_mem(self, address, register, data, *, addrsize=8):
        self._transfer(address, register.to_bytes(addrsize // 8, "big") + bytes(data), 0)

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        return self._transfer(address, register.to_bytes(addrsize // 8, "big"), count)

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        buffer[:] = self.readfrom_mem(address, register, len(buffer), addrsize=addrsize)


SoftI2C = I2C
