"""The lane of the queue report, held to what queueing theory says of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.queue.lane import Visit, run

SECONDS = st.floats(0, 100, allow_nan=False).map(lambda value: round(value, 3))
VISITS = st.lists(
    st.builds(Visit, SECONDS, SECONDS, st.one_of(st.none(), SECONDS), st.booleans()), max_size=40
).map(lambda visits: sorted(visits, key=lambda visit: visit.arrives))


def by_hand(visits: Sequence[Visit]) -> list[tuple[float, float]]:
    """When each reaches the reader and is gone, by recursion, without any events."""
    reader_free = passage_free = 0.0
    found = []
    for visit in visits:
        reached = max(visit.arrives, reader_free)
        answered = reached + visit.at_reader
        if visit.walk is None:
            reader_free = gone = answered
        else:
            entered = max(answered, passage_free)
            passage_free = gone = entered + visit.walk
            reader_free = entered if visit.overlap else gone
        found.append((reached, gone))
    return found


@given(VISITS)
def test_events_and_recursion_agree(visits: list[Visit]) -> None:
    stays = run(visits).stays
    expected = by_hand(visits)
    assert [(stay.reached, stay.gone) for stay in stays] == [
        (pytest.approx(reached), pytest.approx(gone)) for reached, gone in expected
    ]


@given(VISITS)
def test_littles_law(visits: list[Visit]) -> None:
    """Person-seconds counted at the lane are those of the people: L = lambda W, for any day."""
    day = run(visits)
    assert day.present == pytest.approx(sum(stay.total for stay in day.stays), abs=1e-6)


@given(VISITS)
def test_nothing_is_busy_for_longer_than_the_day(visits: list[Visit]) -> None:
    day = run(visits)
    end = max((stay.gone for stay in day.stays), default=0)
    assert 0 <= day.reader_busy <= end + 1e-6
    assert 0 <= day.passage_busy <= end + 1e-6
    assert sum(visit.walk or 0 for visit in visits) == pytest.approx(day.passage_busy, abs=1e-6)


@given(VISITS)
def test_first_come_first_served(visits: list[Visit]) -> None:
    reached = [stay.reached for stay in run(visits).stays]
    assert reached == sorted(reached)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_a_lane_with_constant_service_is_m_d_1(load: float) -> None:
    """Pollaczek and Khinchine: the mean wait is load x service / (2 (1 - load))."""
    draw, at, visits = random.Random(7), 0.0, []
    for _ in range(40_000):
        at += draw.expovariate(load / 2.0)
        visits.append(Visit(at, 2.0, 0.0))
    stays = run(visits).stays
    waited = sum(stay.waited for stay in stays) / len(stays)
    assert waited == pytest.approx(load * 2.0 / (2 * (1 - load)), rel=0.08)


@pytest.mark.parametrize(("overlap", "expected"), [(True, 15.0), (False, 60 / 7)])
def test_the_limit_is_the_slower_place_or_the_sum(overlap: bool, expected: float) -> None:
    """4 s at the reader, 3 s in the passage: one after the other, or side by side."""
    day = run([Visit(0.0, 4.0, 3.0, overlap)] * 500)
    assert 500 / day.stays[-1].gone * 60 == pytest.approx(expected, rel=0.01)


def test_whoever_is_turned_away_does_not_walk() -> None:
    day = run([Visit(0, 1, None), Visit(0, 1, 1)])
    assert [stay.through for stay in day.stays] == [False, True]
    assert day.stays[0].gone == 1 and day.stays[1].gone == 3
    assert day.passage_busy == 1
