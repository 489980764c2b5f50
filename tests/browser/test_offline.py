"""The network is cut, the phone shows its code, the gate decides: what the page is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cbor2
import pytest

from host_tools.codes import oc1
from host_tools.simulator.demo_site import DemoSite
from tests.browser.conftest import PROOF_S, Phone, PowerOn, Serve
from tests.browser.driving import read_qr, wait_signed
from tests.browser.serving import Served

if TYPE_CHECKING:
    import playwright.sync_api as driver

SIZES = {
    "a phone": ((390, 844), 3),
    "a phone of one pixel a point": ((390, 844), 1),
    "a small phone": ((320, 568), 2),
    "a phone on its side": ((844, 390), 2),
    "a tablet": ((768, 1024), 1),
    "a desktop": ((1280, 900), 1),
}


def cut(page: driver.Page, served: Served) -> None:
    """The server is gone, and the browser has no network at all."""
    served.stop()
    page.context.set_offline(True)


def test_with_the_network_cut_one_scan_opens_the_gate(
    serve: Serve, phone: Phone, gate: PowerOn, site: DemoSite
) -> None:
    served = serve(own=True)
    page = phone(served.url)
    cut(page, served)
    page.reload()
    page.wait_for_selector("main[data-state=live]")
    page.get_by_text("Works offline").wait_for()
    outcome = gate().present(read_qr(page.screenshot()))
    assert outcome.granted, outcome.reason
    assert outcome.pulse is not None
    assert outcome.decision["rule"] == "health and travel"


@pytest.mark.parametrize("size", list(SIZES))
def test_the_code_is_readable_on_every_screen(serve: Serve, phone: Phone, size: str) -> None:
    (width, height), ratio = SIZES[size]
    page = phone(serve().url, size=(width, height), ratio=ratio)
    text = read_qr(page.screenshot())
    _, statements, _ = oc1.parse_text(text)
    assert isinstance(statements, list)
    assert len(statements) == 3, "each issuer in its own words"
    picture = page.locator("#qr").bounding_box()
    assert picture is not None
    assert picture["x"] >= 0
    assert picture["y"] >= 0
    assert picture["x"] + picture["width"] <= width
    assert picture["y"] + picture["height"] <= height
    if size.startswith("a phone of"):
        assert picture["width"] >= 0.85 * width, "it fills the width"


def test_a_screenshot_is_worth_seconds(serve: Serve, phone: Phone, gate: PowerOn) -> None:
    page = phone(serve().url, clock=True)
    screenshot = read_qr(page.screenshot())
    lane = gate()
    lane.wait_ms(60_000)
    stale = lane.present(screenshot)
    assert (stale.granted, stale.reason) == (False, "proof_stale")
    page.clock.fast_forward(60_000)
    wait_signed(page, 2)
    live = read_qr(page.screenshot())
    assert live != screenshot
    assert lane.present(live).granted, "the phone itself shows a fresh one"


def test_the_code_changes_before_a_gate_would_find_it_stale(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, clock=True)
    seen = [read_qr(page.screenshot())]
    for number in range(2, 5):
        page.clock.run_for(10_000)
        wait_signed(page, number)
        seen.append(read_qr(page.screenshot()))
    assert len(set(seen)) == len(seen)
    assert PROOF_S > 2 * 10


def test_a_proof_for_another_gate_is_refused(
    serve: Serve, phone: Phone, gate: PowerOn, site: DemoSite
) -> None:
    """As a link on the gate says it, for this visit alone."""
    served = serve()
    page = phone(f"{served.url}&gate=B-2")
    page.get_by_text("Only for gate B-2").wait_for()
    lane = gate()
    refused = lane.present(read_qr(page.screenshot()))
    assert (refused.granted, refused.reason) == (False, "proof_other_gate")
    page.goto(f"{served.address}#gate={site.gate_id}")
    page.get_by_text(f"Only for gate {site.gate_id}").wait_for()
    assert lane.present(read_qr(page.screenshot())).granted
    page.reload()
    page.get_by_text("Hold this to the reader").wait_for()


def test_a_gate_that_is_typed_in_stays(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().url)
    for typed, said in (
        ("闸机 7", "Only for gate 闸机 7"),
        ("闸" * 11, "闸机 7"),
        ("", "Hold this"),
    ):
        page.locator("#open-settings").click()
        page.locator("#gate").fill(typed)
        page.locator("#close").click()
        page.locator("#hint", has_text=said).wait_for()  # said once it is kept
        page.reload()
        page.locator("#hint", has_text=said).wait_for()
        proof = oc1.parse_text(read_qr(page.screenshot()))[2]
        assert isinstance(proof, list)
        assert cbor2.loads(proof[2]).get(3) == ("闸机 7" if "7" in said else None)


def test_the_strictest_issuer_is_shown_and_decides(
    serve: Serve, phone: Phone, gate: PowerOn
) -> None:
    page = phone(serve("chen-local-orange").url)
    band = page.locator("#band")
    assert "orange" in (band.get_attribute("class") or "")
    assert "Orange 橙码" in " ".join(band.inner_text().split())
    assert "Shanghai health" in band.inner_text()
    assert gate().present(read_qr(page.screenshot())).reason == "health_colour"
