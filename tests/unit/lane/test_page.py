"""docs/lane.md and its picture are those of the table; every row that there is, is there."""

from __future__ import annotations

import re

import pytest

from host_tools.lane import drawing, page, rows

from .steps import BOTH, Run


def test_the_docs_are_drawn_from_the_table() -> None:
    again = "run .venv/bin/python -m host_tools.lane.page --update-docs"
    text = page.PAGE.read_text("utf-8")
    assert page.page(text) == text, again
    assert page.PICTURE.read_text("utf-8") == drawing.picture(), again


def test_every_event_has_one_row_in_every_state(run_firmware: Run) -> None:
    """Read by the firmware's own interpreter, and by the page: the same."""
    for state in rows.STATES:
        events = [event for row in rows.rows(state) for event in row.events]
        assert sorted(events) == sorted(rows.EVENTS), state
    [table] = run_firmware("""
        import json
        from gate.lane import table as t
        print(json.dumps([[s, e] + list(t.row(s, e)) for s in t.STATES for e in t.EVENTS]))
    """)
    read = {
        (row.state, event): (row.after, list(row.words))
        for state in rows.STATES
        for row in rows.rows(state)
        for event in row.events
    }
    assert {(state, event): (after, words) for state, event, after, words in table} == read


def test_the_rows_say_nothing_else() -> None:
    """Every word of the text is a state, an event or a word that the lane knows."""
    outputs = {
        value
        for name, value in vars(rows.table).items()
        if name.isupper() and isinstance(value, str)
    }
    inner = {"hold", "hold_exit", "turn_away", "open_exit", "return", "settle", "intrusion"}
    known = outputs | inner | {"tampered", "rest", "->", ":"}
    for state, text in rows.table._TABLE.items():
        assert set(text.split()) <= known, state
        listed = re.findall(r"^ (.*?) ->", text, re.MULTILINE)
        events = " ".join(listed).split()
        assert sorted(events) == sorted(rows.EVENTS), f"{state}: one row an event"


def test_the_picture_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = drawing.picture()
    for state in rows.STATES:
        assert f">{state}</text>" in picture
    many, few = rows.entrances(3)
    for change in (*many, *few):
        assert all(event in picture for event in change.events)
    stray = rows.Change("fire", "idle", ("grant",))
    monkeypatch.setattr(drawing, "entrances", lambda least: (many, [*few, stray]))
    with pytest.raises(ValueError, match="from fire to idle"):
        drawing.picture()


def test_what_stands_after_rest_is_drawn_in_the_firmwares_order(run_firmware: Run) -> None:
    """All of it at once in a fire, and then taken away one by one."""
    after = BOTH.walk(
        run_firmware,
        (0, "lock_on"),
        (0, "fire_on"),
        (0, "door_open"),
        (0, "tamper_on"),
        (0, "maintenance_on"),
        (1, "fire_off"),
        (2, "maintenance_off"),
        (3, "tamper_off"),
        (4, "reset"),
        (5, "door_shut"),
        (6, "lock_off"),
    )
    states = [step.state for step in after][5:]
    assert tuple(dict.fromkeys(states)) == drawing.RESTS
