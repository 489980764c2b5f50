"""docs/policy.md has every field of a site's rules, as the tables that read it say."""

from __future__ import annotations

import re

from host_tools import yaml_file
from host_tools.firmware import ROOT
from host_tools.policies.reference import CASES, reference
from host_tools.policies.site_rules import CONFLICT
from host_tools.policies.sizes import EXAMPLES, compiled, fullest, heap, listed

PAGE = (ROOT / "docs" / "policy.md").read_text()


def test_the_reference_is_what_is_read() -> None:
    assert reference() in PAGE
    assert reference(CASES) in PAGE


def test_every_conflict_setting_is_told_of() -> None:
    for mode in CONFLICT:
        assert f"| `{mode}` |" in PAGE, mode


def test_the_sizes_on_the_page_are_measured() -> None:
    rows = dict(re.findall(r"^\| (.+?) \| ([\d,]+) \| [\d,]+ \|$", PAGE, re.MULTILINE))
    assert len(rows) == 5
    tower, campus, hundred, most, full = (int(size.replace(",", "")) for size in rows.values())
    assert tower == len(compiled(EXAMPLES / "shanghai-tower.yaml"))
    assert campus == len(compiled(EXAMPLES / "campus.yaml"))
    assert (hundred, most) == (len(listed(100)), len(listed(2048)))
    assert full == len(fullest()) < 65536


def test_people_of_lists_take_nothing_of_the_heap() -> None:
    assert heap(listed(2048)) <= heap(listed(1)) + 64


def test_every_example_site_is_right() -> None:
    for path in sorted((ROOT / "examples" / "sites").glob("*.yaml")):
        assert compiled(path), path
        yaml_file.load(path).finish()
