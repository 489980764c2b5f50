"""Chromium, driven: started from what set-up found; its pictures read as a gate reads them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from bootstrap import node
from bootstrap.browser import Browser

if TYPE_CHECKING:
    import playwright.sync_api as driver

FLAGS = (
    "--no-sandbox",  # tests run as root; nothing but the project's own pages is opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = (390, 844)


@contextmanager
def chromium(found: Browser) -> Iterator[driver.Browser]:
    """A browser with a fresh profile."""
    from playwright.sync_api import sync_playwright

    # The one that playwright brings needs libraries which a fresh Debian lacks.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node.find().program)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.program, env={**os.environ, **found.env}, args=list(FLAGS)
        )
        yield browser
        browser.close()


def wait_signed(page: driver.Page, count: int) -> None:
    """Wait until the page has made so many codes since it was opened."""
    for _ in range(300):
        if int(page.locator("html").get_attribute("data-signed") or "0") >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"no code number {count}")


def read_qr(picture: bytes) -> str:
    """The text of the one QR code in a screenshot."""
    with Image.open(io.BytesIO(picture)) as image:
        # QR alone: to a reader of every kind of bar code some letters look like one
        found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1, f"{len(found)} codes in the picture"
    return str(found[0].text)
