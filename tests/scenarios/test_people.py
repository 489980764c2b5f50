"""People at the turnstile, and what the relay did. Time is virtual."""

from __future__ import annotations

import importlib

import pytest

from host_tools import firmware  # noqa: F401 - puts the firmware's tables on the path
from host_tools.boards import profiles
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.record import Change, Pulse
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

TICK_US = 10_000  # how often the firmware looks at its timers
STAGES = importlib.import_module("gate.refusal").reasons()


def test_a_granted_person_opens_the_gate_for_exactly_the_pulse(
    turnstile: Turnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    outcome = turnstile.present(codes["lin"])
    assert outcome.granted
    opened = outcome.last_byte_us
    assert turnstile.pulses() == [Pulse(opened, opened + site.pulse_ms * 1000)]
    assert (outcome.texts["zh"], outcome.texts["en"]) == ("请通行", "Welcome")
    assert outcome.decision["issuer"] == "National platform"
    assert outcome.decision["rule"] == "health and travel"


def test_everyone_of_the_demo(turnstile: Turnstile, site: DemoSite) -> None:
    for person in site.people():
        before = len(turnstile.pulses())
        shown = turnstile.send(person.data) if person.raw else turnstile.present(person.data)
        assert shown.reason == person.expected, person.story
        assert len(turnstile.pulses()) - before == (1 if person.expected is None else 0)
        if person.expected:
            assert shown.decision["stage"] == STAGES[person.expected]
            assert turnstile.lit(turnstile.board.red)
            assert not turnstile.lit(turnstile.board.green)


def test_the_claim_that_decided_is_named(turnstile: Turnstile, site: DemoSite) -> None:
    chen = turnstile.present(site.casting.from_file("chen-local-orange"))
    assert chen.reason == "health_colour"
    assert (chen.decision["rule"], chen.decision["jurisdiction"]) == ("colours", "CN-31")


def test_the_log_does_not_say_who_came(turnstile: Turnstile, codes: dict[str, str]) -> None:
    turnstile.present(codes["lin"])
    turnstile.present(codes["erika"])
    everything = " ".join(note.text for note in turnstile.record.notes)
    for personal in ("5a1f3c77d20b94e6", "Musterfrau", "ERIKA", "1964", "URN:UVCI"):
        assert personal not in everything


def test_lamp_and_buzzer(turnstile: Turnstile, codes: dict[str, str]) -> None:
    board = turnstile.board
    assert board.green and board.red and board.buzzer
    shown = turnstile.show(codes["lin"])
    turnstile.gate.run(shown.last_byte_us - turnstile.gate.clock.now())
    at = shown.last_byte_us
    turnstile.wait_ms(700)
    green = turnstile.record.pulses(board.green.pin, rest=0, since_us=at)[0]
    assert green.on_us == at
    assert green.length_us is not None
    assert 600_000 <= green.length_us <= 600_000 + TICK_US
    [beep] = turnstile.record.pulses(board.buzzer.pin, rest=0)
    assert beep.length_us is not None
    assert 80_000 <= beep.length_us < 100_000
    turnstile.present("OC1:NOTHING")
    turnstile.wait_ms(3100)
    flashes = turnstile.record.pulses(board.red.pin, rest=0, since_us=at + 1)
    flashes = [one for one in flashes if one.length_us]  # the last ends as it begins
    assert [round((one.length_us or 0) / TICK_US) for one in flashes] == [50] * 3, (
        "half of a second"
    )
    assert abs(flashes[1].on_us - flashes[0].on_us - 1_000_000) < TICK_US


def test_a_screenshot_within_the_replay_window(
    turnstile_of: MakeTurnstile, codes: dict[str, str]
) -> None:
    site = DemoSite.make(NOON, lane={2: 300})
    turnstile = turnstile_of(site)
    lin = site.casting.from_file("lin-all-green")
    assert turnstile.present(lin).granted
    assert turnstile.present(lin).reason == "replayed"
    turnstile.wait_ms(290_000)
    assert turnstile.present(lin).reason == "replayed"
    assert turnstile.present(site.casting.dcc("AT")).granted, "somebody else"
    turnstile.wait_ms(11_000)
    assert turnstile.present(lin).granted, "the window has passed"
    assert len(turnstile.pulses()) == 3


def test_another_code_of_the_same_person_is_a_replay_too(
    turnstile: Turnstile, site: DemoSite
) -> None:
    with_proof = site.casting.from_file("zhou-several-issuers", proof=True)
    without = site.casting.from_file("zhou-several-issuers")
    assert with_proof != without
    assert turnstile.present(without).granted
    assert turnstile.present(with_proof).reason == "replayed"


def test_where_a_proof_is_asked_for(turnstile_of: MakeTurnstile) -> None:
    site = DemoSite.make(NOON, lane={3: True, 4: 30})
    turnstile = turnstile_of(site)
    assert turnstile.present(site.casting.from_file("lin-all-green")).reason == "proof_required"
    proved = site.casting.from_file("zhou-several-issuers", proof=True)
    assert turnstile.present(proved).granted
    turnstile.wait_ms(31_000)
    assert turnstile.present(proved).reason == "proof_stale"


def test_whoever_scans_while_the_gate_is_open_is_judged_when_it_has_shut(
    turnstile: Turnstile, codes: dict[str, str]
) -> None:
    first = turnstile.show(codes["lin"])
    second = turnstile.show(codes["erika"])
    turnstile.wait_ms(3000)
    one, two = turnstile.pulses()
    assert one.on_us == first.last_byte_us
    assert one.off_us is not None
    assert second.last_byte_us < one.off_us
    assert 0 <= two.on_us - one.off_us <= TICK_US


def test_only_one_code_waits(turnstile_of: MakeTurnstile) -> None:
    site = DemoSite.make(NOON, lane={1: 3000})
    turnstile = turnstile_of(site)
    turnstile.show(site.casting.from_file("lin-all-green"))
    for code in (site.casting.dcc("AT"), site.casting.dcc("DE")):
        turnstile.show(code)
    turnstile.wait_ms(10_000)
    reasons = [note.fields["reason"] for note in turnstile.record.events("decision")]
    assert reasons == [None, "gate_busy", None]
    assert len(turnstile.pulses()) == 2


@pytest.mark.parametrize("board", profiles.names())
def test_every_board(turnstile_of: MakeTurnstile, board: str, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(board=board)
    turnstile.wait_ms(5000)  # some readers are set up first
    assert turnstile.present(codes["lin"]).granted
    relays = turnstile.board.relays
    first = turnstile.record.changes[: len(relays)]  # before anything else, also those of no lane
    assert first == [Change(0, relay.pin, 1 - relay.active) for relay in relays]


def test_a_run_repeats_to_the_microsecond(
    turnstile_of: MakeTurnstile, codes: dict[str, str]
) -> None:
    records = []
    for _ in range(2):
        turnstile = turnstile_of()
        for code in (codes["lin"], codes["lin"], codes["erika"], "OC1:NOTHING"):
            turnstile.present(code)
        records.append(turnstile.record)
    assert records[0] == records[1]


def test_the_log_says_which_kernel_verifies(turnstile: Turnstile) -> None:
    (line,) = turnstile.record.events("crypto")
    assert line.fields["kernel"] == "viper"
    assert line.fields["passed_over"] == []


def test_the_lamp_alone_says_wait(turnstile: Turnstile, codes: dict[str, str]) -> None:
    """A text before the verdict would cost the person more time than it could be read in."""
    before = len(turnstile.record.changes)
    shown = len(turnstile.record.events("display"))
    assert turnstile.present(codes["lin"]).granted
    board = turnstile.board
    assert board.red and board.green
    shown_at = next(c.at_us for c in turnstile.record.changes[before:] if c.pin == board.red.pin)
    driven = [(c.pin, c.level) for c in turnstile.record.changes[before:] if c.at_us >= shown_at]
    waiting = [(board.green.pin, board.green.active), (board.red.pin, board.red.active)]
    assert set(waiting) <= set(driven[:3])
    assert (board.relays[0].pin, board.relays[0].active) in driven[2:]
    words = [note.fields["show"] for note in turnstile.record.events("display")[shown:]]
    assert words == ["granted"]
