"""People who are let in, and walk through, or do not: what counts, and what leaves no trace."""

from __future__ import annotations

from host_tools.simulator.gate import NOON

from .lanes import (
    BOTH_WAYS,
    DOOR,
    IN,
    OUT,
    PULSE_MS,
    TWO_WAY,
    MakeLane,
    code,
    events,
    scan,
    state,
    walk,
)


def test_whoever_walks_through_has_used_the_code(lane_of: MakeLane) -> None:
    lane = lane_of()
    assert scan(lane, "lin") is None
    assert state(lane) == ("granted", None)
    walk(lane)
    assert state(lane) == ("idle", None)
    [passage] = events(lane, "passage")
    assert passage["lane"] == 0
    [pulse] = lane.pulses()
    assert (pulse.length_us or 0) < PULSE_MS * 1000, "it shut behind her"
    assert scan(lane, "lin") == "replayed"


def test_whoever_turns_back_may_come_again_with_the_same_code(lane_of: MakeLane) -> None:
    """A grant that runs out is annulled: the replay window is open again."""
    lane = lane_of()
    assert scan(lane, "lin") is None
    lane.wait_ms(PULSE_MS + 100)
    assert len(events(lane, "annulled")) == 1
    assert not lane.relay_open
    assert scan(lane, "lin") is None
    walk(lane)
    assert scan(lane, "lin") == "replayed"
    assert len(events(lane, "passage")) == 1


def test_the_flaps_stay_open_until_the_person_is_through(lane_of: MakeLane) -> None:
    lane = lane_of(lane="relay: hold, passage: 8 seconds")
    assert scan(lane, "lin") is None
    lane.wait_ms(7000)
    assert lane.relay_open, "longer than any pulse"
    walk(lane)
    assert not lane.relay_open
    assert len(events(lane, "passage")) == 1
    assert scan(lane, "erika") is None
    lane.wait_ms(8100)
    assert not lane.relay_open
    assert len(events(lane, "annulled")) == 1


def test_at_a_door_the_leaf_tells(lane_of: MakeLane) -> None:
    lane = lane_of(board=DOOR)
    assert scan(lane, "lin") is None
    walk(lane)
    assert len(events(lane, "passage")) == 1
    assert state(lane) == ("idle", None)


def test_the_next_persons_code_waits_until_the_first_is_through(lane_of: MakeLane) -> None:
    lane = lane_of()
    assert scan(lane, "lin") is None
    lane.show(code(lane, "erika"))
    lane.wait_ms(1500)
    assert len(events(lane, "decision")) == 1
    walk(lane)
    lane.wait_ms(200)
    first, second = events(lane, "decision")
    assert (first["verdict"], second["verdict"]) == ("granted", "granted")
    assert state(lane) == ("granted", None)
    assert len(lane.pulses()) == 2


def test_two_directions_have_a_relay_each_and_wait_for_each_other(lane_of: MakeLane) -> None:
    lane = lane_of(board=TWO_WAY, lanes=BOTH_WAYS)
    assert scan(lane, "lin", IN) is None
    assert [lane.open(0), lane.open(1)] == [True, False]
    lane.show(code(lane, "erika"), OUT)
    lane.wait_ms(1000)
    assert [lane.open(0), lane.open(1)] == [True, False], "one person at a time"
    walk(lane)
    lane.wait_ms(200)
    assert [lane.open(0), lane.open(1)] == [False, True]


def test_nobody_comes_in_twice_or_goes_out_twice(lane_of: MakeLane) -> None:
    """By the person, and only if the first time somebody walked through."""
    lane = lane_of(board=TWO_WAY, lanes=BOTH_WAYS)

    def passes(name: str, reader: int) -> str | None:
        reason = scan(lane, name, reader)
        if reason is None:
            walk(lane)
        lane.wait_ms(11_000)  # longer than the replay window
        return reason

    assert scan(lane, "lin", IN) is None
    lane.wait_ms(PULSE_MS + 11_000)  # and turns back
    assert passes("lin", IN) is None
    assert passes("lin", IN) == "already_inside"
    assert passes("lin", OUT) is None
    assert passes("lin", OUT) == "already_outside"
    assert passes("erika", OUT) is None, "came in before the terminal started: never kept in"


def test_a_full_hall_lets_in_when_somebody_has_come_out(lane_of: MakeLane) -> None:
    lane = lane_of(board=TWO_WAY, lanes=BOTH_WAYS, capacity=1)
    assert scan(lane, "lin", IN) is None
    lane.wait_ms(PULSE_MS + 100)  # turns back: nobody is inside
    assert scan(lane, "erika", IN) is None
    walk(lane)
    assert scan(lane, "max", IN) == "zone_full"
    lane.request_to_exit()
    lane.wait_ms(300)
    assert lane.open(1), "out by the button, which is counted too"
    walk(lane)
    assert scan(lane, "max", IN) is None


def test_after_a_restart_nobody_is_remembered_and_nothing_opens(lane_of: MakeLane) -> None:
    lane = lane_of(board=TWO_WAY, lanes=BOTH_WAYS, capacity=1)
    assert scan(lane, "lin", IN) is None
    walk(lane)
    assert scan(lane, "erika", IN) == "zone_full"
    assert scan(lane, "lin", OUT) is None
    lane.show(code(lane, "max"), IN)
    lane.wait_ms(1500)  # it waits for its turn
    assert lane.open(1)
    lane.power_off()
    since = lane.gate.clock.now()
    lane.power_on(unix=NOON + 60)
    lane.wait_ms(5000)
    assert lane.pulses(since) == lane.pulses(since, relay=1) == []
    assert scan(lane, "erika", IN) is None, "the count has begun anew"
