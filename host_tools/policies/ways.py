"""Ways in: what a site asks of a code, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from host_tools.names import FORMATS, KINDS, TEST_KINDS
from host_tools.policies.schema import Field, Section, each, reference, references
from host_tools.times import DAY
from host_tools.yaml_file import Item

MAX_WAYS = 16
MAX_SECONDS = 3153600000  # 100 years
_LATER = "a name of "


def _later(item: Item) -> Item:
    """A name that is looked up when everything has been read."""
    return item


def _duration(item: Item) -> int:
    return item.duration(0, MAX_SECONDS)


def _test_kinds(item: Item) -> list[int]:
    return sorted(set(each(item, 1, 2, lambda one: one.choice(TEST_KINDS))))


def _formats(item: Item) -> int:
    return sum(set(each(item, 1, len(FORMATS), lambda one: one.choice(FORMATS))))


_AGE = "a duration such as 24 hours or 14 days"
_MAX_AGE = Field(_duration, "how old at most", _AGE, "any age")
_MIN_AGE = Field(_duration, "how old at least", _AGE, "any age")
_FROM = Field(Item.jurisdictions, "issued for these places only", "up to 16 places", "any place")
_NUMBERS = {
    "max_age": 1,
    "min_age": 2,
    "window": 3,
    "dose": 3,
    "complete": 4,
    "kinds": 5,
    "from": 6,
}

NEEDS: Mapping[str, Section] = {
    "health": Section(
        "health:",
        "A health status with an accepted colour. Ages count from when it was assessed.",
        {"max_age": _MAX_AGE, "min_age": _MIN_AGE, "from": _FROM},
    ),
    "travel": Section(
        "travel:",
        "A travel record without a region of risk. Ages count from when it was made.",
        {
            "window": Field(
                lambda item: item.duration(DAY, 60 * DAY) // DAY,
                "how far it looks back at least", "1 to 60 days", "any window",
            ),
            "max_age": _MAX_AGE, "min_age": _MIN_AGE, "from": _FROM,
        },
    ),
    "vaccination": Section(
        "vaccination:",
        "A vaccination. Ages count in whole days from the dose.",
        {
            "complete": Field(Item.boolean, "the last dose of its series", "yes or no", "no"),
            "dose": Field(lambda item: item.integer(1, 9), "the least dose", "1 to 9", "any"),
            "max_age": _MAX_AGE, "min_age": _MIN_AGE, "from": _FROM,
        },
    ),
    "test": Section(
        "test:",
        "A negative test. Ages count from when the sample was taken.",
        {
            "kinds": Field(_test_kinds, "kinds of test", f"of {', '.join(TEST_KINDS)}", "any"),
            "max_age": _MAX_AGE, "min_age": _MIN_AGE, "from": _FROM,
        },
    ),
    "recovery": Section(
        "recovery:",
        "A recovery whose own dates hold today. Ages count in whole days from the first "
        "positive test.",
        {"max_age": _MAX_AGE, "min_age": _MIN_AGE, "from": _FROM},
    ),
}  # fmt: skip


def _need(kind: str) -> Callable[[Item], dict[int, object]]:
    def read(item: Item) -> dict[int, object]:
        if not item.is_mapping:
            if item.is_list or item.node.value not in ("any", ""):
                item.fail("say what is asked, such as {max_age: 24 hours}, or any")
            return {}
        parts = NEEDS[kind].read(item)
        return {_NUMBERS[name]: value for name, value in parts.items()}

    return read


def _asks(kind: str) -> str:
    what = NEEDS[kind].what.partition(".")[0]
    return f"asks for {what[0].lower()}{what[1:]}"


SECTION = Section(
    "policy: ways:",
    "One way in a list item; all that it asks for must hold. The first way that holds grants.",
    {
        "name": Field(
            lambda item: item.text(1, 32), "what the log and the answer call it",
            "up to 32 bytes", required=True,
        ),
        "formats": Field(_formats, "codes that it takes", f"of {', '.join(FORMATS)}", "all"),
        **{
            kind: Field(_need(kind), _asks(kind), "`any`, or a mapping", "not asked")
            for kind in KINDS
        },
        "conditions": Field(_later, "conditions that must hold", "names of `conditions`", "none"),
        "list": Field(_later, "for people on this list only", _LATER + "`lists`", "everybody"),
        "hours": Field(_later, "open in these hours only", _LATER + "`hours`", "always"),
        "proof": Field(Item.boolean, "a live code is needed", "yes or no", "as the lane says"),
    },
)  # fmt: skip


def read_way(item: Item) -> tuple[Item, dict[str, Any]]:
    """One way, its references still to be looked up; and where it stands."""
    parts = SECTION.read(item)
    if not parts.keys() & {*KINDS, "conditions", "list"}:
        item.note(f"this way asks for nothing; add one of {', '.join(KINDS)}, conditions or list")
    return item, parts


def way_fields(
    parts: Mapping[str, Any],
    hours: Mapping[str, Any],
    conditions: Mapping[str, Any],
    lists: Mapping[str, Any],
) -> dict[int, object]:
    """The way as the policy part has it."""
    way: dict[int, object] = {
        1: parts.get("name", ""),
        2: {KINDS[kind]: parts[kind] for kind in KINDS if kind in parts},
    }
    if "formats" in parts:
        way[3] = parts["formats"]
    if "hours" in parts:
        way[4] = reference(parts["hours"], hours, "hours")
    if "conditions" in parts:
        way[5] = references(parts["conditions"], conditions, "conditions")
    if "list" in parts:
        way[6] = reference(parts["list"], lists, "lists")
    if "proof" in parts:
        way[7] = parts["proof"]
    return way
