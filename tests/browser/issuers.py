"""Issuers who speak to a phone in person: codes for its key, to be pasted into the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cbor2

from host_tools.codes import issuing, oc1
from host_tools.codes.person import ClaimSet, Person, Statement
from host_tools.keys.public import PublicKey, from_spki
from host_tools.simulator.demo_site import DemoSite

if TYPE_CHECKING:
    import playwright.sync_api as driver

SUBJECT = bytes.fromhex("7be2049fd5a1c836")


def key_of(page: driver.Page) -> PublicKey:
    """The phone's public key, as the page shows it to people."""
    return from_spki((page.locator("#key").text_content() or "").encode())


def code(
    site: DemoSite,
    key: PublicKey,
    claims: dict[str, ClaimSet],
    issued: int,
    expires: int,
    not_before: int | None = None,
    subject: bytes = SUBJECT,
) -> str:
    """What issuers of the site say about a phone's holder; claims: by the issuer's name."""
    said = [Statement(name, own) for name, own in claims.items()]
    person = Person(subject, issued, expires, not_before, None, None, said)
    made = issuing.enrol(person, key.raw[:32], key.raw[32:], subject, lambda name: site.keys[name])
    return oc1.to_text([made.holder, [cbor2.loads(one.data) for one in made.statements]])


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
