"""Who may come to the gate of the page: the demo's cast, and somebody new each time.

Codes are made when they are shown, so that a phone's proof is of that moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from host_tools import times
from host_tools.simulator.cast import Casting, Person
from host_tools.simulator.demo_site import DemoSite

NEWCOMER = "newcomer"
_SUBJECT_BYTES = 8
_LIKE = "lin-all-green"  # what is said of newcomers
_LIVE = {"zhou-several-issuers"}  # has a phone that proves its presence


@dataclass(frozen=True)
class Shown:
    """What the reader gets to see."""

    data: bytes
    raw: bool  # sent as it is, without a line end

    @property
    def text(self) -> str | None:
        """What stands in the QR code; None if it is none."""
        return None if self.raw else self.data.decode("ascii", "replace")


class People:
    """Of a site that was made up. Of a real one nobody is known: codes are pasted."""

    def __init__(self, site: DemoSite | None) -> None:
        self._site = site
        self._cast: Mapping[str, Person] = {}
        if site is not None:
            self._cast = {person.slug or "garbage": person for person in site.people()}

    def told(self) -> Sequence[dict[str, Any]]:
        """Everybody, for the page."""
        if self._site is None:
            return []
        newcomer = {
            "slug": NEWCOMER, "name": "来宾 Visitor", "story": "somebody new each time, all green",
            "claims": self._cast[_LIKE].claims, "expected": None,
        }  # fmt: skip
        return [
            newcomer,
            *(
                {"slug": slug, "name": one.name, "story": one.story, "claims": one.claims,
                 "expected": one.expected}
                for slug, one in self._cast.items()
            ),
        ]  # fmt: skip

    def show(self, slug: str) -> Shown | None:
        """The code of somebody at this moment; None if nobody is called so."""
        if self._site is None:
            return None
        casting = Casting(self._site.keys, self._site.signers, times.now(), self._site.gate_id)
        if slug == NEWCOMER:
            new = casting.from_file(_LIKE, subject=secrets.token_bytes(_SUBJECT_BYTES))
            return Shown(new.encode(), False)
        if slug not in self._cast:
            return None
        if slug in _LIVE:
            return Shown(casting.from_file(slug, True).encode(), False)
        return Shown(self._cast[slug].data, self._cast[slug].raw)
