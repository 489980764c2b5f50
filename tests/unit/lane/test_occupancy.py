"""How many are in a zone: counted at the passage, kept for grants that are under way."""

from __future__ import annotations

from .steps import Run

GRANTS = """
from gate.lane.occupancy import Occupancy

class Grant:
    def __init__(self, direction, zone="hall"):
        self.direction = direction
        self.zone = zone

ENTRY, EXIT = 1, 2
zones = Occupancy()
def enter(zone="hall"):
    grant = Grant(ENTRY, zone)
    zones.expect(grant)
    zones.complete(grant)
def leave(zone="hall"):
    zones.complete(Grant(EXIT, zone))
"""


def test_a_grant_keeps_its_place_until_it_is_settled(run_firmware: Run) -> None:
    run_firmware(
        GRANTS
        + """
enter()
first, second = Grant(ENTRY), Grant(ENTRY)
assert not zones.full("hall", 2)
zones.expect(first)
assert zones.full("hall", 2), "two lanes cannot both give the last place away"
assert zones.inside("hall") == 1, "but nobody is counted before going through"
zones.annul(first)
assert not zones.full("hall", 2)
zones.annul(first)                              # again: as before
assert not zones.full("hall", 2) and zones.inside("hall") == 1
zones.expect(second)
zones.complete(second)
assert zones.full("hall", 2) and zones.inside("hall") == 2
leave()
assert not zones.full("hall", 2)
"""
    )


def test_nobody_is_counted_below_nobody(run_firmware: Run) -> None:
    run_firmware(
        GRANTS
        + """
leave()                                         # came in before the restart
assert zones.inside("hall") == 0
enter()
assert zones.inside("hall") == 1
"""
    )


def test_zones_are_apart_and_lanes_without_a_zone_or_a_direction_count_nothing(
    run_firmware: Run,
) -> None:
    run_firmware(
        GRANTS
        + """
enter("hall"), enter("lab"), enter("lab"), enter(None)
none = Grant(None)
zones.expect(none)
zones.complete(none)
assert (zones.inside("hall"), zones.inside("lab"), zones.inside(None)) == (1, 2, 0)
assert not zones.full(None, 1) and not zones.full("lab", None)
"""
    )


def test_a_count_can_be_set_right(run_firmware: Run) -> None:
    run_firmware(
        GRANTS
        + """
enter("hall"), enter("lab")
coming = Grant(ENTRY)
zones.expect(coming)
zones.reset("hall", 40)
assert zones.full("hall", 41) and not zones.full("hall", 42)
zones.reset()
assert zones.inside("hall") == zones.inside("lab") == 0
zones.complete(coming)                          # whoever was on the way is counted
assert zones.inside("hall") == 1
"""
    )
