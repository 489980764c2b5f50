"""`time` as an ESP32 has it, on simulated time: ticks wrap at 2**30, the epoch is 2000-01-01."""

import utime
from _wire import wire

_EPOCH_2000 = 946684800  # Unix seconds
_PERIOD = 1 << 30
_HALF = _PERIOD >> 1


def ticks_ms():
    return wire.ticks(1000)


def ticks_us():
    return wire.ticks(1)


def ticks_cpu():
    return wire.ticks(1)


def ticks_add(ticks, delta):
    return (ticks + delta) & (_PERIOD - 1)


def ticks_diff(end, start):
    return ((end - start + _HALF) & (_PERIOD - 1)) - _HALF


def sleep_us(us):
    end = wire.elapsed_us() + us
    while True:
        left = end - wire.elapsed_us()
        if left <= 0:
            return
        wire.wait(left)


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1000000))


def time_ns():
    return (wire.unix_us() - _EPOCH_2000 * 1000000) * 1000


def time():
    return wire.unix_us() // 1000000 - _EPOCH_2000


def gmtime(seconds=None):
    return utime.gmtime((time() if seconds is None else seconds) + _EPOCH_2000)[:8]


localtime = gmtime  # no time zones on the board


def mktime(fields):
    return utime.mktime(tuple(fields[:8]) + (0,)) - _EPOCH_2000
