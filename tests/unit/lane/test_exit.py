"""Whoever wants out, while others come in; and a fire, whose end is the site's to say."""

from __future__ import annotations

from .steps import BOTH, ENTRY, EXIT, PLAIN, SENSED, TWO_SIDED, TWO_WAY, Run, Shape, admit

BY_KEY = Shape(sites=((None, {"fire_by_key": True, "alarm_by_key": True}),))


def test_the_button_opens_in_the_direction_of_exit(run_firmware: Run) -> None:
    [step] = TWO_WAY.walk(run_firmware, (0, "exit_request"))
    assert step.done[0] == ("open", [1, 2000])
    other_way = Shape(2, 2, True, sites=((EXIT, {"pulse": 700}), (ENTRY, {})))
    [step] = other_way.walk(run_firmware, (0, "exit_request"))
    assert step.done[0] == ("open", [0, 700])
    [step] = PLAIN.walk(run_firmware, (0, "exit_request"))
    assert step.done[0] == ("open", [0, 3000])


def test_who_leaves_is_counted_out_and_has_no_ticket(run_firmware: Run) -> None:
    _, through = SENSED.walk(run_firmware, (0, "exit_request"), (500, "passage_on"))
    assert through.done == [("complete", [None, EXIT])]


def test_a_code_that_is_judged_meanwhile_is_annulled(run_firmware: Run) -> None:
    _, exits, late = SENSED.walk(
        run_firmware, (0, "scan", (0, "C")), (5, "exit_request"), (300, "grant", (0, 9))
    )
    assert exits.words == ["open", "show_granted"]
    assert late.done == [("annul", [9, None])]


def test_the_button_is_served_before_a_code_that_waits(run_firmware: Run) -> None:
    *_, over = SENSED.walk(
        run_firmware,
        *admit(0),
        (10, "scan", (0, "D")),
        (20, "exit_request"),
        (3000, "timer"),
    )
    assert over.words == ["shut", "annul", "show_ready", "open", "show_granted"]
    assert over.state == "granted"


def test_by_one_lock_whoever_asked_may_walk_out_behind(run_firmware: Run) -> None:
    shape = Shape(2, 1, True, True, ((ENTRY, {}), (EXIT, {})))
    *_, second, third = shape.walk(
        run_firmware,
        *admit(0),
        (300, "door_open"),
        (500, "passage_on"),
        (600, "exit_request"),
        (900, "passage_off"),
        (1200, "passage_on"),
        (1900, "passage_on"),
    )
    assert second.done == [("complete", [None, EXIT])]
    assert second.state == "passing"
    assert third.alarm == "tailgating", "but only once"


def test_by_another_relay_a_second_person_is_tailgating_all_the_same(run_firmware: Run) -> None:
    *_, second = TWO_WAY.walk(
        run_firmware,
        *admit(0),
        (500, "passage_on"),
        (600, "exit_request"),
        (1200, "passage_on"),
    )
    assert second.words == ["shut", "alarm_on", "show_alarm", "open", "show_granted"]
    assert second.alarm == "tailgating"
    assert second.state == "granted", "and whoever asked is let out, in the alarm"


def test_an_alarm_outlasts_whoever_goes_out_meanwhile(run_firmware: Run) -> None:
    *_, granted, over = TWO_SIDED.walk(
        run_firmware,
        (0, "door_open"),
        (500, "door_shut"),
        (600, "exit_request"),
        (3600, "timer"),
    )
    assert (granted.state, granted.alarm) == ("granted", "forced")
    assert (over.state, over.alarm) == ("alarm", "forced")
    assert over.deadline == 3600 + 10000


def test_a_fire_is_over_when_the_contact_says_so_or_the_key(run_firmware: Run) -> None:
    *_, over = BOTH.walk(run_firmware, (0, "fire_on"), (5000, "fire_off"))
    assert over.words == ["shut", "forget", "show_ready"]
    steps = BY_KEY.walk(
        run_firmware,
        (0, "fire_on"),
        (10, "maintenance_on"),  # while it burns: nothing
        (20, "maintenance_off"),
        (30, "fire_off"),
        (40, "fault", "internal_error"),
        (50, "maintenance_off"),
        (60, "fire_on"),
        (70, "fire_off"),
        (80, "maintenance_on"),
    )
    assert [step.state for step in steps] == ["fire"] * 8 + ["maintenance"]
    assert steps[-1].words == ["shut", "forget", "show_maintenance"]
    assert steps[4].words == ["open_held"]


def test_a_timer_that_is_not_due_does_nothing(run_firmware: Run) -> None:
    steps = BY_KEY.walk(
        run_firmware, (0, "tamper_on"), (0, "tamper_off"), (99999, "timer"), (99999, "reset")
    )
    assert [step.alarm for step in steps] == ["tamper"] * 3 + [None]
