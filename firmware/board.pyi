"""What board.py holds: `gatectl board` makes it from a profile in boards/."""

_Input = tuple[int, int, int]  # pin, active level, pull: 1 up, -1 down, 0 none
_Output = tuple[int, int]  # pin, level at which it is on

NAME: str
RELAYS: tuple[tuple[int, int], ...]  # pin, safe level: the gate is shut
# kind (plain, gm65, de2120, m5-unit, m5-atomic), UART, rx pin, tx pin, baud
READERS: tuple[tuple[str, int, int, int, int], ...]
# readers and relays (indices), passage, door, request-to-exit
LANES: tuple[
    tuple[tuple[int, ...], tuple[int, ...], _Input | None, _Input | None, _Input | None], ...
]
FIRE: _Input | None
TAMPER: _Input | None
LOCK: _Input | None
MAINTENANCE: _Input | None
GREEN: _Output | None
RED: _Output | None
PIXELS: tuple[int, int] | None  # pin, how many WS2812 (in the order green, red, blue)
BUZZER: tuple[int, int, bool] | None  # pin, level at which it sounds, whether it wants PWM
I2C: tuple[int, int, int, int] | None  # bus, scl, sda, Hz
SPI: tuple[int, int, int, int] | None  # bus, sck, mosi, Hz
# ("ssd1306", address, width, height), or
# ("st7789", cs, dc, reset or None, backlight or None, width, height, x, y, rotation)
DISPLAY: (
    tuple[str, int, int, int]
    | tuple[str, int, int, int | None, int | None, int, int, int, int, int]
    | None
)
RTC: tuple[str, int] | None  # ("ds3231", address)
# ("wifi",), or
# ("lan8720", address, mdc, mdio, power or None, clock pin, whether the chip gives the clock), or
# ("w5500", SPI bus, sck, mosi, miso, cs, interrupt or None, reset or None)
NETWORK: (
    tuple[str]
    | tuple[str, int, int, int, int | None, int, bool]
    | tuple[str, int, int, int, int, int, int | None, int | None]
    | None
)
FLASH_KB: int
PSRAM: bool  # external RAM
