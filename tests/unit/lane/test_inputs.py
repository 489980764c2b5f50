"""Contacts that bounce, chatter and stick, looked at each 10 ms on real MicroPython."""

from __future__ import annotations

import random
from typing import Any

from .steps import Run

LOOK_MS = 10


def settled(run: Run, levels: str, stuck_ms: int = 0) -> tuple[list[tuple[int, str]], list[Any]]:
    """Looks at a contact, one a character: the events with their time, the changes of trouble."""
    [answer] = run(
        f"""
        import json
        from gate.lane.inputs import Debounce
        contact = Debounce("on", "off", {stuck_ms})
        events = []
        troubles = []
        for look, level in enumerate({levels!r}):
            now = 5000 + look * {LOOK_MS}
            event = contact.sense(now, level == "1")
            assert event is None or contact.active == (event == "on")
            if event:
                events.append((look * {LOOK_MS}, event))
            if not troubles or troubles[-1] != contact.trouble:
                troubles.append(contact.trouble)
        print(json.dumps([events, troubles]))
        """
    )
    events, troubles = answer
    return [(at, event) for at, event in events], troubles


def test_a_contact_that_bounces_counts_once(run_firmware: Run) -> None:
    """When it has stood for 30 ms."""
    levels = "00101101111111" + "1" * 20 + "010010000000" + "0" * 20
    events, troubles = settled(run_firmware, levels)
    assert events == [(70 + 30, "on"), (390 + 30, "off")]
    assert troubles == [None]


def test_a_spike_counts_for_nothing(run_firmware: Run) -> None:
    assert settled(run_firmware, "0001100000100000111000") == ([], [None])


def test_a_contact_that_is_on_from_the_start_counts(run_firmware: Run) -> None:
    assert settled(run_firmware, "1" * 10)[0] == [(30, "on")]


def test_a_loose_wire_is_trouble_and_counts_no_more_than_twice_a_second(run_firmware: Run) -> None:
    """40 ms on, 40 ms off, for 20 s: without a bound that were 500 events for the log."""
    events, troubles = settled(run_firmware, "11110000" * 250 + "0" * 300)
    assert troubles == [None, "chatter", None]
    assert len(events) < 40
    assert events[-1][1] == "off"


def test_noise_faster_than_it_settles_counts_for_nothing(run_firmware: Run) -> None:
    assert settled(run_firmware, "10" * 500) == ([], [None, "chatter"])


def test_a_button_that_sticks_is_trouble(run_firmware: Run) -> None:
    events, troubles = settled(run_firmware, "1" * 500 + "0" * 200, stuck_ms=3000)
    assert events == [(30, "on"), (5030, "off")]
    assert troubles == [None, "stuck", None]


def test_whatever_a_contact_does_events_alternate(run_firmware: Run) -> None:
    rng = random.Random(1)
    levels = "".join(rng.choice("01") * rng.randint(1, 12) for _ in range(2000))
    events, _ = settled(run_firmware, levels)
    assert len(events) > 20
    assert [event for _, event in events] == ["on", "off"] * (len(events) // 2) + ["on"] * (
        len(events) % 2
    )


def test_a_wire_that_is_loose_now_and_then_is_told_once_a_minute(run_firmware: Run) -> None:
    """Trouble in every other second, for ten minutes, would be 600 records of the log."""
    [told] = run_firmware("""
        import json, sys
        class Pin:
            PULL_UP = PULL_DOWN = IN = 0
            def __init__(self, *_):
                pass
            def value(self):
                return look // 100 % 2 and look // 3 % 2
        class Machine:
            pass
        Machine.Pin = Pin
        sys.modules["machine"] = Machine
        from gate.lane.inputs import Debounce
        from gate.runtime.contacts import Contact
        contact = Contact("door", (4, 1, 0), Debounce("on", "off"), ())
        told = []
        for look in range(60000):
            contact.sample(look * 10)
            trouble = contact.trouble()
            if trouble is not None:
                told.append(trouble)
        print(json.dumps(told))
    """)
    assert told[0] == "chatter"
    assert len(told) <= 10
