"""Issuers who speak to a phone in person: codes for its key, to be pasted into the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cbor2

from host_tools.codes import issuing, oc1
from host_tools.codes.person import ClaimSet, Person, Statement
from host_tools.holder import request
from host_tools.simulator.demo_site import DemoSite

if TYPE_CHECKING:
    import playwright.sync_api as driver


def holder_of(page: driver.Page) -> bytes:
    """What the page shows for issuers: its holder block, as `gatectl issue --for` takes it."""
    return request.read(page.locator("#request").text_content() or "")


def code(
    site: DemoSite,
    holder: bytes,
    claims: dict[str, ClaimSet],
    issued: int,
    expires: int,
    not_before: int | None = None,
) -> str:
    """What issuers of the site say about a phone's holder; claims: by the issuer's name."""
    said = [Statement(name, own) for name, own in claims.items()]
    person = Person(None, issued, expires, not_before, None, None, said)
    made = issuing.statements(person, holder, site.keys.__getitem__)
    return oc1.to_text([holder, [cbor2.loads(one.data) for one in made]])


def paste(page: driver.Page, text: str) -> str:
    """Add a code by hand; what the page says to it."""
    if not page.locator("#settings").is_visible():
        page.locator("#open-settings").click()
    page.locator("#pasted").fill(text)
    page.locator("#add").click()
    page.locator("#add:enabled").wait_for()
    said = page.locator("#outcome").inner_text()
    page.locator("#close").click()
    return said
