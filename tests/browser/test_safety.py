"""Where the key is, where requests go, what the server is told, and what the page cannot do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from host_tools.holder.serve import HEADERS
from tests.browser.conftest import Phone, Serve, open_page
from tests.browser.issuers import holder_of
from tests.browser.serving import TICKET

if TYPE_CHECKING:
    import playwright.sync_api as driver

KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("onecode");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const asked = opening.result.transaction("holder").objectStore("holder").get("key");
    asked.onsuccess = () => resolve(asked.result);
  };
})"""


def test_the_private_key_cannot_leave_the_browser(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    found = page.evaluate(f"""async () => {{
      const kept = await ({KEPT})();
      const key = kept.private;
      const tried = {{}};
      for (const form of ["jwk", "pkcs8", "raw", "spki"]) {{
        tried[form] = await crypto.subtle.exportKey(form, key).then(() => "told", (e) => e.name);
      }}
      return {{ tried, extractable: key.extractable, usages: key.usages, type: key.type,
               algorithm: key.algorithm, stored: Object.keys(localStorage).length }};
    }}""")
    assert found["extractable"] is False
    assert "told" not in found["tried"].values(), found["tried"]
    assert found["tried"]["jwk"] == found["tried"]["pkcs8"] == "InvalidAccessError"
    assert found["algorithm"] == {"name": "ECDSA", "namedCurve": "P-256"}
    assert (found["type"], found["usages"], found["stored"]) == ("private", ["sign"], 0)


def test_the_key_stays_the_same_until_everything_is_deleted(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    first = holder_of(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert holder_of(page) == first
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#open-settings").click()
    page.locator("#forget").click()
    page.get_by_text("Nothing stored yet").wait_for()
    page.wait_for_selector("html[data-ready]")
    assert holder_of(page) != first


def test_nothing_is_asked_of_anybody_else(serve: Serve, chrome: driver.Browser) -> None:
    served = serve()
    context = chrome.new_context()
    asked: list[driver.Request] = []

    def note(request: driver.Request) -> None:
        asked.append(request)

    context.on("request", note)
    page = context.new_page()
    open_page(page, served.url)
    assert all(request.url.startswith(served.address) for request in asked)
    sent = [request for request in asked if request.method != "GET"]
    assert {(request.method, request.url.removeprefix(served.address)) for request in sent} <= {
        ("POST", "api/enrol"), ("HEAD", "sw.js"),
    }  # fmt: skip
    [enrolled] = [request for request in sent if request.method == "POST"]
    said: dict[str, Any] = json.loads(enrolled.post_data or "")
    assert set(said) == {"ticket", "key"}
    assert said["ticket"] == TICKET
    assert set(said["key"]) == {"kty", "crv", "x", "y"}, "the public half, and no more"
    before = len(asked)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert [r.url for r in asked[before:] if r.method == "POST"] == [], "once is enough"
    assert TICKET not in page.url, "the ticket does not stay in the address"
    context.close()


def test_the_pages_policy_stops_foreign_code_and_foreign_addresses(
    serve: Serve, phone: Phone
) -> None:
    page = phone(serve().url, troublesome=True)
    stopped = page.evaluate("""async () => {
      const seen = [];
      addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
      const script = document.createElement("script");
      try { script.text = "window.ran = true"; document.body.append(script); } catch (e) {}
      try { document.body.insertAdjacentHTML("beforeend", "<b>markup</b>"); } catch (e) {}
      await fetch("http://127.0.0.1:9/").catch(() => {});
      const picture = new Image();
      await new Promise((done) => {
        picture.onerror = done; picture.src = "http://127.0.0.1:9/a.png";
      });
      const frame = document.createElement("iframe");
      frame.src = "http://127.0.0.1:9/"; document.body.append(frame);
      await new Promise((done) => setTimeout(done, 100));
      return { seen, ran: window.ran === true, markup: !!document.querySelector("body > b") };
    }""")
    assert (stopped["ran"], stopped["markup"]) == (False, False)
    for directive in ("require-trusted-types-for", "connect-src", "img-src", "frame-src"):
        assert directive in stopped["seen"]


def test_the_headers_stay_when_the_page_comes_from_the_phone(serve: Serve, phone: Phone) -> None:
    served = serve(own=True)
    page = phone(served.url)
    served.stop()
    page.context.set_offline(True)
    answer = page.reload()
    assert answer is not None
    assert answer.from_service_worker
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_wrong_ticket_gets_nothing(serve: Serve, phone: Phone) -> None:
    served = serve()
    page = phone(f"{served.address}#ticket=guessed", troublesome=True)
    page.get_by_text("This link is not valid").wait_for()
    assert page.locator("main").get_attribute("data-state") == "broken"
    page.goto(served.url)  # the right one, on the same phone
    page.wait_for_selector("main[data-state=live]")


def test_without_the_issuers_the_page_says_so(serve: Serve, phone: Phone) -> None:
    served = serve(own=True)
    page = phone(served.address)
    served.stop()
    page.goto(served.url)
    page.get_by_text("The issuers' server cannot be reached").wait_for()


def test_a_newer_version_of_the_page_replaces_the_kept_one(serve: Serve, phone: Phone) -> None:
    page = phone(serve().url)
    caches = page.evaluate("caches.keys()")
    assert len(caches) == 1
    assert caches[0].startswith("onecode-")
    kept = page.evaluate(f"""async () => {{
      const cache = await caches.open("{caches[0]}");
      return (await cache.keys()).map((request) => new URL(request.url).pathname).sort();
    }}""")
    assert kept == [
        "/", "/app.css", "/app.js", "/icon-192.png", "/icon-512.png", "/icon.svg",
        "/licences.txt", "/manifest.webmanifest",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "over https"),
        ("navigator.serviceWorker.register = () => Promise.reject(new Error())", "not open again"),
        ("IDBFactory.prototype.open = () => { throw new Error() }", "keeps nothing"),
    ],
    ids=["no https", "no worker", "no storage"],
)
def test_a_browser_that_cannot_is_told_why(
    serve: Serve, chrome: driver.Browser, broken: str, said: str
) -> None:
    context = chrome.new_context(locale="en-GB")
    context.add_init_script(broken)
    page = context.new_page()
    page.goto(serve().url)
    page.get_by_text(said).wait_for()
    assert page.locator("#qr").is_visible() == ("register" in broken), "it works while it is open"
    context.close()
