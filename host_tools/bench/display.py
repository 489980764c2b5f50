"""Instructions of the display's steps of computing, between which relay and fire have their turn.

    python -m host_tools.bench.display

Counted on the 32-bit interpreter under callgrind; a board's are not the same, but near.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from host_tools import fonts
from host_tools.bench import callgrind

# name -> what is done once, after PRELUDE
STEPS = {
    "a text is found, the last of its file": 'text_of("zh", "internal_error")',
    "a paragraph is broken into lines, the longest": "wrap(LONG, 232, 1)",
    "a wide character is read from the font": "font._cache.clear(); font.glyph(0x8BF7)",
    "a wide character is enlarged": "doubled(wide, 16)",
    "a symbol is drawn, 64 pixels": 'draw(canvas, "fire", 88, 8, 64)',
    "a strip of an ST7789 gets its colours": "strip.blit(canvas, 0, -8, -1, palette)",
    "a page of an SSD1306 is copied, inverted": "copy()",
}
PRELUDE = """
import framebuf, sys
from gate.ui import show as text_of
from gate.ui.font import Font, doubled
from gate.ui.symbols import draw
from gate.ui.wrap import wrap
LONG = "A part of the code is about someone else, or another phone"
font = Font("font.bin", print)
wide = font.glyph(0x8BF7)
canvas = framebuf.FrameBuffer(bytearray(240 * 10), 240, 80, framebuf.MONO_HLSB)
strip = framebuf.FrameBuffer(bytearray(3840), 240, 8, framebuf.RGB565)
palette = framebuf.FrameBuffer(bytearray(4), 2, 1, framebuf.RGB565)
page = bytearray(129)
def copy(source=bytearray(128)):
    page[1:] = memoryview(source)[0:128]
    for x in range(1, 129):
        page[x] ^= 0xFF
def step():
    STEP
for _ in range(int(sys.argv[1])):
    step()
"""


def measure() -> dict[str, int]:
    """Instructions of each step."""
    counter = callgrind.counter(32)
    found = {}
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "font.bin").write_bytes(fonts.font()[0])
        for name, step in STEPS.items():
            (folder / "step.py").write_text(PRELUDE.replace("STEP", step), encoding="utf-8")
            found[name] = counter.each([str(folder / "step.py")], folder, "4M", 10)
    return found


def main() -> None:
    for name, count in measure().items():
        print(f"{name:48}{count:12,}")


if __name__ == "__main__":
    main()
