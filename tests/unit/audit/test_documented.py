"""docs/audit.md names what there is: events, fields, sizes."""

from __future__ import annotations

import re

from bootstrap.places import ROOT
from host_tools.audit.layout import FIELDS, KINDS, MOST, SEGMENT, SLOTS

PAGE = (ROOT / "docs" / "audit.md").read_text()


def test_events_and_fields() -> None:
    table = PAGE[PAGE.index("| event | when") : PAGE.index("Each has its number")]
    names = set(re.findall(r"`([a-z_]+)`", table))
    assert names <= {*KINDS, *FIELDS, "missing", "damaged"}
    assert {*KINDS} - names <= {name for name in KINDS if name.endswith(("_on", "_off"))}


def test_sizes() -> None:
    assert f"at most {SEGMENT:,} bytes" in PAGE
    assert f"files of its own, one of {SLOTS}" in PAGE or f"of its own, one of {SLOTS}," in PAGE
    assert f"A record takes 35 to 90 bytes, {MOST} at most" in PAGE
