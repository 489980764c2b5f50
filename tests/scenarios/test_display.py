"""What people read at a whole terminal: pictures out of the bytes that its display was sent."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from host_tools.boards.profile import Profile
from host_tools.fonts import FILE, needed, words_of
from host_tools.fonts.characters import of_texts
from host_tools.simulator.displays import SimulatedSsd1306, studio
from host_tools.simulator.displays.reading import lines
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios import test_policies
from tests.scenarios.conftest import MakeTurnstile
from tests.scenarios.test_policies import EVENING, LIN, Campus

SMALL = studio.board("ssd1306 128x64")
LARGE = studio.board("st7789 240x240")
ANSWER_MS = 300  # how soon a person sees the verdict


@pytest.fixture
def terminal(turnstile_of: MakeTurnstile) -> Any:
    def make(profile: Profile, **options: Any) -> Turnstile:
        return turnstile_of(board=profile, **options)

    return make


def picture(turnstile: Turnstile) -> Image.Image:
    display = turnstile.equipment.panels.display
    assert display is not None
    return display.image()


def read(turnstile: Turnstile) -> str:
    return " ".join(lines(picture(turnstile)))


def test_somebody_is_let_in(terminal: Any, codes: dict[str, str]) -> None:
    turnstile = terminal(SMALL)
    turnstile.wait_ms(1000)
    assert "请出示通行码" in read(turnstile)
    shown = turnstile.show(codes["lin"])
    turnstile.gate.run(shown.last_byte_us - turnstile.gate.clock.now() + ANSWER_MS * 1000)
    assert "请通行 Welcome" in read(turnstile)
    turnstile.wait_ms(3000)
    assert "请出示通行码" in read(turnstile)


def test_somebody_is_refused_and_reads_why_and_what_helps(terminal: Any) -> None:
    turnstile = terminal(SMALL)
    outcome = turnstile.present("OC1:NOTHING")
    seen = set()
    for _ in range(60):
        turnstile.wait_ms(100)
        seen.add(read(turnstile))
    everything = " ".join(seen).replace(" ", "")
    for text in ("zh", "zh_advice", "en", "en_advice"):
        assert outcome.texts[text].replace(" ", "") in everything, text
    turnstile.wait_ms(3000)
    assert "请出示通行码" in read(turnstile)


def test_fire_is_shown_over_everything(terminal: Any, codes: dict[str, str]) -> None:
    turnstile = terminal(LARGE)
    turnstile.present("OC1:NOTHING")
    turnstile.fire(True)
    turnstile.wait_ms(ANSWER_MS)
    red, green, blue = picture(turnstile).getpixel((4, 4))  # type: ignore[misc]
    assert green > red and green > blue
    assert turnstile.relay_open


def test_the_gate_works_without_its_display(terminal: Any, codes: dict[str, str]) -> None:
    """The plug comes off; it is in the log once, and people still pass, as fast as before."""
    turnstile = terminal(SMALL, faults=1)
    first = turnstile.present(codes["lin"])
    display = turnstile.equipment.panels.display
    assert isinstance(display, SimulatedSsd1306)
    display.unplugged = True
    second = turnstile.present(codes["erika"])
    assert first.granted and second.granted
    assert abs(second.pulse.length_us - first.pulse.length_us) < 10_000
    turnstile.wait_ms(5000)
    [fault] = turnstile.record.events("fault")
    assert fault.fields["where"] == "display"


def test_fire_opens_in_time_while_a_page_is_drawn(terminal: Any) -> None:
    """At any moment of the drawing, that is."""
    turnstile = terminal(LARGE)
    for step in range(6):
        turnstile.present("OC1:NOTHING")
        turnstile.wait_ms(7 * step)
        before = turnstile.gate.clock.now()
        turnstile.fire(True)
        turnstile.wait_ms(50)
        opened = [one for one in turnstile.pulses() if one.on_us >= before]
        assert opened and opened[0].on_us - before < 20_000
        turnstile.fire(False)
        turnstile.wait_ms(7000)


def test_a_sites_own_words_are_read_with_characters_of_their_own(
    terminal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text of the firmware has the first two characters; the font is made with the site's."""
    monkeypatch.setattr(test_policies, "SITE", test_policies.SITE.replace("已关闭", "盘库中"))
    campus = Campus(lane="hours: office")
    assert "盘库中" in words_of(campus.bundle)
    assert not {"盘", "库"} & of_texts()
    assert len(needed(SMALL, words_of(campus.bundle))[FILE]) == len(needed(SMALL)[FILE]) + 2 * 34
    turnstile = terminal(SMALL, bundle=campus.bundle, root=campus.root, unix=EVENING)
    turnstile.wait_ms(65_000)  # it is past seven now
    late = turnstile.present(campus.code(LIN))
    assert late.reason == "site_closed"
    turnstile.wait_ms(200)
    assert "盘库中" in read(turnstile)
