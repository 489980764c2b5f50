"""`gatectl sim serve` as a person runs it, until it is killed; and its page."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.browser.serving import GATECTL

if TYPE_CHECKING:
    import playwright.sync_api as driver

DESKTOP = (1440, 1180)


class Gate:
    """A running gate with its page."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [GATECTL, "sim", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"Open (http://localhost:\d+/)(#token=\S+)", line)
        assert found, line + self._process.stdout.read()
        self.address = found[1]
        self.url = found[1] + found[2]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def open_page(page: driver.Page, url: str) -> None:
    """Open it and wait until the gate has told its state."""
    page.goto(url)
    page.wait_for_selector('html[data-ready="true"]')
    page.wait_for_selector(".lane, #notice:not([hidden])")


def come(page: driver.Page, slug: str) -> None:
    """Send somebody of the cast to the reader."""
    page.select_option("#person", slug)
    page.click("#show")
