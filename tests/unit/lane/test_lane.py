"""The lane's table, stepped by hand on real MicroPython: no clock, no pins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., list[Any]]

STEPS = """
import json
from gate.lane.lane import Lane
from gate.lane import table

lane = Lane()
for now, event, argument in STEPS:
    done = lane.step(now, event, argument)
    print(json.dumps([lane.state, lane.deadline, [list(d) for d in done]]))
"""


def steps(run: Run, *events: tuple[int, str, Any]) -> list[Any]:
    return run(f"STEPS = {events!r}\n{STEPS}")


def test_every_event_has_a_row_in_every_state(run_firmware: Run) -> None:
    [answer] = run_firmware("""
        import json
        from gate.lane import table as t
        rows = [(s, e) + t.TABLE[s][e] for s in t.STATES for e in t.EVENTS]
        print(json.dumps([rows, t.STATES, t.EVENTS, [len(t.TABLE), len(t.TABLE["idle"])]]))
    """)
    rows, states, events, sizes = answer
    assert sizes == [len(states), len(events)]
    assert all(row[2] in states for row in rows)
    opening = {(state, event) for state, event, _, done in rows if "open" in done}
    assert opening == {("verifying", "grant")}
    held = {(state, event) for state, event, _, done in rows if "open_held" in done}
    assert held == {(s, "fire_on") for s in states} | {("fire", "fault")}
    assert {s for s, e, after, _ in rows if e == "fire_on" and after == "fire"} == set(states)
    assert {(s, e) for s, e, after, _ in rows if s == "fire" and after != "fire"} == {
        ("fire", "fire_off")
    }


def test_a_granted_person(run_firmware: Run) -> None:
    assert steps(
        run_firmware, (0, "scan", "C"), (5, "grant", 800), (804, "scan", "D"), (805, "timer", None)
    ) == [
        ["verifying", 10000, [["show_wait", "C"], ["verify", "C"]]],
        ["granted", 805, [["open", 800], ["show_granted", 800]]],
        ["granted", 805, []],
        [
            "verifying",
            10805,
            [["shut", None], ["show_ready", None], ["show_wait", "D"], ["verify", "D"]],
        ],
    ]


def test_a_third_code_while_the_gate_is_open_is_dropped(run_firmware: Run) -> None:
    *_, third = steps(
        run_firmware, (0, "scan", "C"), (0, "grant", 800), (1, "scan", "D"), (2, "scan", "E")
    )
    assert third == ["granted", 800, [["drop", "gate_busy"]]]


def test_a_refused_person_and_the_next(run_firmware: Run) -> None:
    answers = steps(
        run_firmware,
        (0, "scan", "C"),
        (5, "refuse", "code_expired"),
        (100, "unread", "reader_garbage"),
        (200, "scan", "D"),
        (201, "refuse", "replayed"),
        (3201, "timer", None),
    )
    assert [state for state, _, _ in answers] == [
        "verifying",
        "denied",
        "denied",
        "verifying",
        "denied",
        "idle",
    ]
    assert answers[2] == ["denied", 3100, [["show_refused", "reader_garbage"]]]


def test_an_answer_to_nothing_opens_nothing(run_firmware: Run) -> None:
    for before in ([], [(0, "unread", "reader_garbage")], [(0, "fault", "internal_error")]):
        *_, answer = steps(run_firmware, *before, (1, "grant", 800))
        assert answer[0] in ("idle", "denied")
        assert answer[2] == []


def test_fire_forgets_the_code_that_was_held(run_firmware: Run) -> None:
    *_, fire, quiet = steps(
        run_firmware,
        (0, "scan", "C"),
        (0, "grant", 800),
        (1, "scan", "D"),
        (2, "fire_on", None),
        (500, "fire_off", None),
    )
    assert fire[2] == [["open_held", None], ["show_fire", None]]
    assert quiet == ["idle", None, [["shut", None], ["show_ready", None]]]


def test_no_walk_opens_the_relay_without_a_cause(run_firmware: Run) -> None:
    """Random events; the relay may be open only after a grant that was asked for, or in a fire."""
    [answer] = run_firmware(
        """
        import json, random
        from gate.lane import table as t
        from gate.lane.lane import Lane
        from gate.lane.relay import Relay

        random.seed(5)
        level = [0]
        def drive(value):
            level[0] = value
        relay = Relay(drive, 0)
        lane = Lane()
        now = 0
        opened = fires = 0
        asked = False  # whether a code was given to be verified and not yet answered
        for _ in range(60000):
            now += random.randint(0, 400)
            event = random.choice(t.EVENTS)
            if lane.due(now):
                event = t.TIMER
            argument = 800 if event == t.GRANT else "x"
            may_open = event == t.GRANT and asked
            if event in (t.GRANT, t.REFUSE):
                asked = False
            relay.check(now)
            for output, value in lane.step(now, event, argument):
                if output == t.VERIFY:
                    asked = True
                elif output == t.OPEN:
                    assert may_open, (lane.state, event)
                    relay.open(now, value)
                    opened += 1
                elif output == t.OPEN_HELD:
                    relay.hold()
                    fires += 1
                elif output == t.SHUT:
                    relay.shut()
            cause = lane.state == t.FIRE or (relay.until is not None and relay.until > now)
            assert bool(level[0]) == cause, (lane.state, event, level[0])
            assert lane.state != t.FIRE or level[0]
        print(json.dumps([opened, fires]))
    """,
        timeout=120,
    )
    assert min(answer) > 100
