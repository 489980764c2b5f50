"""The turnstile's page for people: languages, keyboard, screen readers, phones, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.driving import PHONE
from tests.browser.test_people import too_faint
from tests.browser.turnstiles import DESKTOP, Gate, Watched, rest, switch

if TYPE_CHECKING:
    from tests.browser.conftest import Phone


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    running = Gate()
    yield running
    running.stop()


def test_both_languages(gate: Gate, phone: Phone) -> None:
    page = phone(gate.url, size=DESKTOP, ratio=1, language="zh-CN")
    assert page.title() == "模拟闸机"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    rest(page)
    assert page.locator("#banner").inner_text() == "请出示通行码"
    page.get_by_role("button", name="Switch to English").click()
    assert page.title() == "A simulated turnstile"
    assert page.locator("#banner").inner_text() == "Show your code"
    page.reload()
    page.wait_for_selector('html[lang="en-GB"]')


def test_all_of_it_by_keyboard(gate: Gate, phone: Phone) -> None:
    page = phone(gate.url, size=DESKTOP, ratio=1)
    rest(page)
    gate_shown = Watched(page)
    page.keyboard.press("x")
    gate_shown.saw("show fire")
    page.wait_for_selector('#do-fire[aria-checked="true"]')  # the key turns round what is seen
    page.keyboard.press("x")
    rest(page)
    page.locator("#person").focus()
    page.keyboard.press("x")  # types into the list, and sets nothing on fire
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    for wanted in ("show", "do-walk", "do-fire", "do-power", "log"):
        assert wanted in reached
    page.locator("#show").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "and it is seen where one is"
    page.keyboard.press("Enter")
    gate_shown.saw("show ready", "show granted")
    rest(page)


def test_everything_has_a_name_for_screen_readers(gate: Gate, phone: Phone) -> None:
    page = phone(gate.url, size=DESKTOP, ratio=1)
    rest(page)
    assert page.get_by_role("img", name="The turnstile: Show your code").is_visible()
    assert page.get_by_role("switch", name="Fire").get_attribute("aria-checked") == "false"
    assert page.get_by_role("img", name="Lane 1: idle").is_visible()
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, a, select, textarea")]
      .filter((one) => one.checkVisibility() && !one.textContent.trim()
        && !one.ariaLabel && !one.labels?.length)
      .map((one) => one.outerHTML)""")
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(gate: Gate, phone: Phone, scheme: str) -> None:
    page = phone(gate.url, size=DESKTOP, ratio=1, color_scheme=scheme)
    rest(page)
    assert too_faint(page) == []
    switch(page, "fire", True)
    page.wait_for_selector('#banner[data-show="fire"]')
    assert too_faint(page) == []
    switch(page, "fire", False)
    rest(page)
    before = page.evaluate("getComputedStyle(document.body).color")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("getComputedStyle(document.body).color") != before


def test_on_a_telephone_nothing_runs_sideways(gate: Gate, phone: Phone) -> None:
    page = phone(gate.url, size=PHONE)
    rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.evaluate("document.documentElement.style.fontSize = '26px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_without_motion_where_that_is_wished(gate: Gate, phone: Phone) -> None:
    page = phone(gate.url, size=DESKTOP, ratio=1, reduced_motion="reduce")
    rest(page)
    assert page.evaluate("document.getAnimations().length") == 0
