"""How lanes behave: pulse, windows, proof, hours, and which ways are open in which lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from host_tools.policies import barrier
from host_tools.policies.schema import Field, Section, each, reference, references
from host_tools.times import DAY
from host_tools.yaml_file import Item

MAX_LANES = 16
MAX_GATES = 8
MAX_PASSBACK = 2 * DAY
DIRECTIONS = {"entry": 1, "exit": 2}

PULSE_MS = 3000
REPLAY_S = 600
PROOF_AGE_S = 30
SKEW_S = 60


def _later(item: Item) -> Item:
    return item


def _pulse(item: Item) -> int:
    return barrier.milliseconds(item, 100, 10000, "100 ms to 10 seconds")


def _proof(item: Item) -> dict[str, Any]:
    return PROOF.read(item) if item.is_mapping else {"required": item.boolean()}


def _gate(item: Item) -> str:
    text = item.text(1, 32)
    if not text.isprintable():
        item.fail("a gate's name has no such characters")
    return text


PROOF = Section(
    "lane: proof:",
    "Whether a code must be live: signed on the phone within the last seconds. `yes` and `no` "
    "do too.",
    {
        "required": Field(Item.boolean, "a live code is needed", "yes or no", required=True),
        "max_age": Field(
            lambda item: item.duration(5, 600), "how old it may be", "5 seconds to 10 minutes",
            f"{PROOF_AGE_S} seconds",
        ),
    },
)  # fmt: skip

_FIELDS: Mapping[str, Field] = {
    "pulse": Field(_pulse, "how long the relay is on", "100 ms to 10 seconds", "3 seconds"),
    "replay": Field(
        lambda item: item.duration(0, DAY),
        "the same person again within this time is refused", "up to a day; 0 seconds: never",
        "10 minutes",
    ),
    "proof": Field(_proof, "whether a code must be live", "yes, no, or a mapping", "no"),
    "clock_skew": Field(
        lambda item: item.duration(0, 3600),
        "how far other clocks may be ahead of the gate's", "up to an hour", f"{SKEW_S} seconds",
    ),
    "direction": Field(
        lambda item: item.choice(DIRECTIONS), "which way people go", "entry or exit", "either",
    ),
    "anti_passback": Field(
        lambda item: item.duration(1, MAX_PASSBACK),
        "who came in, and did not go out, may not come in again for so long; in a lane for exit "
        "the other way round", "up to 2 days", "not asked",
    ), "ways": Field(_later, "the ways that are open here, in this order", "names of ways", "all"),
    "hours": Field(_later, "when the lane is open", "a name of `hours`", "always"), "outside":
    Field(_later, "the ways that are open in other hours", "names of ways", "none"), "accept":
    Field(_later, "conditions that must hold for everybody", "names of conditions", "none"),
    "refuse": Field(
        _later, "conditions that must not hold for anybody", "names of conditions", "none"),
    **barrier.FIELDS,
}  # fmt: skip

SECTION = Section("lane:", "How the site's lanes behave.", _FIELDS)
OTHER = Section(
    "lanes:",
    "Lanes that differ: one a list item, for the gates that it names. What an item does not "
    "say is as under `lane:`; `accept` and `refuse` are added to those there. The first item "
    "that fits a gate counts.",
    {
        "gates": Field(
            lambda item: each(item, 1, MAX_GATES, _gate), "for which gates",
            "up to 8 gate ids; * stands for any characters", required=True,
        ),
        **_FIELDS,
    },
)  # fmt: skip


def lane_fields(
    item: Item | None,
    parts: Mapping[str, Any],
    ways: Mapping[str, Any],
    hours: Mapping[str, Any],
    conditions: Mapping[str, Any],
    zones: Mapping[str, int],
) -> dict[int, object]:
    """A lane as the policy part has it."""
    proof = parts.get("proof", {})
    lane: dict[int, object] = {
        1: parts.get("pulse", PULSE_MS),
        2: parts.get("replay", REPLAY_S),
        3: proof.get("required", False),
        4: proof.get("max_age", PROOF_AGE_S),
        5: parts.get("clock_skew", SKEW_S),
    }
    if "ways" in parts:
        lane[6] = references(parts["ways"], ways, "ways")
    if "hours" in parts:
        lane[7] = reference(parts["hours"], hours, "hours")
    if "outside" in parts:
        lane[8] = references(parts["outside"], ways, "ways")
        if "hours" not in parts:
            parts["outside"].note("this says what is open outside of 'hours', which are missing")
    if "direction" in parts:
        lane[9] = parts["direction"]
    if "anti_passback" in parts:
        lane[10] = parts["anti_passback"]
        if "direction" not in parts and item is not None:
            item.note("anti_passback is for lanes with a direction")
    for number, name in ((11, "accept"), (12, "refuse")):
        found: list[int] = []
        for one in parts.get(name, ()):
            found += references(one, conditions, "conditions")
        if found:
            lane[number] = list(dict.fromkeys(found))
    barrier.add_fields(lane, item, parts, zones, bool(hours))
    return lane
