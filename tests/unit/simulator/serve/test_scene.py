"""People before the gate of the page: what they do to it, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.simulator.serve import scene as play
from host_tools.simulator.serve.scene import MAX_PEOPLE, Scene


@dataclass
class FakeHands:
    """Writes down what people do; its time goes on by hand."""

    now_ms: int = 0
    open: bool = False
    did: list[tuple[int, str, object]] = field(default_factory=list)

    def now_us(self) -> int:
        return self.now_ms * 1000

    def show(self, data: bytes, raw: bool, reader: int) -> None:
        self.did.append((self.now_ms, "show", data))

    def passage(self, lane: int, on: bool) -> None:
        self.did.append((self.now_ms, "passage", on))

    def door(self, lane: int, on: bool) -> None:
        self.did.append((self.now_ms, "door", on))

    def request_to_exit(self, lane: int, on: bool) -> None:
        self.did.append((self.now_ms, "exit", on))

    def relay_open(self, lane: int) -> bool:
        return self.open

    def lane_of(self, reader: int) -> int:
        return 0

    def reverse(self, reader: int) -> bool:
        return reader == 1


class Hall:
    """A scene with one lane, and time."""

    def __init__(self) -> None:
        self.hands = FakeHands()
        self.scene = Scene(self.hands, 1)

    def wait(self, ms: int) -> None:
        for _ in range(0, ms, 10):
            self.hands.now_ms += 10
            self.scene.step()

    def come(self, who: str = "lin") -> None:
        self.scene.come(who, b"code", False, "code", 0)
        self.wait(play.WALK_UP + play.SEEING + 20)

    def grant(self) -> None:
        self.scene.heard("decision", {"verdict": "granted"})
        self.hands.open = True
        self.wait(10)

    def pulse_over(self) -> None:
        self.hands.open = False

    @property
    def phases(self) -> list[str]:
        return [actor.phase for actor in self.scene.people]

    def acts(self, what: str) -> list[object]:
        return [how for _, act, how in self.hands.did if act == what]


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_somebody_comes_is_let_in_and_walks_through(hall: Hall) -> None:
    hall.come()
    assert hall.acts("show") == [b"code"] and hall.phases == ["showing"]
    hall.grant()
    assert hall.phases == ["cleared"]
    hall.wait(600)
    hall.pulse_over()
    assert hall.phases == ["walking"] and hall.scene.is_open(0), "the barrier waits for the walker"
    hall.wait(play.IN_PASSAGE + play.PASSING + 50)
    assert hall.acts("passage") == [True, False] and hall.phases == ["through"]
    assert not hall.scene.is_open(0), "and shuts behind"
    hall.wait(play.GONE + 20)
    assert hall.phases == []


def test_whoever_is_refused_reads_why_and_goes(hall: Hall) -> None:
    hall.come()
    hall.scene.heard("decision", {"verdict": "refused", "reason": "code_expired"})
    assert hall.scene.people[0].reason == "code_expired"
    hall.wait(play.READING + play.GONE + 50)
    assert hall.phases == [] and hall.acts("passage") == []


def test_without_an_answer_people_give_up(hall: Hall) -> None:
    hall.come()
    hall.wait(play.PATIENCE + 20)
    assert hall.phases == ["refused"] and hall.scene.people[0].reason == "no_answer"


def test_somebody_slips_through_behind(hall: Hall) -> None:
    hall.come()
    hall.grant()
    hall.scene.follow(0)
    hall.wait(600)
    hall.pulse_over()
    hall.wait(4000)
    assert hall.acts("passage") == [True, False, True, False]


def test_whoever_does_not_walk_in_time_is_too_late(hall: Hall) -> None:
    hall.scene.auto = False
    hall.come()
    hall.grant()
    hall.wait(600)
    hall.pulse_over()
    hall.wait(play.LATCH + 50)
    assert hall.scene.people[0].reason == "too_late" and hall.acts("passage") == []


def test_a_word_sends_the_one_who_may_walk(hall: Hall) -> None:
    hall.scene.auto = False
    hall.come()
    hall.grant()
    hall.scene.walk(0)
    assert hall.phases == ["walking"]


def test_a_stranger_stops_at_a_shut_barrier(hall: Hall) -> None:
    hall.scene.walk(0)
    hall.wait(play.WALK_UP + 20)
    assert hall.scene.people[0].reason == "shut" and hall.acts("passage") == []


def test_force_moves_door_and_passage(hall: Hall) -> None:
    hall.scene.force(0)
    hall.wait(4000)
    assert hall.acts("door") == [True, False] and hall.acts("passage") == [True, False]


def test_the_button_inside(hall: Hall) -> None:
    hall.scene.leave(0)
    hall.wait(play.WALK_UP + 20)
    hall.hands.open = True
    hall.wait(1200)
    assert hall.acts("exit") == [True, False] and hall.phases == ["walking"]


def test_standing_in_the_passage_until_no_more(hall: Hall) -> None:
    hall.scene.stand(0, True)
    hall.wait(20_000)
    assert hall.acts("passage") == [True] and hall.phases == ["standing"]
    hall.scene.stand(0, False)
    assert hall.acts("passage") == [True, False]


ACTS = st.sampled_from(["come", "walk", "follow", "force", "leave", "stand", "go", "open", "shut",
                        "granted", "refused", "clear"])  # fmt: skip


@given(st.lists(st.tuples(ACTS, st.integers(0, 1500)), max_size=40))
def test_whatever_is_done_the_hall_empties_and_no_sensor_stays_on(
    acts: list[tuple[str, int]],
) -> None:
    hall = Hall()
    for act, ms in acts:
        if act == "come":
            hall.scene.come("lin", b"code", False, "code", ms % 2)
        elif act in ("granted", "refused"):
            hall.scene.heard("decision", {"verdict": act, "reason": "x"})
        elif act in ("open", "shut"):
            hall.hands.open = act == "open"
        elif act in ("stand", "go"):
            hall.scene.stand(0, act == "stand")
        elif act == "clear":
            hall.scene.clear()
        else:
            getattr(hall.scene, act)(0)
        assert len(hall.scene.people) <= MAX_PEOPLE
        hall.wait(ms)
    hall.hands.open = False
    hall.scene.stand(0, False)
    hall.wait(60_000)
    assert hall.phases == []
