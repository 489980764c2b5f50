"""Dates and times against Python's own calendar."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.interpreter import Interpreter, find

from .batch import run

EPOCH = date(1970, 1, 1)


def test_every_kind_of_day(any_micropython: Interpreter) -> None:
    days = [EPOCH + timedelta(n) for n in range(-30000, 60000, 17)]
    answers = run([("date", day.isoformat().encode()) for day in days], any_micropython)
    assert answers == [(day - EPOCH).days for day in days]


def test_days_that_do_not_exist(any_micropython: Interpreter) -> None:
    texts = ["2021-02-29", "1900-02-29", "2021-04-31", "2021-13-01", "2021-00-10", "2021-01-00",
             "2021-1-01", "20210101", "0000-01-01", "2021-01-01 ", "+021-01-01"]  # fmt: skip
    assert run([("date", text.encode()) for text in texts], any_micropython) == [None] * len(texts)


def test_forms_of_time(any_micropython: Interpreter) -> None:
    same = ["2021-06-15T07:24:16Z", "2021-06-15T09:24:16+02:00", "2021-06-15T09:24:16+0200",
            "2021-06-15T09:24:16+02", "2021-06-15t07:24:16.9999999z", "2021-06-15T07:24:16",
            "2021-06-15 02:54:16-04:30"]  # fmt: skip
    moment = int(datetime(2021, 6, 15, 7, 24, 16, tzinfo=UTC).timestamp())
    assert run([("time", text.encode()) for text in same], any_micropython) == [moment] * len(same)
    none = ["2021-06-15", "2021-06-15T", "2021-06-15T24:00:00Z", "2021-06-15T07:60:00Z",
            "2021-06-15T07:24:16.Z", "2021-06-15T07:24:16+2", "2021-06-15T07:24:16+02:0x",
            "2021-06-15T07:24:16ZZ", "2021-06-15T7:24:16Z"]  # fmt: skip
    assert run([("time", text.encode()) for text in none], any_micropython) == [None] * len(none)


@settings(max_examples=10)
@given(
    st.lists(
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()),
        min_size=30,
        max_size=60,
    )
)
def test_any_time_in_any_zone(moments: list[datetime]) -> None:
    whole = [m.replace(microsecond=0) for m in moments]
    whole = [m for m in whole if (m.utcoffset() or timedelta()).seconds % 60 == 0]
    answers = run([("time", m.isoformat().encode()) for m in whole], find())
    assert answers == [int((m - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) for m in whole]
