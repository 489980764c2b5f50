"""A terminal's face alone, without lane and reader: what it shows, as pictures.

The firmware's own modules run on MicroPython and draw on the simulated parts of a board's profile.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from PIL import Image

from host_tools import files, fonts
from host_tools.boards import generate, profiles
from host_tools.boards.profile import I2C, SPI, Output, Pixels, Profile, Ssd1306, St7789
from host_tools.simulator.displays.panels import Panels, attach
from host_tools.simulator.gate import SimulatedGate

_PROGRAM = """
import asyncio, board, time
from gate.ui.face import Face

def report(where, error):
    print(where, type(error).__name__, error)

def now():
    return time.ticks_ms()  # short runs

face = Face(board, now, report)

async def ticks():
    worst = {tick} * 1000
    while True:
        began = time.ticks_us()
        face.check(now())
        await asyncio.sleep_ms({tick})
        took = time.ticks_diff(time.ticks_us(), began)
        if took > worst:
            worst = took
            print("tick", took)

async def play():
    for at, name, arguments in {script!r}:
        await asyncio.sleep_ms(max(0, at - now()))
        getattr(face, name)(*arguments)

async def main():
    await asyncio.gather(play(), ticks(), *[task() for _, task in face.tasks()])

asyncio.run(main())
"""

TICK_MS = 10  # as the terminal's own

Call = tuple[int, str, tuple[Any, ...]]  # ms since the start, show or note, arguments


def board(display: str) -> Profile:
    """A DevKit with a display by its kind and size, and a strip of pixels: for pictures."""
    kind, size = display.split(" ")
    width, height = map(int, size.split("x"))
    profile = profiles.load("esp32-devkit")
    found: Ssd1306 | St7789
    if kind == "ssd1306":
        found = Ssd1306(0x3C, width, height)
    else:
        rotation = 1 if width > height else 0
        x, y = {(135, 240): (52, 40), (240, 135): (40, 53)}.get((width, height), (0, 0))
        found = St7789(5, 15, 4, 13, width, height, x, y, rotation)
    return dataclasses.replace(
        profile,
        green=Output(22, 1),
        red=Output(23, 1),
        i2c=I2C(0, 19, 21, 400_000, True),
        spi=SPI(1, 14, 12, 40_000_000),
        display=found,
    )


def with_pixels(profile: Profile, count: int = 8) -> Profile:
    return dataclasses.replace(profile, green=None, red=None, pixels=Pixels(22, count))


class Studio:
    """Use as a context manager: the face begins with the first call of the script."""

    def __init__(self, folder: Path, profile: Profile, script: list[Call], **gate: Any) -> None:
        self.profile = profile
        program = folder / "program"
        state = folder / "state"
        program.mkdir(parents=True)
        state.mkdir()
        files.write_text(program / "main.py", _PROGRAM.format(script=script, tick=TICK_MS))
        files.write_text(state / "board.py", generate.board_module(profile))
        for name, content in fonts.needed(profile).items():
            files.write_bytes(state / name, content)
        self.gate = SimulatedGate(state, first=[program], **gate)
        self.panels: Panels = attach(self.gate, profile)

    def __enter__(self) -> Studio:
        self.gate.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.__exit__()

    def at_ms(self, moment: int) -> Image.Image:
        """What the display shows at a moment of the run, later than the one before."""
        self.run_to_ms(moment)
        assert self.panels.display is not None
        return self.panels.display.image()

    def run_to_ms(self, moment: int) -> None:
        self.gate.run(moment * 1000 - self.gate.clock.now())

    @property
    def notes(self) -> list[str]:
        """What was reported."""
        texts = [note.text for note in self.gate.record.notes]
        return [text for text in texts if not text.startswith("tick ")]

    @property
    def latest_tick_us(self) -> int:
        """By how much a tick came late, at most: what else ran then did not pause."""
        texts = [note.text for note in self.gate.record.notes]
        took = [int(text.split()[1]) for text in texts if text.startswith("tick ")]
        return max([TICK_MS * 1000, *took]) - TICK_MS * 1000
