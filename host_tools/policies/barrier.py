"""How a lane's barrier behaves: relay, passage, alarms, fire, zones, a clock that is not trusted.

Fields of `lane:` and `lanes:`, as lanes.py has the others. Nothing here decides about a code, but
the capacity of a zone, and whether anybody is judged without a trusted clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from host_tools.policies.schema import Field, named
from host_tools.yaml_file import Item

MAX_ZONES = 16
MAX_CAPACITY = 65535
RELAYS = {"pulse": 0, "hold": 1}
ENDS = {"itself": 0, "key": 1}
CLOCKS = {"refuse": 0, "floor": 1}
HELD_OPEN_MS = 15000  # the firmware's own, without a word


def milliseconds(item: Item, low: int, high: int, form: str) -> int:
    """A duration in whole ms: "800 ms" or what Item.duration reads."""
    text = item.text().strip().lower()
    number, _, unit = text.partition(" ")
    if unit == "ms" and number.isascii() and number.isdecimal():
        value = int(number)
    else:
        value = item.duration(0, high // 1000) * 1000
    if not low <= value <= high:
        item.fail(f"{text!r} is not from {form}")
    return value


def _later(item: Item) -> Item:
    return item


def read_zones(item: Item) -> dict[str, int]:
    """`policy: zones:`: a name, and how many may be there."""
    return named(item, MAX_ZONES, lambda _, value: value.integer(1, MAX_CAPACITY))


FIELDS: Mapping[str, Field] = {
    "relay": Field(
        lambda item: item.choice(RELAYS),
        "pulse: on for `pulse`; hold: on until the passage is over, or nobody came in time",
        "pulse or hold", "pulse",
    ),
    "passage": Field(
        lambda item: milliseconds(item, 500, 60000, "500 ms to 60 seconds"),
        "how long a grant waits for its person to pass; then it is as if it had not been",
        "500 ms to 60 seconds", "as `pulse`",
    ),
    "held_open": Field(
        lambda item: milliseconds(item, 1000, 600000, "1 second to 10 minutes"),
        "how long a passage may take, or the door be open, before there is an alarm",
        "1 second to 10 minutes", f"{HELD_OPEN_MS // 1000} seconds",
    ),
    "alarm": Field(
        lambda item: item.choice(ENDS),
        "what ends an alarm: itself, when nothing has been wrong for 10 seconds, or the "
        "maintenance key", "itself or key", "itself",
    ),
    "fire": Field(
        lambda item: item.choice(ENDS),
        "what shuts the gate after a fire: itself, when the fire contact lets go, or then the "
        "maintenance key", "itself or key", "itself",
    ),
    "zone": Field(
        _later, "where an entry leads to, and an exit from; needs a `direction`",
        "a name of `zones`", "not counted",
    ),
    "clock": Field(
        lambda item: item.choice(CLOCKS),
        "when the clock is not trusted: refuse everybody, or judge as if it were still the last "
        "time known; not for sites with `hours`", "refuse or floor", "refuse",
    ),
}  # fmt: skip


def add_fields(
    lane: dict[int, object],
    item: Item | None,
    parts: Mapping[str, Any],
    zones: Mapping[str, int],
    has_hours: bool,
) -> None:
    """Add keys 13 to 20 of a lane of the policy part."""
    lane.update({13: True} if parts.get("relay") else {})
    if "passage" in parts:
        lane[14] = parts["passage"]
        if parts["passage"] < lane[1] and not parts.get("relay") and item is not None:
            item.note("'passage' is shorter than 'pulse': the gate would be open for nobody")
    if parts.get("held_open", HELD_OPEN_MS) != HELD_OPEN_MS:
        lane[15] = parts["held_open"]
    lane.update({16: True} if parts.get("alarm") else {})
    lane.update({17: True} if parts.get("fire") else {})
    if "zone" in parts:
        name = parts["zone"].text(1, 32)
        if name not in zones:
            known = f"; there are: {', '.join(zones)}" if zones else "; there are no zones"
            parts["zone"].fail(f"{name!r} is none of the zones{known}")
        if "direction" not in parts:
            parts["zone"].note("a zone is counted in lanes with a 'direction'")
        lane[18] = name
        lane[19] = zones[name]
    if parts.get("clock"):
        if has_hours and item is not None:
            item.note("'clock: floor' is for sites without 'hours': nobody knows what hour it is")
        lane[20] = True
