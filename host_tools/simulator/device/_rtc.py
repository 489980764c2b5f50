"""`machine.RTC`: the chip's clock, and memory that lives through a reset, not through a cut."""

import utime
from _wire import wire

_MEMORY = 2048


class RTC:
    def datetime(self, value=None):
        """(year, month, day, weekday, hour, minute, second, microsecond)"""
        if value is None:
            now = wire.unix_us()
            year, month, day, hour, minute, second, weekday = utime.gmtime(now // 1000000)[:7]
            return (year, month, day, weekday, hour, minute, second, now % 1000000)
        year, month, day, _, hour, minute, second, us = value
        unix = utime.mktime((year, month, day, hour, minute, second, 0, 0, 0))
        wire.set_unix_us(unix * 1000000 + us)
        return None

    def init(self, value):
        """(year, month, day, hour, minute, second, anything, microsecond), as this port has it."""
        year, month, day, hour, minute, second, _, us = value
        self.datetime((year, month, day, 0, hour, minute, second, us))

    def memory(self, data=None):
        if data is None:
            return wire.memory
        if len(data) > _MEMORY:
            raise ValueError("buffer too long")
        wire.memory = bytes(data)
        wire.tell("memory", wire.memory.hex() or "-")
        return None
