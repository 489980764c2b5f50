"""`machine` as an ESP32 has it, as far as a terminal uses it, wired to simulated hardware.

Each part has a module of its own beside this one, loaded when it is first asked for: what stands in
for the chip must take little of the heap that the firmware is measured on.
"""

from _pins import Pin
from _serial import UART
from _wire import wire

__all__ = ("UART", "Pin")

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_PARTS = {
    "I2C": "_i2c",
    "SoftI2C": "_i2c",
    "SPI": "_spi",
    "SoftSPI": "_spi",
    "PWM": "_pwm",
    "WDT": "_watchdog",
    "RTC": "_rtc",
    "Timer": "_timer",
}


def __getattr__(name):
    if name not in _PARTS:
        raise AttributeError(name)
    return getattr(__import__(_PARTS[name]), name)


def reset():
    """Starts again; what it writes down is that the program asked for it."""
    wire.tell("reset")
    wire.flush()
    raise SystemExit


def reset_cause():
    return wire.cause


def unique_id():
    return b"\x02\x00\x00\x00\x00\x01"


def bitstream(pin, encoding, timing, data):
    """Pulses of two lengths, as WS2812 lamps take them; the chip allows nothing else meanwhile."""
    if encoding:
        raise ValueError("encoding")
    wire.tell("bits", pin._id, bytes(data).hex() or "-")


def disable_irq():
    return 0  # an interrupt runs between two waits, and there are none in between


def enable_irq(state):
    pass
