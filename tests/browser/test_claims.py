"""What the page shows of the claims, and what it makes of them when they age."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import cbor2
import pytest

from host_tools import times
from host_tools.cbor import encode
from host_tools.codes import oc1
from host_tools.keys.private import generate
from host_tools.names import COLOURS, ES256, KINDS
from host_tools.simulator.demo_site import DemoSite
from tests.browser.conftest import Phone, PowerOn, Serve, open_page
from tests.browser.driving import read_qr
from tests.browser.issuers import code, holder_of, paste
from tests.browser.serving import GATECTL, PERSONS

if TYPE_CHECKING:
    import playwright.sync_api as driver

HOUR = 3600
LOOK_S = 16  # within so many seconds the page notices
HEALTH, TRAVEL, VACCINATION, TEST, RECOVERY = (
    KINDS[kind] for kind in ("health", "travel", "vaccination", "test", "recovery")
)


def words(page: driver.Page, selector: str) -> str:
    return " ".join(page.locator(selector).inner_text().split())


def statements(page: driver.Page) -> int:
    found = oc1.parse_text(read_qr(page.screenshot()))[1]
    assert isinstance(found, list)
    return len(found)


def later(page: driver.Page, seconds: int) -> None:
    """Let time pass on the phone, and look at it again."""
    page.clock.fast_forward(seconds * 1000)
    page.clock.run_for(LOOK_S * 1000)


def test_everything_at_a_glance(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    assert words(page, "#band").startswith("Green 绿码")
    assert words(page, ".tile.travel") == "Travel · 14 days Shanghai, Zhejiang No risk area"
    assert words(page, ".tile.vaccination") == "Vaccination 3 of 3 doses Complete · BIBP"
    assert words(page, ".tile.test") == "Test · PCR Negative sampled 8 hr ago"
    assert words(page, ".tile.expiry").startswith("Valid until")
    for issuer in ("Shanghai health", "National platform", "Ruijin Hospital"):
        assert page.locator(".card h3", has_text=issuer).count() == 1
    bottom = page.locator(".tile.expiry").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= 844, "without scrolling, on a phone"


def test_the_same_in_chinese(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, language="zh-CN")
    assert words(page, "#band").startswith("绿码 Green")
    assert words(page, ".tile.travel") == "行程 · 近 14 天 上海、浙江 无风险地区"
    assert words(page, ".tile.vaccination") == "疫苗接种 第 3 针，共 3 针 已完成 · BIBP"
    assert words(page, ".tile.test") == "检测 · 核酸 阴性 采样 8小时前"


def test_bad_news_is_marked(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().address)
    now = times.now()
    said = {
        "national": {
            TRAVEL: [[0, 14, {5301: 9, 31: 0}, [53]]],
            TEST: [[31, 2, 1, 60]],
            RECOVERY: [["AT", now // 86400 - 40, now // 86400 - 20, now // 86400 + 100]],
            VACCINATION: [["AT", "Comirnaty", 1, 2, now // 86400 - 30]],
        },
        "shanghai": {HEALTH: [[31, COLOURS["red"], 20], [31, COLOURS["green"], 5]]},
    }
    assert paste(page, code(site, holder_of(page), said, now, now + HOUR)) == "Added."
    assert words(page, "#band").startswith("Red 红码")
    assert "strictest" in words(page, "#band")
    assert words(page, ".tile.travel.bad") == ("Travel · 14 days Yunnan 5301, Shanghai Risk area")
    assert words(page, ".tile.test.bad") == "Test · Antigen Positive sampled 1 hr ago"
    assert words(page, ".tile.vaccination") == ("Vaccination 1 of 2 doses Not complete · Comirnaty")
    assert "Austria" in words(page, ".tile.recovery")
    assert page.locator(".card li.bad").count() == 3, "red, a risk region, a positive test"
    assert words(page, "#notices").startswith("Expires in"), "within two hours"


def test_an_issuer_without_a_name_is_called_by_its_key(
    serve: Serve, phone: Phone, site: DemoSite
) -> None:
    page = phone(serve().address)
    now = times.now()
    said = {"national": {HEALTH: [[0, 1, 0]]}}
    paste(page, code(site, holder_of(page), said, now, now + HOUR))
    kid = site.keys["national"].public.kid.hex()
    assert page.locator(".card h3").all_inner_texts() == [f"Issuer {kid}"]


def test_what_has_expired_is_left_out_and_the_rest_still_opens_the_gate(
    serve: Serve, phone: Phone, site: DemoSite, gate: PowerOn
) -> None:
    page = phone(serve().url, clock=True)
    now = times.now()
    said = {"hospital": {TEST: [[31, 1, 0, 0]]}}
    assert paste(page, code(site, holder_of(page), said, now, now + HOUR)) == "Added."
    assert statements(page) == 4
    later(page, HOUR)
    page.locator("#notices", has_text="left out of the code: Ruijin Hospital").wait_for()
    assert page.locator(".card.invalid").count() == 1
    assert statements(page) == 3
    shown = read_qr(page.screenshot())
    outcome = gate(at=times.now() + HOUR + LOOK_S).present(shown)
    assert outcome.granted, outcome.reason


def test_when_everything_has_expired_no_code_is_shown(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, clock=True)
    page.context.set_offline(True)
    later(page, 25 * HOUR)
    page.get_by_text("Everything here has expired").wait_for()
    assert not page.locator("#qr").is_visible()
    assert page.locator(".card.invalid").count() == 3
    page.locator("#empty-action", has_text="Renew").click()
    page.get_by_text("The issuers' server cannot be reached.").wait_for()


def test_what_is_not_valid_yet_waits(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().url, clock=True)
    now = times.now()
    said = {"national": {HEALTH: [[0, 1, 0]]}}
    early = code(site, holder_of(page), said, now, now + 5 * HOUR, not_before=now + HOUR)
    assert paste(page, early) == "Added."
    assert "Not valid yet and left out of the code: National platform" in words(page, "#notices")
    assert statements(page) == 3
    later(page, HOUR)
    page.locator("#notices:empty").wait_for(state="attached")
    assert statements(page) == 4


def test_a_newer_word_replaces_the_issuers_older_one(
    serve: Serve, phone: Phone, site: DemoSite
) -> None:
    page = phone(serve().url)
    now = times.now()
    orange = {"shanghai": {HEALTH: [[31, COLOURS["orange"], 0]]}}
    assert paste(page, code(site, holder_of(page), orange, now + 1, now + HOUR)) == "Added."
    assert statements(page) == 3
    assert words(page, "#band").startswith("Orange 橙码")


def test_another_pseudonym_replaces_everything(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().url)
    now = times.now()
    said = {"national": {HEALTH: [[0, 1, 0]]}}
    block = cbor2.loads(holder_of(page))
    other = code(site, encode({**block, 2: bytes(8)}), said, now, now + HOUR)
    assert paste(page, other) == "Added."
    assert statements(page) == 1


@pytest.mark.parametrize("form", ["garbage", "another phone's", "a certificate", "nothing"])
def test_what_cannot_be_added_is_refused(
    serve: Serve, phone: Phone, site: DemoSite, form: str
) -> None:
    page = phone(serve().address)
    now = times.now()
    said = {"national": {HEALTH: [[0, 1, 0]]}}
    stranger = generate(ES256).public
    text, answer = {
        "garbage": ("OC1:ABC", "This is not a code that begins with OC1:."),
        "another phone's": (
            code(site, oc1.holder_block(bytes(8), stranger), said, now, now + HOUR),
            "This code is bound to another phone's key.",
        ),
        "a certificate": ("HC1:6BF+70790T9WJWG", "This is not a code that begins with OC1:."),
        "nothing": ("", "This is not a code that begins with OC1:."),
    }[form]
    assert paste(page, text) == answer
    assert page.locator("main").get_attribute("data-state") == "empty"


def test_a_file_is_as_good_as_pasting(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().address)
    now = times.now()
    text = code(site, holder_of(page), {"national": {HEALTH: [[0, 1, 0]]}}, now, now + HOUR)
    file = {"name": "code.txt", "mimeType": "text/plain", "buffer": f"{text}\r\n".encode()}
    page.locator("#open-settings").click()
    page.locator("#file").set_input_files([file])  # type: ignore[list-item]
    page.get_by_text("Added.").wait_for()
    page.locator("#close").click()
    assert statements(page) == 1


def test_too_many_claims_are_told(serve: Serve, phone: Phone, site: DemoSite) -> None:
    page = phone(serve().address)
    now = times.now()
    long = [[0, "a product with a long name", 1, 2, 20000]] * 4
    for issuer in ("national", "hospital", "shanghai"):
        regions = dict.fromkeys(range(10, 42), 1)
        said = {issuer: {TRAVEL: [[0, 14, regions]] * 4, VACCINATION: long}}
        assert paste(page, code(site, holder_of(page), said, now, now + HOUR)) == "Added."
    page.get_by_text("Too many claims for one code").wait_for()


def test_issuers_who_never_met_sign_for_the_same_phone(
    serve: Serve, phone: Phone, keys: Path, gate: PowerOn, tmp_path: Path
) -> None:
    """Each runs `gatectl issue` on a machine of its own, with what the page shows for them."""
    page = phone(serve().address)
    person = tmp_path / "zhou.yaml"
    lines = (PERSONS / "zhou-several-issuers.yaml").read_text().splitlines(keepends=True)
    person.write_text("".join(line for line in lines if not line.startswith("subject:")))
    asks = page.locator("#request").text_content()
    for number, issuer in enumerate(("hospital", "national", "shanghai"), 1):
        command = [GATECTL, "issue", person, "--for", asks, "--only", issuer, "--keys", keys]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        assert paste(page, made.stdout) == "Added."
        assert statements(page) == number
    assert gate().present(read_qr(page.screenshot())).granted


def test_claims_that_age_are_renewed_where_there_is_a_network(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, clock=True)
    asked: list[str] = []

    def note(request: driver.Request) -> None:
        if request.method == "POST":
            asked.append(request.url)

    page.context.on("request", note)
    page.clock.fast_forward(10 * HOUR * 1000)
    open_page(page, page.url)
    assert asked == [], "fresh enough"
    page.clock.fast_forward(9 * HOUR * 1000)
    page.reload()
    page.locator("html[data-renewed=true]").wait_for(state="attached")
    assert len(asked) == 1, "in the last quarter of a day"


def test_a_phone_whose_clock_is_wrong_is_told(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url, clock=times.now() + 120)
    said = words(page, "#notices")
    assert re.match(r"This phone's clock is 1[12]\d s fast", said), said
