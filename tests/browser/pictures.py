"""Makes docs/phone.png: `python -m tests.browser.pictures`, after `python3 -m bootstrap test`.

Two phones with really signed claims, both with the network cut.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from bootstrap import browser as browsers
from bootstrap.places import ROOT
from host_tools import times
from host_tools.simulator.demo_site import DemoSite
from tests.browser.driving import PHONE, chromium
from tests.browser.serving import PERSONS, Served, key_folder

if TYPE_CHECKING:
    import playwright.sync_api as driver

OUT = ROOT / "docs" / "phone.png"
RATIO = 1.5
GAP, CORNER = 24, 30
GROUND = "#c9d3de"
COLOURS = 96  # of the picture; it has few

WORSE = """
subject: 81d7f06b3ce94a25
health:
  - {issuer: national, jurisdiction: CN, colour: green, assessed: 5 hours ago}
  - {issuer: shanghai, jurisdiction: CN-31, colour: orange, assessed: 35 minutes ago}
travel:
  issuer: national
  jurisdiction: CN
  window: 14 days
  regions: {CN-31: today, CN-5301: 9 days ago}
  risk: [CN-5301]
vaccination:
  {issuer: hospital, jurisdiction: CN, product: CoronaVac, dose: 2, of: 3, date: 140 days ago}
tests:
  {issuer: hospital, jurisdiction: CN-31, kind: rat, result: negative, sampled: 3 hours ago}
"""


def shot(browser: driver.Browser, keys: Path, person: Path, language: str) -> Image.Image:
    """What a person sees who opens the page without a network."""
    served = Served(keys, person)
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        device_scale_factor=RATIO,
        locale=language,
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector("html[data-ready]")
    served.stop()
    context.set_offline(True)
    page.reload()
    page.wait_for_selector("#network:not(:empty)")
    page.wait_for_selector("#clock:not(:empty)")
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture.convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Rounded like phones, on a quiet ground."""
    width = sum(picture.width + GAP for picture in pictures) + GAP
    whole = Image.new("RGB", (width, pictures[0].height + 2 * GAP), GROUND)
    at = GAP
    for picture in pictures:
        mask = Image.new("L", picture.size, 0)
        box = (0, 0, picture.width - 1, picture.height - 1)
        ImageDraw.Draw(mask).rounded_rectangle(box, CORNER, fill=255)
        whole.paste(picture, (at, GAP), mask)
        at += picture.width + GAP
    return whole


def main() -> None:
    found = browsers.load()
    if found is None:
        sys.exit("there is no browser; run: python3 -m bootstrap test")
    site = DemoSite.make(times.now())
    with tempfile.TemporaryDirectory() as folder, chromium(found) as browser:
        keys = key_folder(Path(folder) / "keys", site.keys)
        worse = Path(folder) / "worse.yaml"
        worse.write_text(WORSE)
        pictures = [
            shot(browser, keys, PERSONS / "zhou-several-issuers.yaml", "zh-CN"),
            shot(browser, keys, worse, "en-GB"),
        ]
    whole = side_by_side(pictures).quantize(COLOURS, dither=Image.Dither.NONE)
    whole.save(OUT, optimize=True)
    print(f"{OUT}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
