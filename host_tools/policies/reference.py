"""The reference of a site's rules, generated from the tables that read them.

`python -m host_tools.policies.reference` prints it; docs/policy.md has it, and a test holds both
against each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from host_tools.policies import cases, conditions, hours, lanes, lists, site_rules, ways
from host_tools.policies.schema import Section

SECTIONS: tuple[Section, ...] = (
    site_rules.SECTION,
    site_rules.SPEAKERS,
    site_rules.CONFLICTS,
    hours.SECTION,
    conditions.SECTION,
    lists.SECTION,
    ways.SECTION,
    *ways.NEEDS.values(),
    lanes.SECTION,
    lanes.PROOF,
    lanes.OTHER,
)
CASES = (cases.FILE, cases.CASE, cases.EXPECT)


def table(section: Section) -> Iterator[str]:
    """One section, in Markdown."""
    yield f"#### `{section.where}`"
    yield ""
    yield section.what
    yield ""
    yield "| field | what it says | what may stand there | without it |"
    yield "|---|---|---|---|"
    for name, field in section.fields.items():
        usual = "must be there" if field.required else field.usual or "nothing"
        cells = (f"`{name}`", field.what, field.form, usual)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def reference(sections: tuple[Section, ...] = SECTIONS) -> str:
    """All sections."""
    return "\n".join(line for section in sections for line in table(section)).rstrip() + "\n"


if __name__ == "__main__":
    print(reference())
    print(reference(CASES))
