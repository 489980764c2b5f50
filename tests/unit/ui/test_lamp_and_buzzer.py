"""What a lamp and a buzzer say can be told apart without colours and without tones."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import profiles
from host_tools.boards.profile import Buzzer, Profile
from host_tools.simulator.displays import studio
from host_tools.simulator.displays.studio import Studio
from tests.unit.ui.test_texts import REASONS, read

from .conftest import MakeStudio

STATES = (
    "ready", "wait", "granted", "refused", "fire", "alarm", "locked", "maintenance", "data_expired",
)  # fmt: skip
SLOT_MS = 125
SLOTS = 16
SECOND = 1_000_000


def bare(**changes: object) -> Profile:
    return dataclasses.replace(profiles.load("esp32-devkit"), **changes)  # type: ignore[arg-type]


def rhythm(of: Studio, begun_ms: int) -> tuple[tuple[bool, bool], ...]:
    """Whether green and red are lit, slot by slot, in the middle of each."""
    profile = of.profile
    assert profile.green and profile.red
    found = []
    for slot in range(SLOTS):
        of.run_to_ms(begun_ms + slot * SLOT_MS + SLOT_MS // 2)
        levels = of.gate.record.levels
        found.append(
            (
                levels[profile.green.pin] == profile.green.active,
                levels[profile.red.pin] == profile.red.active,
            )
        )
    return tuple(found)


def turned(pattern: tuple[bool, ...]) -> tuple[bool, ...]:
    """The same for all rotations of a pattern: who looks comes at any time."""
    return min(pattern[i:] + pattern[:i] for i in range(len(pattern)))


def test_every_state_has_a_rhythm_of_its_own(studio_of: MakeStudio) -> None:
    script = [(1000 + 3000 * i, "show", (what,)) for i, what in enumerate(STATES)]
    script.append((1000 + 3000 * len(STATES), "show", ("ready",)))
    script.append((1000 + 3000 * len(STATES), "note", ("reader_silent", True)))
    face = studio_of(bare(), script)
    seen = {what: rhythm(face, 1010 + 3000 * i) for i, what in enumerate((*STATES, "noted"))}
    without_colours = {
        what: turned(tuple(green or red for green, red in pattern))
        for what, pattern in seen.items()
    }
    for one, other in itertools.combinations(without_colours, 2):
        assert without_colours[one] != without_colours[other], (one, other)
    assert all(any(pattern) for pattern in without_colours.values()), "dark is: no power"
    for what, pattern in seen.items():
        green, red = (any(slot[i] for slot in pattern) for i in (0, 1))
        expected = {
            "ready": (1, 0), "granted": (1, 0), "fire": (1, 0), "wait": (1, 1), "noted": (1, 1),
            "maintenance": (1, 1),
        }.get(what, (0, 1))  # fmt: skip
        assert (green, red) == expected, what
    assert seen["granted"] == ((True, False),) * SLOTS
    assert face.notes == []


def test_pixels_show_what_two_lamps_show(studio_of: MakeStudio) -> None:
    script = [(1000 + 3000 * i, "show", (what,)) for i, what in enumerate(STATES)]
    lamps = studio_of(bare(), script)
    strip = studio_of(studio.with_pixels(bare(), 5), script)
    pixels = strip.panels.pixels
    assert pixels is not None
    for i in range(len(STATES)):
        for slot, (green, red) in enumerate(rhythm(lamps, 1010 + 3000 * i)):
            strip.run_to_ms(1010 + 3000 * i + slot * SLOT_MS + SLOT_MS // 2)
            [colour] = set(pixels.colours)
            assert (max(colour) > 0) == (green or red)
            if green != red:
                assert (colour[1] > colour[0]) == green, "green is greener, red is redder"


def beeps(face: Studio, since_ms: int, until_ms: int) -> list[tuple[int, int]]:
    """(begins, how long) in ms, of an active buzzer."""
    face.run_to_ms(until_ms)
    buzzer = face.profile.buzzer
    assert buzzer is not None
    pulses = face.gate.record.pulses(buzzer.pin, 1 - buzzer.active, since_ms * 1000)
    return [
        (round(one.on_us / 1000) - since_ms, round((one.length_us or 0) / 1000)) for one in pulses
    ]


def near(heard: list[tuple[int, int]], expected: list[tuple[int, int]]) -> bool:
    """Within two ticks of 10 ms."""
    return len(heard) == len(expected) and all(
        abs(a - b) <= 20 for one, other in zip(heard, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    )  # fmt: skip


def test_an_active_buzzer_differs_by_rhythm(studio_of: MakeStudio) -> None:
    script = [
        (1000, "show", ("granted",)),
        (3000, "show", ("refused", "not_listed")),
        (5000, "show", ("refused", "code_expired")),  # the display says: refresh it
        (7000, "show", ("fire",)),
        (9000, "show", ("alarm", "forced")),
        (12500, "show", ("ready",)),
    ]
    face = studio_of(bare(), script)
    assert near(beeps(face, 1000, 2900), [(0, 80)])
    assert near(beeps(face, 3000, 4900), [(0, 400)])
    assert near(beeps(face, 5000, 6900), [(0, 80), (160, 80)])
    assert beeps(face, 7000, 8900) == [], "the building has its own"
    heard = beeps(face, 9000, 12400)
    assert near(heard[:3], [(0, 500), (1000, 500), (2000, 500)]), heard
    assert beeps(face, 12520, 14000) == []


def test_look_is_for_what_the_person_can_put_right(
    run_firmware: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """That is, where the advice is addressed to the person: a new reason is told of here."""
    (tmp_path / "machine.py").write_text("Pin = None\n")
    [own] = run_firmware(
        """
        import json
        from gate.refusal import reasons
        from gate.ui.buzzer import helps_oneself
        print(json.dumps([reason for reason in reasons() if helps_oneself(reason)]))
        """,
        extra_path=[tmp_path],
    )
    verbs = ("Show", "Refresh", "Open", "Hold", "Use")
    texts = read("en")
    assert set(own) == {reason for reason in REASONS if texts[reason][1].split(" ")[0] in verbs}


def test_a_passive_buzzer_is_driven_with_tones(studio_of: MakeStudio) -> None:
    script = [
        (1000, "show", ("granted",)),
        (3000, "show", ("refused", "not_listed")),
        (5000, "show", ("refused", "reader_garbage")),
        (7000, "show", ("alarm", "forced")),
    ]
    face = studio_of(bare(buzzer=Buzzer(25, 1, True)), script)
    tones = []
    for end in (2900, 4900, 6900, 8900):
        before = len(face.gate.record.tones)
        face.run_to_ms(end)
        tones.append([one.hz for one in face.gate.record.tones[before:] if 0 < one.duty < 65535])
    granted, refused, look, alarm = (set(one) for one in tones)
    assert granted and refused and look and len(alarm) == 2
    assert not granted & refused and not refused & look and not granted & look
    assert face.gate.record.tones[-1].pin == 25


@pytest.mark.parametrize("active", [0, 1])
def test_a_passive_buzzer_rests_without_current(studio_of: MakeStudio, active: int) -> None:
    face = studio_of(bare(buzzer=Buzzer(25, active, True)), [(500, "show", ("granted",))])
    face.run_to_ms(2000)
    assert face.gate.record.tones[-1].duty == (0 if active else 65535)


def test_an_alarm_goes_on_when_somebody_else_has_been_let_in(studio_of: MakeStudio) -> None:
    """Two lanes, one lamp and one buzzer: the most urgent is shown, the newest is heard first."""
    script = [
        (1000, "show", ("alarm", "forced", None, None, 0)),
        (3000, "show", ("granted", None, None, None, 1)),
        (4000, "show", ("ready", None, None, None, 1)),
        (6000, "show", ("ready", None, None, None, 0)),
    ]
    face = studio_of(bare(), script)
    alarm = rhythm(face, 1010)
    heard = beeps(face, 3000, 3900)
    assert near(heard[:2], [(0, 80), (100, 500)]) or near(heard[:1], [(0, 580)]), heard
    assert turned(tuple(r for _, r in rhythm(face, 3910))) == turned(tuple(r for _, r in alarm))
    assert beeps(face, 6020, 8000) == []


def test_a_board_with_nothing_to_show(studio_of: MakeStudio) -> None:
    face = studio_of(bare(green=None, red=None, buzzer=None), [(100, "show", ("granted",))])
    face.run_to_ms(1000)
    assert face.notes == []


def test_a_part_that_fails_is_reported_once_and_the_rest_goes_on(studio_of: MakeStudio) -> None:
    """A strip of too many pixels cannot be driven: said at the start; the buzzer still sounds."""
    face = studio_of(studio.with_pixels(bare(), 500), [(500, "show", ("granted",))])
    face.run_to_ms(2000)
    assert face.notes == ["lamp ValueError pixels"]
    assert near(beeps(face, 500, 2100), [(0, 80)])
