"""The DS3231, a battery-backed clock on I2C. Datasheet 19-5170, registers 00h to 06h, 0Eh and 0Fh.

Whatever it says is checked to the bit: a bus that is stuck reads as zeros or ones, a chip whose
oscillator stopped says so itself, and neither may become a time.
"""

from micropython import const

from .clock import date, seconds

_CONTROL = const(0x0E)
_STATUS = const(0x0F)
_STOPPED = const(0x80)  # of either: EOSC stops the oscillator on battery, OSF says that it stood

ABSENT = "rtc_absent"  # no answer on the bus
STOPPED = "rtc_stopped"  # it stood still since it was set: no battery, or a new one
GARBAGE = "rtc_garbage"


class DS3231:
    """i2c: a machine.I2C."""

    def __init__(self, i2c, address):
        self._i2c = i2c
        self._address = address

    def read(self):
        """Unix seconds, or the reason (a str) why there are none."""
        try:
            data = self._i2c.readfrom_mem(self._address, 0, 7)
            status = self._i2c.readfrom_mem(self._address, _STATUS, 1)[0]
        except OSError:
            return ABSENT
        unix = decode(data)
        if unix is None:
            return GARBAGE
        return STOPPED if status & _STOPPED else unix

    def write(self, unix):
        """Set it; says whether it runs with that time. The flag is cleared last, so that a power
        cut in between leaves a clock that nobody believes."""
        bus, address = self._i2c, self._address
        try:
            control = bus.readfrom_mem(address, _CONTROL, 2)
            bus.writeto_mem(address, 0, encode(unix))
            bus.writeto_mem(address, _CONTROL, bytes((control[0] & ~_STOPPED,)))
            bus.writeto_mem(address, _STATUS, bytes((control[1] & ~_STOPPED,)))
        except (OSError, ValueError):  # a year that it cannot hold
            return False
        return self.read() in (unix, unix + 1)


def decode(data):
    """Unix seconds of registers 00h to 06h, or None: of the years 2000 to 2099, in 24-hour mode."""
    second, minute, hour, weekday, day, month, year = data
    if not 1 <= weekday <= 7:
        return None
    for value in (second, minute, hour, day, month, year):
        if value & 15 > 9 or value > 0x99:  # month: the century's bit says 2100 or later
            return None
    fields = 2000 + _plain(year), _plain(month), _plain(day)
    return seconds(fields + (_plain(hour), _plain(minute), _plain(second)))


def encode(unix):
    """Registers 00h to 06h for Unix seconds of the years 2000 to 2099."""
    year, month, day, hour, minute, second, weekday = date(unix)
    values = second, minute, hour, weekday + 1, day, month, year - 2000
    return bytes([value // 10 << 4 | value % 10 for value in values])


def _plain(bcd):
    return (bcd >> 4) * 10 + (bcd & 15)
