"""For everyone: two languages, a keyboard, a screen reader, tired eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from host_tools import times
from host_tools.names import COLOURS, KINDS
from host_tools.simulator.demo_site import DemoSite
from tests.browser.conftest import Phone, Serve
from tests.browser.issuers import code, holder_of, paste

if TYPE_CHECKING:
    import playwright.sync_api as driver

# WCAG 2.2, 1.4.3: the ratio of luminances of every visible text and what is behind it.
CONTRASTS = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!colour.startsWith("rgba(") || !colour.endsWith(", 0)")) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.data.trim();
    if (!text || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, two] = [light(style.color), light(behind(element))].sort((a, b) => b - a);
    found.push([text, (one + 0.05) / (two + 0.05), parseFloat(style.fontSize)]);
  }
  return found;
}"""


def test_the_browsers_language_then_the_persons_choice(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, language="zh-TW")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.title() == "一码通行"
    toggle = page.locator("#language")
    assert toggle.inner_text() == "English"
    toggle.click()
    page.get_by_role("heading", name="One code").wait_for()
    assert page.locator("html").get_attribute("lang") == "en-GB"
    page.reload()
    page.get_by_role("heading", name="One code").wait_for()
    page.locator("#language").click()
    page.get_by_role("heading", name="一码通行").wait_for()


@pytest.mark.parametrize("language", ["fr-FR", "en-US"])
def test_other_languages_get_english(serve: Serve, phone: Phone, language: str) -> None:
    page = phone(serve().address, language=language)
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.get_by_text("Nothing stored yet").is_visible()


def test_everything_can_be_reached_by_keyboard(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    focused = "document.activeElement.id"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "language"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "open-settings"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "and it is seen where one is"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
    for control in (
        "renew",
        "pasted",
        "add",
        "file",
        "gate",
        "copy-request",
        "save-request",
        "forget",
    ):
        assert control in reached
    page.keyboard.press("Escape")
    assert not page.locator("#settings").is_visible()
    assert page.evaluate(focused) == "open-settings"


def test_everything_has_a_name_for_screen_readers(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    assert page.get_by_role("img", name="Your code as a QR picture").is_visible()
    page.get_by_role("timer", name="New code in").wait_for()
    for name in ("切换到中文", "Claims and settings"):
        assert page.get_by_role("button", name=name).is_visible()
    page.get_by_role("button", name="Claims and settings").click()
    assert page.get_by_role("dialog", name="Claims and settings").is_visible()
    for name in ("Add a code from an issuer", "Prove for one gate only"):
        assert page.get_by_role("textbox", name=name).is_visible()
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, a, input, textarea")]
      .filter((one) => one.checkVisibility() && !one.textContent.trim()
        && !one.ariaLabel && !one.labels?.length)
      .map((one) => one.outerHTML)""")
    assert nameless == []


def too_faint(page: driver.Page) -> list[Any]:
    texts = page.evaluate(CONTRASTS)
    assert len(texts) >= 5
    large = 24  # pixels
    return [text for text in texts if text[1] < (3 if text[2] >= large else 4.5)]


@pytest.mark.parametrize("colour", list(COLOURS))
def test_texts_stand_out_whatever_the_colour(
    serve: Serve, phone: Phone, site: DemoSite, colour: str
) -> None:
    page = phone(serve().address)
    now = times.now()
    said = {
        "shanghai": {KINDS["health"]: [[31, COLOURS[colour], 20]]},
        "national": {KINDS["test"]: [[31, 2, 1, 60]], KINDS["travel"]: [[0, 9, {5301: 1}, [53]]]},
    }
    assert too_faint(page) == []
    paste(page, code(site, holder_of(page), said, now, now + 600))
    assert too_faint(page) == []
    page.locator("#open-settings").click()
    assert too_faint(page) == []


def test_a_page_that_has_expired_stands_out_too(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, clock=True)
    page.clock.fast_forward(25 * 3600 * 1000)
    page.clock.run_for(16_000)
    page.get_by_text("Everything here has expired").wait_for()
    assert too_faint(page) == []


def test_large_text_breaks_nothing(serve: Serve, phone: Phone) -> None:
    """A person who doubles the text size scrolls down, never sideways."""
    page = phone(serve().url)
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_motion_where_that_is_wished(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    page = phone(serve().url)
    assert page.evaluate("document.getAnimations().length") == 1
