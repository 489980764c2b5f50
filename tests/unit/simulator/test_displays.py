"""The simulated displays do what their data sheets say, wrong sequences included."""

from __future__ import annotations

import pytest

from host_tools.simulator.displays import (
    DisplayError,
    SimulatedPixels,
    SimulatedSsd1306,
    SimulatedSt7789,
)

ON = bytes((0x00, 0x8D, 0x14, 0xA1, 0xC8, 0xDA, 0x12, 0xA8, 63, 0xD3, 0, 0x40, 0x20, 0x00, 0xAF))


def oled(*more: int) -> SimulatedSsd1306:
    """Switched on, all dark, and told these commands besides."""
    display = SimulatedSsd1306()
    assert display.write(ON)
    display.write(bytes((0x00, 0x21, 0, 127, 0x22, 0, 7)))
    display.write(bytes((0x40, *bytes(1024))))
    display.write(bytes((0x00, *more)))
    return display


def lit(display: SimulatedSsd1306) -> set[tuple[int, int]]:
    return {(x, y) for y in range(64) for x in range(128) if display.bit(x, y)}


def test_horizontal_addressing_wraps_in_its_window() -> None:
    display = oled(0x21, 126, 127, 0x22, 3, 4)
    display.write(bytes((0x40, 0x01, 0x02, 0x04, 0x08, 0x80)))
    # the fifth byte comes back to the first place
    assert lit(display) == {(126, 31), (127, 25), (126, 34), (127, 35)}


def test_vertical_and_page_addressing() -> None:
    display = oled(0x20, 0x01, 0x21, 5, 6, 0x22, 0, 1)
    display.write(bytes((0x40, 1, 1, 1)))
    assert lit(display) == {(5, 0), (5, 8), (6, 0)}
    display = oled(0x20, 0x02, 0xB2, 0x0F, 0x17)
    display.write(bytes((0x40, 1, 1)))
    assert lit(display) == {(127, 16), (0, 16)}, "a page wraps in itself"


@pytest.mark.parametrize(
    ("commands", "seen"),
    [
        ((), {(3, 9)}),
        ((0xC0,), {(3, 54)}),  # rows the other way: upside down
        ((0x40 | 8,), {(3, 1)}),  # the picture begins at another line
        ((0xD3, 2), {(3, 7)}),
        ((0xA8, 31), {(3, 9)}),
        ((0xAE,), set()),
        ((0x8D, 0x10), set()),  # no charge pump, no light
    ],
)
def test_how_the_memory_is_shown(commands: tuple[int, ...], seen: set[tuple[int, int]]) -> None:
    display = oled(0x21, 3, 3, 0x22, 1, 1)
    display.write(bytes((0x40, 0x02)))
    display.write(bytes((0x00, *commands)))
    assert lit(display) == seen


def test_remapped_columns_hold_for_what_is_written_after() -> None:
    display = oled(0xA0, 0x21, 3, 3, 0x22, 1, 1)
    display.write(bytes((0x40, 0x02)))
    assert lit(display) == {(124, 9)}


def test_inverted_all_lit_and_wired_for_another_glass() -> None:
    assert len(lit(oled(0xA7))) == 128 * 64
    assert len(lit(oled(0xA5))) == 128 * 64
    display = oled(0x21, 3, 3, 0x22, 1, 1, 0xDA, 0x02)
    display.write(bytes((0x40, 0xFF)))
    assert len({y for _, y in lit(display)}) == 8
    assert max(y for _, y in lit(display)) - min(y for _, y in lit(display)) > 8, "torn apart"


def test_what_an_ssd1306_does_not_take() -> None:
    for wrong in (
        (0x00, 0x21, 5, 4),
        (0x00, 0x22, 0, 8),
        (0x00, 0x20, 3),
        (0x00, 0x2F),  # scrolling is not here
        (0x05, 0xAF),
        (0x00, 0xB0),  # page commands in horizontal addressing
    ):
        with pytest.raises(DisplayError):
            oled().write(bytes(wrong))


def test_an_unplugged_display_gives_no_acknowledgement() -> None:
    display = oled()
    version = display.version
    display.unplugged = True
    assert not display.write(ON)
    assert display.version == version


# ST7789

CS, DC = 5, 15


class Line:
    """Sends commands and data as a driver does."""

    def __init__(self, **mounted: int) -> None:
        self.now = 0
        self.display = SimulatedSt7789(CS, DC, now_us=lambda: self.now, **mounted)  # type: ignore[arg-type]

    def send(self, command: int, data: bytes = b"") -> None:
        self.display.write(bytes((command,)), {CS: 0, DC: 0})
        if data:
            self.display.write(data, {CS: 0, DC: 1})

    def on(self, madctl: int = 0) -> None:
        self.send(0x11)
        self.now += 120_000
        for command, data in ((0x3A, b"\x55"), (0x36, bytes((madctl,))), (0x21, b""), (0x29, b"")):
            self.send(command, data)

    def window(self, x: int, y: int, wide: int, high: int) -> None:
        for command, first, count in ((0x2A, x, wide), (0x2B, y, high)):
            last = first + count - 1
            self.send(command, first.to_bytes(2, "big") + last.to_bytes(2, "big"))


RED, GREEN, BLUE = b"\xf8\x00", b"\x07\xe0", b"\x00\x1f"


@pytest.mark.parametrize(("rotation", "madctl"), [(0, 0), (1, 0x60), (2, 0xC0), (3, 0xA0)])
def test_each_direction_is_upright_with_its_own_setting(rotation: int, madctl: int) -> None:
    wide, high = (240, 320) if rotation % 2 == 0 else (320, 240)
    line = Line(width=wide, height=high, rotation=rotation)
    line.on(madctl)
    line.window(0, 0, wide, high)
    line.send(0x2C, bytes(2 * wide * high))
    line.window(2, 1, 3, 2)
    line.send(0x2C, RED + GREEN + BLUE + BLUE + GREEN + RED)
    picture = line.display.image()
    seen = [[picture.getpixel((x, y)) for x in (2, 3, 4)] for y in (1, 2)]
    red, green, blue = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    assert seen == [[red, green, blue], [blue, green, red]]
    assert picture.getpixel((1, 1)) == picture.getpixel((5, 2)) == (0, 0, 0)


def test_a_wrong_direction_shows_something_else() -> None:
    pictures = set()
    for madctl in (0x00, 0x40, 0x80, 0xC0):
        line = Line(height=320)
        line.on(madctl)
        line.window(0, 0, 240, 320)
        line.send(0x2C, bytes(2 * 240 * 320))
        line.window(2, 1, 2, 1)
        line.send(0x2C, RED + GREEN)
        pictures.add(line.display.image().tobytes())
    assert len(pictures) == 4


def test_colours_need_inversion_and_the_right_order() -> None:
    line = Line()
    line.on()
    line.window(0, 0, 1, 1)
    line.send(0x2C, RED)
    assert line.display.image().getpixel((0, 0)) == (255, 0, 0)
    line.send(0x20)
    assert line.display.image().getpixel((0, 0)) == (0, 255, 255)
    line.send(0x21)
    line.send(0x36, b"\x08")
    assert line.display.image().getpixel((0, 0)) == (0, 0, 255)


def test_dark_until_it_is_awake_on_and_lit() -> None:
    line = Line()
    assert line.display.image().getbbox() is None
    line.on()
    assert line.display.image().getbbox() is not None, "whatever its memory holds"
    line.send(0x28)
    assert line.display.image().getbbox() is None


def test_what_an_st7789_does_not_take() -> None:
    def too_soon(line: Line) -> None:
        line.send(0x01)
        line.now += 1000
        line.send(0x11)

    def too_few(line: Line) -> None:
        line.send(0x2A, b"\x00\x00\x00")
        line.send(0x2C)

    def half(line: Line) -> None:
        line.send(0x2C, b"\xf8")

    for wrong in (
        too_soon,
        too_few,
        half,
        lambda line: line.send(0x2A, b"\x00\x00\x00\xf0"),  # there is no column 240
        lambda line: line.send(0x2A, b"\x00\x00\x00\x10\x00"),
        lambda line: line.send(0x55),
        lambda line: line.send(0x29, b"\x00"),
    ):
        line = Line()
        line.on()
        with pytest.raises(DisplayError):
            wrong(line)


def test_pixels_before_their_format_is_known() -> None:
    line = Line()
    line.send(0x11)
    line.now += 120_000
    with pytest.raises(DisplayError, match="format"):
        line.send(0x2C, RED)


def test_who_is_not_selected_hears_nothing() -> None:
    line = Line()
    version = line.display.version
    assert line.display.write(b"\x55", {CS: 1, DC: 0}) is None
    assert line.display.version == version
    with pytest.raises(DisplayError, match="data/command"):
        line.display.write(b"\x29", {CS: 0})


# WS2812


def test_pixels_take_green_first_and_hand_on_the_rest() -> None:
    strip = SimulatedPixels(2)
    strip.write(bytes((1, 2, 3, 4, 5, 6, 7, 8, 9)))
    assert strip.colours == [(2, 1, 3), (5, 4, 6)]
    strip.write(bytes((9, 9, 9)))
    assert strip.colours == [(9, 9, 9), (5, 4, 6)], "the second was told nothing"
    with pytest.raises(DisplayError):
        strip.write(b"\x00")
    assert strip.image().size == (48, 24)
