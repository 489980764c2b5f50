"""What people see, taken from the bytes that went to the display."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from host_tools.firmware import ROOT
from host_tools.fonts import characters
from host_tools.simulator.displays import SimulatedSsd1306
from host_tools.simulator.displays.reading import lines
from host_tools.simulator.displays.sheet import sheet
from host_tools.simulator.displays.studio import Studio

from .conftest import MakeStudio

REFUSED = ("refused", "vaccination_too_recent")
PAGE_MS = 1800
SETTLED_MS = 1200


def art(picture: Image.Image, box: tuple[int, int, int, int]) -> str:
    """A part of a picture, two rows a line."""
    grey = picture.convert("L").crop(box).point(lambda value: value > 128)
    marks = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
    rows = []
    for y in range(0, grey.height, 2):
        row = [
            marks[int(bool(grey.getpixel((x, y)))), int(bool(grey.getpixel((x, y + 1))))]
            for x in range(grey.width)
        ]
        rows.append("".join(row).rstrip())
    return "\n".join(rows)


def test_a_refused_person_reads_why_in_both_languages(studio_of: MakeStudio) -> None:
    face = studio_of("ssd1306 128x64", [(1000, "show", REFUSED)])
    first = lines(face.at_ms(1000 + SETTLED_MS))
    second = lines(face.at_ms(1000 + PAGE_MS + SETTLED_MS))
    assert first[-3:] == ["接种时间过近", "可出示检", "测结果"]
    assert second == ["The vaccination", "is too recent", "A test may", "do instead."]
    assert face.notes == []


def test_the_first_page_says_the_verdict_to_who_reads_neither(studio_of: MakeStudio) -> None:
    face = studio_of("ssd1306 128x64", [(1000, "show", ("granted",))])
    seen = art(face.at_ms(1000 + SETTLED_MS), (0, 20, 32, 44))
    assert seen == TICK, "\n" + seen


TICK = """\
                         ▄
                       ▄███▄
                     ▄███████▄
       ▄           ▄████████▀
     ▄███▄       ▄████████▀
    ▄██████▄   ▄████████▀
   ▀█████████▄████████▀
     ▀███████████████▀
       ▀███████████▀
         ▀███████▀
           ▀███▀
             ▀"""

# The first page of every state and display: to change one on purpose, look at docs/display.png and
# take the new digest from the failure.
DIGESTS: dict[str, str] = {
    "ssd1306 128x64": "4b543d99f5e9a947",
    "ssd1306 128x32": "3c843d93d6b8554f",
    "st7789 240x240": "f72bbab753b0e81c",
}


@pytest.mark.parametrize("display", ["ssd1306 128x64", "ssd1306 128x32", "st7789 240x240"])
def test_pictures_are_as_they_were(studio_of: MakeStudio, display: str) -> None:
    states = ("ready", "granted", "refused", "fire", "alarm", "locked", "maintenance")
    reasons = {"refused": "code_expired", "alarm": "held_open"}
    script = [(1000 + 2000 * i, "show", (what, reasons.get(what))) for i, what in enumerate(states)]
    face = studio_of(display, script)
    total = hashlib.sha256()
    for i in range(len(states)):
        total.update(face.at_ms(1000 + 2000 * i + SETTLED_MS).tobytes())
    assert total.hexdigest()[:16] == DIGESTS[display]


def test_the_picture_in_the_docs_is_of_today() -> None:
    """If not: python -m host_tools.simulator.displays.sheet docs/display.png, and look at it."""
    there = Image.open(ROOT / "docs" / "display.png")
    made = sheet()
    assert there.size == made.size
    assert there.convert("RGB").tobytes() == made.tobytes()


@pytest.mark.parametrize(
    ("display", "size"),
    [("ssd1306 128x32", (128, 32)), ("st7789 135x240", (135, 240)), ("st7789 240x135", (240, 135)),
     ("st7789 240x320", (240, 320)), ("st7789 320x240", (320, 240))],
)  # fmt: skip
def test_every_size_and_direction(
    studio_of: MakeStudio, display: str, size: tuple[int, int]
) -> None:
    """Upright and in the middle: the picture is not turned, cut or moved."""
    face = studio_of(display, [(1000, "show", ("granted",))])
    picture = face.at_ms(1000 + SETTLED_MS)
    assert picture.size == size
    ink = picture.convert("L").point(lambda value: 255 * (value > 200))
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    assert left > 0 and right <= size[0]
    if display.startswith("st7789"):
        assert abs(left - (size[0] - right)) <= 16, "in the middle"
        corner = picture.getpixel((0, 0))
        assert corner == picture.getpixel((size[0] - 1, 0)), "the band goes from side to side"
        assert picture.getpixel((0, size[1] - 1)) == (0, 0, 0)
    assert bottom > size[1] // 2 and top < size[1] // 2


def test_the_verdicts_colour(studio_of: MakeStudio) -> None:
    script = [(1000, "show", ("granted",)), (3000, "show", ("refused", "code_expired"))]
    face = studio_of("st7789 240x240", script)
    red, green, blue = face.at_ms(2500).getpixel((5, 5))  # type: ignore[misc]
    assert green > 2 * red and green > blue
    red, green, blue = face.at_ms(8000).getpixel((5, 5))  # type: ignore[misc]
    assert red > 2 * green and red > 2 * blue


def test_what_is_new_comes_at_once(studio_of: MakeStudio) -> None:
    """A refusal is being drawn when the next person is let in."""
    face = studio_of("ssd1306 128x64", [(1000, "show", REFUSED), (1015, "show", ("granted",))])
    assert lines(face.at_ms(1200))[-2:] == ["请通行", "Welcome"]


def test_a_refusal_is_read_to_its_end(studio_of: MakeStudio) -> None:
    """The lane is ready after three seconds; the words stay for six, unless somebody comes."""
    script = [
        (1000, "show", REFUSED),
        (4000, "show", ("ready",)),
        (10000, "show", REFUSED),
        (13000, "show", ("ready",)),
        (13500, "show", ("granted",)),
    ]
    face = studio_of("ssd1306 128x64", script)
    assert "请出示通行码" not in "".join(lines(face.at_ms(5000)))
    assert "请出示通行码" in "".join(lines(face.at_ms(8500)))
    assert "请通行" in "".join(lines(face.at_ms(14000)))


def test_standing_remarks(studio_of: MakeStudio) -> None:
    """Small, inverted, and only while nobody is at the gate."""
    script = [
        (500, "show", ("ready",)),
        (1000, "note", ("reader_silent", True)),
        (9000, "show", ("granted",)),
        (11000, "show", ("ready",)),
        (11100, "note", ("reader_silent", False)),
    ]
    face = studio_of("st7789 240x240", script)
    amber = (255, 202, 57)
    assert amber in pixels(face.at_ms(3000))
    assert amber not in pixels(face.at_ms(10500))
    assert amber not in pixels(face.at_ms(13000))


def pixels(picture: Image.Image) -> set[Any]:
    return {colour for _, colour in picture.getcolors(1 << 16) or []}


# What goes wrong


def display_of(face: Studio) -> SimulatedSsd1306:
    display = face.panels.display
    assert isinstance(display, SimulatedSsd1306)
    return display


def test_a_display_that_goes_away_and_comes_back(studio_of: MakeStudio) -> None:
    """Its plug comes off in the middle of a page and is put back; nobody restarts anything."""
    script = [(1000 + 500 * i, "show", (what,)) for i, what in enumerate(["ready", "granted"] * 30)]
    face = studio_of("ssd1306 128x64", script)
    face.run_to_ms(5010)
    display = display_of(face)
    display.unplugged = True
    face.run_to_ms(15_000)
    assert face.notes == ["display OSError [Errno 19] ENODEV"], "said once"
    display.unplugged = False
    display.power_on()
    face.run_to_ms(31_400)
    assert lines(display.image())[-2:] == ["请通行", "Welcome"]


def test_a_display_that_comes_back_shows_what_is_now(studio_of: MakeStudio) -> None:
    """Not the refusal of half a minute ago."""
    script = [(1000, "show", REFUSED), (4000, "show", ("ready",))]
    face = studio_of("ssd1306 128x64", script)
    display = display_of(face)
    display.unplugged = True
    face.run_to_ms(30_000)
    display.unplugged = False
    shown = set()
    for moment in range(30_000, 36_000, 300):
        shown.add(" ".join(lines(face.at_ms(moment))))
    assert "请出示通行码" in " ".join(shown)
    assert "接种" not in " ".join(shown)


def test_a_display_that_was_never_there(studio_of: MakeStudio) -> None:
    face = studio_of("ssd1306 128x64", [(1000, "show", ("granted",))])
    tries: list[int] = []
    display = display_of(face)
    refuse: Callable[[bytes], bool] = lambda data: bool(tries.append(face.gate.clock.now()))  # noqa: E731
    display.write = refuse  # type: ignore[method-assign]
    face.run_to_ms(66_000)
    assert len(face.notes) == 1
    pauses = [(b - a) // 1000 for a, b in itertools.pairwise(tries)]
    assert pauses == [1000, 2000, 4000, 8000, 16000, 32000], "less and less often"


def test_a_display_that_lost_its_memory_is_drawn_again(studio_of: MakeStudio) -> None:
    """A dip of its supply that the terminal did not feel: within a minute it is right again."""
    face = studio_of("ssd1306 128x64", [(1000, "show", ("ready",))])
    face.run_to_ms(5000)
    display_of(face).power_on()
    assert lines(face.at_ms(6000)) == []
    assert "请出示通行码" in "".join(lines(face.at_ms(66_000)))
    assert face.notes == []


def test_without_a_font_there_is_the_symbol_and_a_report(studio_of: MakeStudio) -> None:
    script = [(1000, "show", ("granted",)), (4000, "show", ("fire",)), (8000, "show", ("granted",))]
    face = studio_of("ssd1306 128x64", script)
    (face.gate.folder / "font.bin").write_bytes(b"GF16 and nothing that fits")
    seen = art(face.at_ms(8000 + SETTLED_MS), (0, 20, 32, 44))
    assert seen == TICK
    assert face.notes == ["font ValueError font of a wrong size"]


def test_a_character_that_the_font_does_not_have(studio_of: MakeStudio) -> None:
    """A site's own words, with a character that was not known when the font was made."""
    assert "龘" not in characters.of_texts()
    face = studio_of("ssd1306 128x64", [(1000, "show", ("refused", "龘龘"))])
    face.run_to_ms(5000)
    assert face.notes == ["font ValueError no character U+9F98"]


@pytest.mark.parametrize(
    ("display", "most_us"), [("ssd1306 128x64", 3300), ("st7789 240x240", 800)]
)
def test_the_longest_step(studio_of: MakeStudio, display: str, most_us: int) -> None:
    """On the bus, between two turns of relay and fire contact: docs/display.md has the figures."""
    script = [(1000 + 137 * i, "show", (("granted", "fire")[i % 2],)) for i in range(16)]
    face = studio_of(display, script)
    face.run_to_ms(4000)
    assert most_us // 2 < face.latest_tick_us <= most_us


def test_a_bus_takes_no_pin_that_the_profile_does_not_name(
    run_firmware: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """A stock ESP32 gives SPI a default MISO, 12 on bus 1, unless it is told that there is none."""
    (tmp_path / "machine.py").write_text(
        "given = {}\n"
        "class Pin:\n"
        "    OUT = 3\n"
        "    def __init__(self, *given, **options): pass\n"
        "def SPI(bus, **options): given.update(options)\n"
    )
    [options] = run_firmware(
        """
        import json, machine
        from gate.ui.st7789 import ST7789
        ST7789((1, 14, 13, 40000000), 5, 15, None, None, 240, 240, 0, 0, 0)
        print(json.dumps([sorted(machine.given), machine.given["miso"]]))
        """,
        extra_path=[tmp_path],
    )
    assert options == [["baudrate", "miso", "mosi", "phase", "polarity", "sck"], None]
