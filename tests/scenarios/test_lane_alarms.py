"""What a lane does when something is wrong: alarms, keys, people who want out, and fire."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from host_tools.simulator.gate import EPOCH_2000
from host_tools.simulator.turnstile import Turnstile

from .lanes import (
    BOTH_WAYS,
    DOOR,
    PULSE_MS,
    TWO_WAY,
    MakeLane,
    code,
    events,
    scan,
    shown,
    state,
    walk,
)

FIRE_US = 50_000


def kinds(lane: Turnstile) -> list[str]:
    return [alarm["kind"] for alarm in events(lane, "alarm")]


def test_somebody_forces_a_way_in(lane_of: MakeLane) -> None:
    lane = lane_of()
    walk(lane)
    assert kinds(lane) == ["forced"]
    assert state(lane) == ("alarm", "forced")
    assert scan(lane, "lin") == "lane_alarm", "nobody is let in meanwhile"
    assert lane.pulses() == []
    lane.wait_ms(10_500)
    assert state(lane) == ("idle", None), "and it ends by itself"
    assert scan(lane, "lin") is None


def test_a_second_person_follows_too_close(lane_of: MakeLane) -> None:
    lane = lane_of()
    assert scan(lane, "lin") is None
    walk(lane)
    walk(lane)
    assert kinds(lane) == ["tailgating"]
    assert len(events(lane, "passage")) == 1, "one grant, one passage"
    lane.wait_ms(12_000)
    walk(lane)
    assert kinds(lane) == ["tailgating", "forced"], "much later it is no tailgating"


def test_a_door_is_wedged(lane_of: MakeLane) -> None:
    lane = lane_of(board=DOOR, lane="held_open: 2 seconds")
    assert scan(lane, "lin") is None
    lane.door(True)
    lane.wait_ms(1900)
    assert kinds(lane) == []
    lane.wait_ms(300)
    assert kinds(lane) == ["held_open"]
    assert not lane.relay_open
    lane.wait_ms(11_000)
    assert state(lane) == ("alarm", "held_open"), "for as long as it is open"
    lane.door(False)
    lane.wait_ms(10_500)
    assert state(lane) == ("idle", None)


def test_the_box_is_opened_while_somebody_may_pass(lane_of: MakeLane) -> None:
    """An alarm never keeps the relay on, and the code has not been used."""
    lane = lane_of()
    assert scan(lane, "lin") is None
    lane.tamper(True)
    lane.wait_ms(100)
    assert state(lane) == ("alarm", "tamper")
    assert not lane.relay_open
    lane.tamper(False)
    lane.wait_ms(10_500)
    assert scan(lane, "lin") is None


def test_an_alarm_that_the_key_must_end(lane_of: MakeLane) -> None:
    lane = lane_of(lane="alarm: key")
    walk(lane)
    lane.wait_ms(11_000)
    assert state(lane) == ("alarm", "forced"), "quiet for long enough, and yet"
    lane.maintenance(True)
    lane.wait_ms(100)
    assert state(lane) == ("maintenance", None)
    assert len(events(lane, "alarm_over")) == 1
    walk(lane)
    assert len(kinds(lane)) == 1, "a technician at work is no alarm"
    assert scan(lane, "lin") == "lane_maintenance"
    lane.maintenance(False)
    lane.wait_ms(100)
    assert scan(lane, "lin") is None


def test_a_locked_lane(lane_of: MakeLane) -> None:
    lane = lane_of()
    assert scan(lane, "lin") is None
    lane.lock(True)
    lane.wait_ms(100)
    assert state(lane) == ("locked", None)
    assert not lane.relay_open, "at once"
    assert scan(lane, "erika") == "lane_locked"
    assert shown(lane) == "locked"
    walk(lane)
    assert kinds(lane) == ["forced"]
    lane.lock(False)
    lane.wait_ms(10_500)
    assert scan(lane, "lin") is None, "the grant that the lock ended was annulled"


def alarmed(lane: Turnstile) -> None:
    walk(lane)


def locked(lane: Turnstile) -> None:
    lane.lock(True)


def serviced(lane: Turnstile) -> None:
    lane.maintenance(True)


def refused(lane: Turnstile) -> None:
    lane.show("OC1:NOTHING")


def granted(lane: Turnstile) -> None:
    scan(lane, "lin")


def passing(lane: Turnstile) -> None:
    granted(lane)
    lane.passage(True)


def verifying(lane: Turnstile) -> None:
    """The code's last byte is on the wire."""
    end = lane.show(code(lane, "lin")).last_byte_us
    lane.gate.run(end - lane.gate.clock.now() - 100)


def nothing(lane: Turnstile) -> None:
    pass


Before = Callable[[Turnstile], None]
SHUT: list[Before] = [nothing, alarmed, locked, serviced, refused]


@pytest.mark.parametrize("before", SHUT)
def test_the_button_lets_people_out(lane_of: MakeLane, before: Before) -> None:
    """Whatever keeps others from coming in; and then it is as it was."""
    lane = lane_of(lane="alarm: key")
    before(lane)
    lane.wait_ms(500)
    was = state(lane)
    lane.request_to_exit()
    lane.wait_ms(100)
    assert lane.relay_open
    walk(lane)
    assert not lane.relay_open
    if before is not refused:
        assert state(lane) == was


def test_the_button_waits_for_whoever_is_passing(lane_of: MakeLane) -> None:
    lane = lane_of()
    granted(lane)
    lane.request_to_exit()
    lane.wait_ms(PULSE_MS + 100)  # who was granted turns back
    assert lane.relay_open
    lane.wait_ms(PULSE_MS + 100)
    assert not lane.relay_open
    assert len(lane.pulses()) == 2


@pytest.mark.parametrize(
    ("ends", "before"),
    [("itself", before) for before in (*SHUT, verifying, granted, passing)]
    + [("key", before) for before in (nothing, serviced, passing)],
)
def test_fire_opens_from_every_state_and_stays(
    lane_of: MakeLane, before: Before, ends: str
) -> None:
    lane = lane_of(lane=f"fire: {ends}")
    before(lane)
    if before is not verifying:
        lane.wait_ms(500)
    began = lane.gate.clock.now()
    lane.fire(True)
    lane.wait_ms(5000)
    [*_, last] = lane.pulses()
    assert last.on_us <= began + FIRE_US
    assert last.off_us is None
    lane.fire(False)
    lane.wait_ms(1000)
    assert lane.relay_open == (ends == "key")
    if ends == "key":
        lane.wait_ms(5000)
        assert lane.relay_open, "until somebody has been there"
        if before is serviced:
            lane.maintenance(False)
            lane.wait_ms(500)
            assert lane.relay_open, "the key must be turned on"
        lane.maintenance(True)
        lane.wait_ms(500)
    assert not lane.relay_open


def test_fire_opens_every_relay_of_a_lane_that_lets_one_through(lane_of: MakeLane) -> None:
    lane = lane_of(board=TWO_WAY, lanes=BOTH_WAYS)
    granted(lane)
    began = lane.gate.clock.now()
    lane.fire(True)
    lane.wait_ms(2000)
    for relay in (0, 1):
        last = lane.pulses(relay=relay)[-1]
        assert last.on_us <= began + FIRE_US
        assert last.off_us is None
    lane.fire(False)
    lane.wait_ms(1000)
    assert not lane.open(0)
    assert not lane.open(1)


def test_after_a_fire_everybody_may_come_back(lane_of: MakeLane) -> None:
    """They went out uncounted: nobody is said to be inside."""
    lane = lane_of(lane="direction: entry, zone: hall, anti_passback: 8 hours", capacity=1)
    assert scan(lane, "lin") is None
    walk(lane)
    assert scan(lane, "erika") == "zone_full"
    lane.fire(True)
    lane.wait_ms(2000)
    lane.fire(False)
    lane.wait_ms(1000)
    assert scan(lane, "lin") is None


def test_a_fault_opens_nothing_in_an_alarm(lane_of: MakeLane) -> None:
    lane = lane_of()
    alarmed(lane)
    for data in (b"\xff\xfe\x00\r", b"OC1:\r", b"X" * 9000):
        lane.reader.send(data)
    lane.wait_ms(5000)
    assert lane.pulses() == []


def test_a_terminal_that_has_lost_the_time_may_judge_by_the_last_that_it_knows(
    lane_of: MakeLane,
) -> None:
    """Here that of its bundle, an hour ago: what is older than that is judged, as of then."""
    for clock, reason in (("refuse", "clock_untrusted"), ("floor", None)):
        lane = lane_of(lane=f"clock: {clock}", unix=EPOCH_2000 + 60)
        assert scan(lane, "erika") == reason
        assert scan(lane, "lin") == "clock_untrusted", "issued since then"
