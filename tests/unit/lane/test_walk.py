"""A million random events, on real MicroPython: no relay is on without a cause, in no state.

The walk and the model that it is held against are in walk_main.py. The sabotaged walks show that
the model finds what a wrong row would do.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from host_tools import interpreter
from host_tools.interpreter import Interpreter
from host_tools.lane.rows import EVENTS as EVENTS_OF_TABLE
from host_tools.lane.rows import STATES

from .steps import BOTH, DOOR, ENTRY, EXIT, HELD, PLAIN, SENSED, SETTINGS, TWO_SIDED, TWO_WAY, Shape

WALK = Path(__file__).with_name("walk_main.py")
BY_KEY = {"alarm_by_key": True, "fire_by_key": True, "hold": True, "passage_ms": 8000}
SHAPES = {
    "plain": PLAIN,
    "sensed": SENSED,
    "held": HELD,
    "door": DOOR,
    "both": BOTH,
    "two-way": TWO_WAY,
    "two-sided": TWO_SIDED,
    "by key": Shape(2, 2, True, True, ((ENTRY, BY_KEY), (EXIT, BY_KEY))),
}
EVENTS = 1_000_000 // len(SHAPES)


def walk(
    micropython: Interpreter,
    shape: Shape,
    events: int,
    seed: int = 6,
    sabotage: tuple[str, str, str] | None = None,
) -> dict[str, Any]:
    order = {
        "seed": seed,
        "events": events,
        "shape": (shape.readers, shape.relays, shape.passage, shape.door),
        "sites": shape.sites,
        "settings": SETTINGS,
        "sabotage": sabotage,
    }
    done = interpreter.run(
        [str(WALK)],
        interpreter=micropython,
        heap="256k",
        input=json.dumps(order) + "\n",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_no_walk_finds_a_relay_that_is_on_without_a_cause(micropython: Interpreter) -> None:
    """In one test, so that no worker walks what another has walked."""
    with ThreadPoolExecutor(2) as pool:
        walked = pool.map(lambda shape: walk(micropython, shape, EVENTS), SHAPES.values())
        answers = dict(zip(SHAPES, walked, strict=True))
    for name, answer in answers.items():
        wrong = f"{name}: {answer['wrong']} after {answer['events']} events"
        assert answer["wrong"] is None, wrong
        assert answer["events"] == EVENTS
        for output in ("open", "open_held", "annul", "complete", "alarm_on", "alarm_over"):
            assert answer["counts"][output] > 300, (name, output)
    made_inside = {"clear", "release"}
    seen = {pair for answer in answers.values() for pair in answer["seen"]}
    given = {f"{s} {e}" for s in STATES for e in EVENTS_OF_TABLE if e not in made_inside}
    assert given - seen == set(), "the walks saw every event in every state"


SABOTAGE = {
    "an exit opens in a fault": (
        "plain",
        "alarm",
        "fault -> alarm : shut",
        "fault -> granted : open_exit show_granted",
    ),
    "a code opens a locked lane": (
        "plain",
        "locked",
        "scan -> locked : turn_away",
        "scan -> granted : open_exit",
    ),
    "an answer to nothing opens": (
        "sensed",
        "denied",
        "grant -> denied : return",
        "grant -> granted : open",
    ),
    "a late answer is lost": ("sensed", "idle", "grant -> idle : return", "grant -> idle :"),
    "a grant is not annulled when it is locked": (
        "held",
        "granted",
        "lock_on -> rest : shut annul",
        "lock_on -> rest : shut",
    ),
    "a grant is completed in a fire": (
        "held",
        "granted",
        "fire_on -> fire : open_held annul show_fire",
        "fire_on -> fire : open_held show_fire",
    ),
    "a passage completes nothing": (
        "sensed",
        "granted",
        "passage_on -> passing : complete",
        "passage_on -> passing :",
    ),
    "tailgating is not noticed": (
        "door",
        "idle",
        "passage_on door_open -> alarm : shut intrusion",
        "passage_on door_open -> idle :",
    ),
    "the gate stays open behind a person": (
        "held",
        "passing",
        "clear -> rest : shut",
        "clear -> rest :",
    ),
    "the gate stays open in an alarm": (
        "held",
        "passing",
        "timer -> alarm : shut held_open",
        "timer -> alarm : held_open",
    ),
    "a fire does not open": (
        "plain",
        "denied",
        "fire_on -> fire : open_held show_fire",
        "fire_on -> fire : show_fire",
    ),
    "a fire is ended by a fault": (
        "plain",
        "fire",
        "fire_on fault -> fire : open_held",
        "fire_on -> fire : open_held\n fault -> rest : shut",
    ),
    "a released fire stays open": (
        "by key",
        "fire",
        "release -> rest : shut forget",
        "release -> rest : forget",
    ),
    "an alarm shuts people in": (
        "sensed",
        "alarm",
        "exit_request -> granted : open_exit show_granted",
        "exit_request -> alarm :",
    ),
    "an alarm is unlocked": (
        "sensed",
        "alarm",
        "unread refuse clear lock_on lock_off",
        "lock_off -> idle :\n unread refuse clear lock_on",
    ),
    "a request is served while another passes": (
        "two-way",
        "granted",
        "exit_request -> granted : hold_exit",
        "exit_request -> granted : open_exit",
    ),
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_a_wrong_row_is_found(micropython: Interpreter, what: str) -> None:
    name, *sabotage = SABOTAGE[what]
    answer = walk(
        micropython, SHAPES[name], 50_000, sabotage=(sabotage[0], sabotage[1], sabotage[2])
    )
    assert answer["wrong"] is not None, answer
