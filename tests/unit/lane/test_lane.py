"""The lane stepped by hand: people who come and go, one at a time."""

from __future__ import annotations

from .steps import BOTH, DOOR, ENTRY, EXIT, HELD, PLAIN, SENSED, TWO_SIDED, TWO_WAY, Run, admit


def test_a_granted_person_and_the_next(run_firmware: Run) -> None:
    """Where nothing can tell of a passage, a grant counts when the relay shuts."""
    scan, grant, held, timer = PLAIN.walk(
        run_firmware, *admit(5), (804, "scan", (0, "D")), (3005, "timer")
    )
    assert (scan.state, scan.deadline) == ("verifying", 10005)
    assert scan.done == [("show_wait", None), ("verify", [0, "code"])]
    assert (grant.state, grant.deadline) == ("granted", 3005)
    assert grant.done == [("open", [0, 3000]), ("show_granted", None)]
    assert (held.state, held.done) == ("granted", [])
    assert timer.done == [
        ("shut", None),
        ("complete", [1, None]),
        ("show_ready", None),
        ("show_wait", None),
        ("verify", [0, "D"]),
    ]


def test_a_passage_completes_the_grant_and_the_barrier_shuts_behind(run_firmware: Run) -> None:
    for shape, on, off in (
        (SENSED, "passage_on", "passage_off"),
        (DOOR, "door_open", "door_shut"),
    ):
        *_, passing, over = shape.walk(run_firmware, *admit(0), (900, on), (1700, off))
        assert passing.state == "passing"
        assert passing.done == [("complete", [1, None])]
        assert over.state == "idle"
        assert over.done == [("shut", None), ("show_ready", None)]


def test_a_time_out_annuls_the_grant(run_firmware: Run) -> None:
    *_, timer = SENSED.walk(run_firmware, *admit(0), (3000, "timer"))
    assert timer.state == "idle"
    assert timer.done == [("shut", None), ("annul", [1, None]), ("show_ready", None)]


def test_hold_until_passage(run_firmware: Run) -> None:
    """Open at most as long as the wait and the passage may take, and shut behind the person."""
    _, grant, passing, over = HELD.walk(
        run_firmware, *admit(0), (7900, "passage_on"), (9000, "passage_off")
    )
    assert grant.done[0] == ("open", [0, 8000 + 15000])
    assert grant.deadline == 8000
    assert (passing.state, passing.deadline) == ("passing", 7900 + 15000)
    assert over.words == ["shut", "show_ready"]
    *_, timer = HELD.walk(run_firmware, *admit(0), (8000, "timer"))
    assert timer.words == ["shut", "annul", "show_ready"]


def test_a_door_that_is_opened_is_not_yet_a_passage_where_a_sensor_sees_people(
    run_firmware: Run,
) -> None:
    *_, opened, shut, timer = BOTH.walk(
        run_firmware, *admit(0), (500, "door_open"), (1500, "door_shut"), (3000, "timer")
    )
    assert (opened.state, opened.done) == ("granted", [])
    assert (shut.state, shut.done) == ("granted", [])
    assert timer.words == ["shut", "annul", "show_ready"]
    *_, through, away, shut = BOTH.walk(
        run_firmware,
        *admit(0),
        (500, "door_open"),
        (900, "passage_on"),
        (1500, "passage_off"),
        (2500, "door_shut"),
    )
    assert through.words == ["complete"]
    assert (away.state, away.done) == ("passing", [])
    assert shut.words == ["shut", "show_ready"]


def test_a_third_code_while_somebody_may_pass_is_dropped(run_firmware: Run) -> None:
    *_, third = PLAIN.walk(run_firmware, *admit(0), (1, "scan", (0, "D")), (2, "scan", (0, "E")))
    assert third.done == [("drop", [0, "gate_busy"])]


def test_a_code_that_waited_too_long_is_dropped(run_firmware: Run) -> None:
    """Its person has perhaps gone away, and another would walk in by it."""
    *_, late = HELD.walk(
        run_firmware,
        *admit(0),
        (1, "scan", (0, "D")),
        (7000, "passage_on"),
        (8100, "passage_off"),
    )
    assert late.state == "idle"
    assert late.done == [("shut", None), ("show_ready", None), ("drop", [0, "gate_busy"])]


def test_a_refused_person_and_the_next(run_firmware: Run) -> None:
    answers = PLAIN.walk(
        run_firmware,
        (0, "scan", (0, "C")),
        (5, "refuse", "code_expired"),
        (100, "unread", (0, "reader_garbage")),
        (200, "scan", (0, "D")),
        (201, "refuse", "replayed"),
        (3201, "timer"),
    )
    assert [answer.state for answer in answers] == [
        "verifying",
        "denied",
        "denied",
        "verifying",
        "denied",
        "idle",
    ]
    assert answers[1].done == [("show_refused", "code_expired")]
    assert answers[2].done == [("show_refused", "reader_garbage")]
    assert answers[2].deadline == 3100


def test_an_answer_to_nothing_opens_nothing_and_is_annulled(run_firmware: Run) -> None:
    befores: tuple[list[tuple[object, ...]], ...] = (
        [],
        [(0, "unread", (0, "reader_garbage"))],
        [(0, "fault", "internal_error")],
        [(0, "passage_on")],
        [(0, "lock_on")],
        [(0, "maintenance_on")],
        [(0, "fire_on")],
        [(0, "scan", (0, "C")), (0, "tamper_on")],
        list(admit(0)),
    )
    for before in befores:
        *_, answer = SENSED.walk(run_firmware, *before, (1, "grant", (0, 7)))
        assert answer.done == [("annul", [7, None])], before


def test_while_one_direction_is_granted_the_other_waits(run_firmware: Run) -> None:
    _, entry, waits, *_, over = TWO_WAY.walk(
        run_firmware,
        *admit(0, reader=0),
        (100, "scan", (1, "out")),
        (500, "passage_on"),
        (1100, "passage_off"),
    )
    assert entry.done[0] == ("open", [0, 3000])
    assert (waits.state, waits.done) == ("granted", [])
    assert over.done[-1] == ("verify", [1, "out"])
    _, exit_ = TWO_WAY.walk(run_firmware, *admit(0, reader=1))
    assert exit_.done[0] == ("open", [1, 2000])


def test_whoever_waited_longest_is_next(run_firmware: Run) -> None:
    *_, first, second = TWO_SIDED.walk(
        run_firmware,
        *admit(0, reader=0),
        (100, "scan", (1, "out")),
        (200, "scan", (0, "in")),
        (3000, "timer"),
        (3100, "refuse", "replayed"),
    )
    assert first.done[-1] == ("verify", [1, "out"])
    assert second.done[-1] == ("verify", [0, "in"])


def test_two_readers_at_one_door_share_its_relay(run_firmware: Run) -> None:
    for reader, direction in ((0, ENTRY), (1, EXIT)):
        _, grant, opened = TWO_SIDED.walk(
            run_firmware, *admit(0, reader=reader), (900, "door_open")
        )
        assert grant.done[0] == ("open", [0, 3000])
        assert opened.done == [("complete", [1, direction])]


def test_a_fault_shuts_the_gate_and_annuls(run_firmware: Run) -> None:
    *_, fault, later = SENSED.walk(
        run_firmware, *admit(0), (500, "fault", "internal_error"), (3500, "timer")
    )
    assert fault.state == "denied"
    assert fault.done == [
        ("shut", None),
        ("annul", [1, None]),
        ("show_refused", "internal_error"),
    ]
    assert later.words == ["show_ready"]


def test_an_alarm_that_goes_on_is_told_once(run_firmware: Run) -> None:
    """Whoever waves at the sensor does not write the log full."""
    waves = [(100 * i, "passage_off" if i % 2 else "passage_on") for i in range(100)]
    steps = SENSED.walk(run_firmware, *waves)
    assert [word for step in steps for word in step.words].count("alarm_on") == 1
    assert steps[-1].state == "alarm"
