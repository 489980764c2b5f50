"""A simulated DS3231: a clock on I2C that a battery keeps going. Datasheet 19-5170, Table 1.

Registers 00h to 06h are the time in BCD, 0Eh is control, 0Fh status; alarms can be written and do
nothing. It answers from power on; without a battery the time is lost with the power, and the flag
OSF says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SIZE = 0x13
_CONTROL, _STATUS, _TEMPERATURE = 0x0E, 0x0F, 0x11
_EOSC = 0x80  # of control: the oscillator stops when it runs on the battery
_OSF = 0x80  # of status: it has stopped since the flag was cleared
_TWELVE, _PM, _CENTURY = 0x40, 0x20, 0x80
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


class Ds3231:
    """now: microseconds of the world's time, which only rise."""

    def __init__(
        self, now: Callable[[], int], unix: int | None = None, battery: bool = True, ppm: int = 0
    ) -> None:
        """unix: what it was set to; None: new, never set. ppm: how much too fast it runs."""
        self.battery = battery
        self.ppm = ppm
        self._now = now
        self._registers = bytearray(_SIZE)
        self._registers[_CONTROL] = 0x1C
        self._registers[_STATUS] = 0x08 | (_OSF if unix is None else 0)
        self._registers[_TEMPERATURE] = 25
        self._hours = self._weekday = 0  # the 12 hours flag, and how the weekday was counted
        self._at = 0
        self._frozen_us: int | None = None  # where it stands while it does not run
        self._set(int(_FIRST.timestamp()) if unix is None else unix)

    # The world

    @property
    def unix(self) -> int:
        """What it shows."""
        return self._counted_us() // 1_000_000

    def jump(self, seconds: int) -> None:
        """Somebody, or something, sets it wrong."""
        self._set(self.unix + seconds)

    def power(self, on: bool) -> None:
        """The supply comes or goes."""
        if on and self._frozen_us is not None:
            self._set(self._frozen_us // 1_000_000)
            self._frozen_us = None
        elif not on:
            stops = not self.battery or self._registers[_CONTROL] & _EOSC
            if not self.battery:
                self._set(int(_FIRST.timestamp()))
            if stops:
                self._frozen_us = self._counted_us()
                self._registers[_STATUS] |= _OSF

    # The bus

    def write(self, data: bytes) -> bool:
        if data:
            self._at = data[0] % _SIZE
            self._latch()
        for byte in data[1:]:
            self._store(self._at, byte)
            self._at = (self._at + 1) % _SIZE
        if len(data) > 1 and data[0] < 7:
            self._load()
        return True

    def read(self, count: int) -> bytes:
        self._latch()
        found = bytearray()
        for _ in range(count):
            found.append(self._registers[self._at])
            self._at = (self._at + 1) % _SIZE
        return bytes(found)

    def _store(self, at: int, byte: int) -> None:
        if at == _STATUS:  # OSF and alarm flags can only be cleared, BSY not at all
            kept = self._registers[at]
            byte = (kept & byte & 0x83) | (kept & 0x04) | (byte & 0x08)
        elif at >= _TEMPERATURE:
            return
        self._registers[at] = byte

    # Time in registers

    def _counted_us(self) -> int:
        if self._frozen_us is not None:
            return self._frozen_us
        passed = self._now() - self._began
        return self._base_us + passed + passed * self.ppm // 1_000_000

    def _set(self, unix: int) -> None:
        self._base_us = unix * 1_000_000
        self._began = self._now()
        self._weekday = 0

    def _latch(self) -> None:
        """The registers show one moment, however long they take to read."""
        then = datetime.fromtimestamp(self._counted_us() // 1_000_000, UTC)
        century = _CENTURY if then.year >= 2100 else 0
        hour = _bcd(then.hour)
        if self._hours & _TWELVE:
            hour = _TWELVE | (_PM if then.hour >= 12 else 0) | _bcd(then.hour % 12 or 12)
        weekday = (then.weekday() + self._weekday) % 7 + 1
        self._registers[:7] = bytes(
            (_bcd(then.second), _bcd(then.minute), hour, weekday, _bcd(then.day),
             _bcd(then.month) | century, _bcd(then.year % 100))
        )  # fmt: skip

    def _load(self) -> None:
        """Count from what was written; days that there are not roll over, as far as possible."""
        second, minute, hours, weekday, day, month, year = self._registers[:7]
        self._hours = hours & _TWELVE
        if self._hours:
            hour = _plain(hours & 0x1F) % 12 + (12 if hours & _PM else 0)
        else:
            hour = _plain(hours & 0x3F)
        century = 2100 if month & _CENTURY else 2000
        first = datetime(
            century + _plain(year) % 100, min(12, max(1, _plain(month & 0x1F))), 1, tzinfo=UTC
        )
        then = first + timedelta(
            days=max(1, _plain(day & 0x3F)) - 1, hours=hour, minutes=_plain(minute & 0x7F),
            seconds=_plain(second & 0x7F),
        )  # fmt: skip
        self._set(int((then if then.year < 2200 else _FIRST).timestamp()))
        self._weekday = ((weekday & 7) - 1 - then.weekday()) % 7


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _plain(bcd: int) -> int:
    return (bcd >> 4) * 10 + (bcd & 15)
