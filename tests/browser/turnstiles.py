"""`gatectl sim serve` as a person runs it, until it is killed; and what its page shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.serving import GATECTL

if TYPE_CHECKING:
    import playwright.sync_api as driver

DESKTOP = (1440, 1180)


class Gate:
    """A running gate. url: with the token; address: without, for those who only look."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [GATECTL, "sim", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        found = re.match(r"Open (http://localhost:\d+/)(#token=\S+)", said)
        if found is None:
            raise AssertionError(said + self._process.stdout.read())
        self.address, self.url = found[1], found[1] + found[2]

    def kill_firmware(self) -> None:
        """The firmware's process is this one's only child."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        (child,) = " ".join(task.read_text() for task in tasks).split()
        os.kill(int(child), signal.SIGKILL)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Watched:
    """A page, and everything that it has shown since this was made, however short it was."""

    def __init__(self, page: driver.Page) -> None:
        self.page = page
        page.evaluate(_WATCH)

    def saw(self, *wanted: str) -> None:
        """Wait until it has shown these, in this order; anything may have come between."""
        seen: list[str] = []
        for _ in range(_LOOKS):
            seen = self.page.evaluate("seen")
            rest = iter(seen)
            if all(any(one == want for one in rest) for want in wanted):
                return
            self.page.wait_for_timeout(_LOOK_MS)
        raise AssertionError(f"{wanted} was not shown, but {seen}")


_LOOK_MS = 100
_LOOKS = 250
# "phase walking" of a person, "show granted" of the gate, "open true" of the barrier, "state alarm"
_WATCH = """() => {
  globalThis.watching?.disconnect();
  globalThis.seen = [];
  const told = {"data-phase": "phase", "data-show": "show", "data-open": "open",
    "data-state": "state"};
  const note = (element, name) => {
    const at = element.closest("#banner, .figure, .lane");
    if (at !== element || (name === "data-show" && element.id !== "banner")) return;
    const said = `${told[name]} ${element.getAttribute(name)}`;
    if (element.hasAttribute(name) && seen.at(-1) !== said) seen.push(said);
  };
  globalThis.watching = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") {
        if (change.target.getAttribute(change.attributeName) !== change.oldValue) {
          note(change.target, change.attributeName);
        }
      } else for (const added of change.addedNodes) {
        if (added.nodeType === 1) for (const name of Object.keys(told)) note(added, name);
      }
    }
  });
  watching.observe(document.body, {subtree: true, childList: true, attributes: true,
    attributeOldValue: true, attributeFilter: Object.keys(told)});
}"""


def come(page: driver.Page, slug: str) -> None:
    """Send somebody of the cast to the reader."""
    page.select_option("#person", slug)
    page.click("#show")


def alone(page: driver.Page) -> None:
    """Wait until the hall is empty and the gate is ready for the next one."""
    page.wait_for_selector("html[data-ready='true']")
    page.wait_for_selector(".figure", state="detached")
    page.wait_for_selector('#banner[data-show="ready"]')


def rest(page: driver.Page) -> None:
    """Everything as it was at the start, whatever a test has left."""
    page.wait_for_selector("html[data-ready='true']")
    for name in ("power", "auto", "alive"):
        if page.locator(f"#do-{name}").get_attribute("aria-checked") == "false":
            switch(page, name, True)
    for name in ("fire", "lock", "maintenance", "tamper", "door", "stand"):
        if page.locator(f"#do-{name}").get_attribute("aria-checked") == "true":
            switch(page, name, False)
    page.wait_for_selector(".figure", state="detached")
    if page.locator(".state.alarm.now").count():  # the technician's key ends it at once
        switch(page, "maintenance", True)
        page.wait_for_selector(".state.maintenance.now")
        switch(page, "maintenance", False)
    alone(page)


def press(page: driver.Page, name: str) -> None:
    """Press a button, without waiting for the page to be still: the gate does not wait either."""
    page.locator(f"#do-{name}").dispatch_event("click")


def switch(page: driver.Page, name: str, on: bool) -> None:
    """Flip a switch and wait until the gate has it."""
    press(page, name)
    page.wait_for_selector(f'#do-{name}[aria-checked="{str(on).lower()}"]')
