"""The page of `gatectl sim serve`: people come, and what they do is seen by whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.driving import read_qr
from tests.browser.turnstiles import DESKTOP, Gate, Watched, come, press, rest, switch

if TYPE_CHECKING:
    import playwright.sync_api as driver

    from tests.browser.conftest import Phone

PATIENCE_MS = 40_000  # of the computer's time, under load


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    running = Gate()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def opened(gate: Gate, chrome: driver.Browser) -> Iterator[driver.Page]:
    """The gate's page, one for all tests; nothing may go wrong on it."""
    troubles: list[str] = []
    context = chrome.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
        locale="en-GB",
        reduced_motion="reduce",  # nothing is drawn for the sake of movement: that takes a core
    )
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda said: troubles.append(said.text))
    tab.goto(gate.url)
    yield tab
    context.close()
    assert troubles == []


@pytest.fixture
def page(opened: driver.Page) -> Iterator[driver.Page]:
    """The same when the gate is ready; afterwards it comes to rest again."""
    rest(opened)
    yield opened
    opened.click('#filters [data-filter="all"]')


# People


def test_somebody_shows_a_code_is_let_in_and_walks_through(page: driver.Page) -> None:
    gate = Watched(page)
    come(page, "newcomer")
    gate.saw("phase showing", "phase cleared", "phase walking", "phase through")
    gate.saw("show granted", "show ready")
    gate.saw("open true", "open false")
    gate.saw("state granted", "state passing", "state idle")
    assert read_qr(page.locator("#qr").screenshot()).startswith("OC1:"), "a code that can be read"
    page.locator("#log .good strong", has_text="decision").first.wait_for()


def test_whoever_is_refused_reads_why(page: driver.Page) -> None:
    gate = Watched(page)
    come(page, "chen-local-orange")
    page.get_by_text("The health code's colour is not accepted. Ask where it was issued").wait_for()
    page.locator(".figure .name").filter(has_text="Chen: health_colour").wait_for()
    assert page.locator("#expected").text_content() == "should be: health_colour"
    gate.saw("phase showing", "phase refused", "phase turning")
    assert "open true" not in page.evaluate("seen")


def test_several_come_and_each_gets_what_is_expected(page: driver.Page) -> None:
    """They queue at the reader. Wu shows what Lin has shown."""
    page.click('#filters [data-filter="decision"]')
    for slug, answer in (
        ("lin-all-green", "OC1"), ("wu-screenshot", "replayed"), ("garbage", "reader_garbage"),
        ("erika-eu-certificate", "HC1"),
    ):  # fmt: skip
        come(page, slug)
        page.locator("#log li").filter(has_text=answer).first.wait_for()


def test_a_code_of_ones_own(page: driver.Page) -> None:
    gate = Watched(page)
    page.click("summary")
    page.fill("#code", "no code at all")
    page.click("#paste-send")
    gate.saw("show refused")
    page.locator(".figure .name").filter(has_text="your code").wait_for()


# Trouble


def test_a_second_person_who_follows_raises_the_alarm(page: driver.Page) -> None:
    gate = Watched(page)
    switch(page, "auto", False)  # people wait for a word
    come(page, "newcomer")
    gate.saw("phase cleared")
    press(page, "follow")
    press(page, "walk")
    gate.saw("state granted", "state passing", "state alarm")
    page.click('#filters [data-filter="alarm"]')
    page.locator("#log .bad").filter(has_text="tailgating").first.wait_for()
    assert page.locator(".state.alarm .kind").text_content() == "tailgating"
    assert page.locator("body").get_attribute("data-mood") == "alarm"


def test_who_pushes_the_barrier_open_raises_the_alarm(page: driver.Page) -> None:
    gate = Watched(page)
    press(page, "force")
    gate.saw("phase walking", "state alarm")
    assert page.locator(".state.alarm .kind").text_content() == "forced"


def test_fire_opens_and_stays_until_it_is_over(page: driver.Page) -> None:
    gate = Watched(page)
    switch(page, "fire", True)
    gate.saw("show fire")
    gate.saw("state fire")
    gate.saw("open true")
    press(page, "walk")
    gate.saw("phase walking", "phase through")
    assert "open false" not in page.evaluate("seen")
    switch(page, "fire", False)
    gate.saw("state fire", "state idle")
    gate.saw("open true", "open false")


def test_keys_lock_and_maintain(page: driver.Page) -> None:
    gate = Watched(page)
    switch(page, "lock", True)
    gate.saw("state locked")
    come(page, "newcomer")
    page.locator(".figure .name").filter(has_text="lane_locked").wait_for()
    switch(page, "lock", False)
    switch(page, "maintenance", True)
    gate.saw("state maintenance")
    switch(page, "maintenance", False)
    gate.saw("state maintenance", "state idle")
    assert "open true" not in page.evaluate("seen")


def test_the_button_inside_lets_out(page: driver.Page) -> None:
    gate = Watched(page)
    press(page, "exit")
    gate.saw("state granted", "state passing", "state idle")
    gate.saw("phase walking", "phase through")


def test_a_power_cut_and_a_fresh_start(page: driver.Page) -> None:
    gate = Watched(page)
    switch(page, "power", False)
    page.get_by_text("The terminal has no power").first.wait_for()
    assert page.locator("#show").is_disabled()
    switch(page, "power", True)
    gate.saw("show off", "show ready")
    come(page, "newcomer")
    gate.saw("show granted")


def test_an_update_is_installed(page: driver.Page) -> None:
    press(page, "update")
    page.locator("#log li").filter(has_text="version: 2").first.wait_for()


def test_a_dead_reader_answers_nobody(page: driver.Page) -> None:
    switch(page, "alive", False)
    come(page, "newcomer")
    page.locator(".figure .name").filter(has_text="Visitor: no answer").wait_for()
    switch(page, "alive", True)


# Tabs


def test_two_tabs_see_the_same_and_one_that_looks_on_may_not_act(
    gate: Gate, page: driver.Page, phone: Phone
) -> None:
    other = phone(gate.address, size=DESKTOP, ratio=1, reduced_motion="reduce")
    watched = Watched(other)
    other.get_by_text("You are looking on").wait_for()
    assert other.locator("#show").is_disabled() and other.locator("#do-fire").is_disabled()
    come(page, "newcomer")
    watched.saw("phase showing", "phase walking")
    other.locator("#log .good strong", has_text="decision").first.wait_for()


def test_a_reload_in_the_middle_goes_on(page: driver.Page) -> None:
    switch(page, "auto", False)  # people wait for a word
    come(page, "newcomer")
    page.wait_for_selector('.figure[data-phase="cleared"]')
    page.reload()
    gate = Watched(page)
    page.wait_for_selector(".figure")
    page.locator("#log strong", has_text="decision").first.wait_for()
    press(page, "walk")
    gate.saw("phase walking")
    switch(page, "auto", True)


def test_a_firmware_that_has_ended_is_seen_and_can_be_started_anew(
    page: driver.Page, gate: Gate
) -> None:
    """Nothing on the page ends it; here somebody kills its process. The watchdog takes 30 s."""
    gate.kill_firmware()
    page.get_by_text("The firmware has ended: its watchdog will start it").wait_for()
    switch(page, "power", False)
    rest(page)
    watched = Watched(page)
    come(page, "newcomer")
    watched.saw("show granted")
