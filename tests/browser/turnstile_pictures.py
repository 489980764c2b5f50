"""Makes docs/turnstile.png: `python -m tests.browser.turnstile_pictures`, after
`python3 -m bootstrap test`. The page at a desk in the dark and on a phone by day, both looking at
one gate, while somebody walks through."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from PIL import Image

from bootstrap import browser as browsers
from bootstrap.places import ROOT
from tests.browser.driving import PHONE, chromium
from tests.browser.pictures import side_by_side
from tests.browser.turnstiles import Gate, alone, come

if TYPE_CHECKING:
    import playwright.sync_api as driver

OUT = ROOT / "docs" / "turnstile.png"
DESK = (1400, PHONE[1])
COLOURS = 256  # of the picture
LIMIT = 250_000  # bytes


def opened(browser: driver.Browser, gate: Gate, size: tuple[int, int], **look: str) -> driver.Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Shanghai", **look
    )
    page = context.new_page()
    page.goto(gate.url)
    alone(page)
    return page


def shot(page: driver.Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    found = browsers.load()
    if found is None:
        sys.exit("there is no browser; run: python3 -m bootstrap test")
    gate = Gate()
    try:
        with chromium(found) as browser:
            desk = opened(browser, gate, DESK, color_scheme="dark", locale="en-GB")
            phone = opened(browser, gate, PHONE, color_scheme="light", locale="zh-CN")
            desk.keyboard.press("a")  # people wait for a word: there is time for both pictures
            come(desk, "newcomer")
            phone.wait_for_selector('.figure[data-phase="cleared"]')
            told = shot(phone)
            desk.keyboard.press("w")
            desk.wait_for_selector('.figure[data-phase="walking"]')
            desk.wait_for_timeout(300)
            pictures = [shot(desk), told]
    finally:
        gate.stop()
    whole = side_by_side(pictures)
    whole.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        OUT, optimize=True
    )
    size = OUT.stat().st_size
    print(f"{OUT}: {size:,} bytes")
    if size > LIMIT:
        sys.exit(f"more than {LIMIT:,}")


if __name__ == "__main__":
    main()
