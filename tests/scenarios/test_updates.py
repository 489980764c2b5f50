"""A bundle is brought to a gate at work; a gate that gets none says so, and stops in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest

from host_tools.boards import profiles
from host_tools.bundles import bundle_file
from host_tools.bundles.bundle_file import Terms
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile
from host_tools.times import DAY
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets
from tests.scenarios.conftest import MakeTurnstile

HOUR = 3600
VALUES = compile_values(read_sets())
NEXT_LOOK_MS = 4000  # the terminal looks into its folder every three seconds


def updates(turnstile: Turnstile) -> list[dict[str, Any]]:
    return [note.fields for note in turnstile.record.events("update")]


def only_orange(site: DemoSite) -> bytes:
    """A policy part that accepts no green."""
    policy = cbor2.loads(site.site.policy)
    policy[1] = [3]
    return cbor2.dumps(policy)


# Updates


def test_a_running_gate_takes_an_update_and_decides_by_it(
    turnstile: Turnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    new = bundle_file.read(site.next_bundle(policy=only_orange(site)))
    update = new.since(bundle_file.read(site.bundle))
    assert set(update.parts) == {"policy"}
    turnstile.drop(update.encode())
    turnstile.wait_ms(NEXT_LOOK_MS)
    first, second = updates(turnstile)
    assert first["verdict"] == second["verdict"] == "installed"
    assert (second["version"], second["changed"]) == (2, [["policy", 2]])
    assert turnstile.present(codes["lin"]).reason == "health_colour"


def test_an_update_waits_until_nobody_is_passing(
    turnstile_of: MakeTurnstile, codes: dict[str, str]
) -> None:
    site = DemoSite.make(NOON, lane={1: 9000})
    turnstile = turnstile_of(site)
    shown = turnstile.show(site.casting.from_file("lin-all-green"))
    turnstile.gate.run(shown.last_byte_us - turnstile.gate.clock.now() + 100_000)
    assert turnstile.relay_open
    turnstile.drop(site.next_bundle(policy=only_orange(site)))
    turnstile.wait_ms(20_000)
    [pulse] = turnstile.pulses()
    [_, update] = turnstile.record.events("update")
    assert pulse.length_us == 9_000_000
    assert pulse.off_us is not None
    assert pulse.off_us <= update.at_us < pulse.off_us + 2_000_000


def test_an_update_waits_for_a_code_that_is_arriving(
    turnstile: Turnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    """What has begun to arrive is judged by the bundle that was there."""
    turnstile.wait_ms(2900)
    turnstile.drop(site.next_bundle(policy=only_orange(site)))
    assert turnstile.present(codes["lin"]).granted
    turnstile.wait_ms(NEXT_LOOK_MS)
    assert updates(turnstile)[-1]["version"] == 2


def test_a_refused_update_changes_nothing(
    turnstile: Turnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    other = DemoSite.make(NOON)
    turnstile.drop(other.next_bundle())
    turnstile.wait_ms(2 * NEXT_LOOK_MS)
    assert updates(turnstile)[1:] == [
        {"event": "update", "verdict": "refused", "reason": "bundle_signatures"}
    ]
    assert turnstile.present(codes["lin"]).granted
    folder = turnstile.gate.folder / "site"
    assert (folder / "refused.bin").exists()
    assert not (folder / "incoming.bin").exists()


def test_a_gate_that_was_given_nothing_opens_once_it_is(
    turnstile_of: MakeTurnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(bundle=None)
    assert turnstile.present(codes["lin"]).reason == "bundle_missing"
    turnstile.drop(site.bundle)
    turnstile.wait_ms(2 * NEXT_LOOK_MS)
    assert turnstile.present(codes["lin"]).granted


# Age


def aged(**terms: Terms) -> DemoSite:
    """A site whose parts have these terms."""
    site = DemoSite.make(NOON)
    changed = replace(site.site, terms={**site.site.terms, **terms})
    return replace(site, bundle=replace(site, site=changed).next_bundle())


def lamp(turnstile: Turnstile, during_ms: int) -> int:
    """How often the red lamp goes on while nobody comes."""
    red = turnstile.board.red
    assert red is not None
    turnstile.wait_ms(1500 - turnstile.gate.clock.now() % 1000 / 1000)  # between two flashes
    before = len(turnstile.record.changes)
    turnstile.wait_ms(during_ms)
    changes = turnstile.record.changes[before:]
    return sum(one.pin == red.pin and one.level == red.active for one in changes)


TERMS = Terms(NOON + 5 * DAY, warning=2 * DAY, grace=3 * DAY)
AGES: Mapping[str, tuple[int, str, str | None, int]] = {
    # when: time, what is shown, why nobody may pass, flashes in ten seconds
    "fresh": (NOON, "ready", None, 0),
    "just before the warning": (NOON + 3 * DAY - 60, "ready", None, 0),
    "to be renewed soon": (NOON + 3 * DAY, "data_ending", None, 0),
    "in its grace period": (NOON + 5 * DAY, "data_old", None, 5),
    "at the end of that": (NOON + 8 * DAY - 60, "data_old", None, 5),
    "expired": (NOON + 8 * DAY, "data_expired", "policy_expired", 10),
}


@pytest.mark.parametrize("when", AGES)
def test_a_gate_without_updates_says_so_and_stops(turnstile_of: MakeTurnstile, when: str) -> None:
    unix, shows, reason, flashes = AGES[when]
    site = aged(policy=TERMS)
    turnstile = turnstile_of(site, unix=unix)
    [said] = turnstile.record.events("data")
    assert (said.fields["shows"], said.fields["reason"]) == (shows, reason)
    assert said.fields["hours_left"]["policy"] == (NOON + 5 * DAY - unix) // HOUR
    shown = turnstile.record.events("display")[-1].fields
    assert shown["show"] == shows
    assert ("到期" in shown["zh_advice"]) == (shows == "data_ending")
    assert ("过期" in shown["zh_advice"]) == (shows == "data_old")
    assert lamp(turnstile, 10_000) == flashes
    code = replace(site, now=unix).casting.from_file("lin-all-green")
    answer = turnstile.present(code)
    assert answer.reason == reason
    assert answer.granted == (reason is None)


@pytest.mark.parametrize("lenient", [True, False])
def test_after_the_grace_period_it_is_as_the_operators_signed(
    turnstile_of: MakeTurnstile, lenient: bool
) -> None:
    site = DemoSite.make(NOON)
    terms = {"values": Terms(NOON + DAY, grace=HOUR, lenient=lenient)}
    new = site.next_bundle(values=VALUES, terms={**site.site.terms, **terms})
    turnstile = turnstile_of(replace(site, bundle=new), unix=NOON + 2 * DAY)
    assert turnstile.record.events("data")[0].fields["states"]["values"] == "expired"
    code = replace(site, now=NOON + 2 * DAY).casting.from_file("lin-all-green")
    assert turnstile.present(code).reason == (None if lenient else "values_expired")


def test_the_age_is_said_again_each_day_and_when_it_changes(turnstile_of: MakeTurnstile) -> None:
    midnight = NOON - NOON % DAY + DAY
    turnstile = turnstile_of(aged(policy=TERMS), unix=midnight - 5)
    turnstile.wait_ms(10_000)
    first, second = turnstile.record.events("data")
    assert (first.fields["shows"], second.fields["shows"]) == ("ready", "ready")
    turnstile = turnstile_of(aged(policy=TERMS), unix=NOON + 5 * DAY - 5)
    turnstile.wait_ms(10_000)
    assert [note.fields["shows"] for note in turnstile.record.events("data")] == [
        "data_ending", "data_old",
    ]  # fmt: skip
    assert turnstile.record.events("display")[-1].fields["show"] == "data_old"


def test_a_new_bundle_ends_the_warning(turnstile_of: MakeTurnstile) -> None:
    site = aged(policy=TERMS)
    turnstile = turnstile_of(site, unix=NOON + 6 * DAY)
    turnstile.drop(site.next_bundle(issued=NOON + 6 * DAY, expires=NOON + 20 * DAY, terms={}))
    turnstile.wait_ms(NEXT_LOOK_MS)
    assert turnstile.record.events("display")[-1].fields["show"] == "ready"
    assert lamp(turnstile, 10_000) == 0


# The clock


def test_a_clock_that_was_set_back_is_noticed_after_a_power_cut(
    tmp_path: Path, micropython: Interpreter, site: DemoSite
) -> None:
    def powered(unix: int) -> Turnstile:
        board = profiles.load("esp32-devkit")
        return Turnstile(
            tmp_path, board, bundle=None, root=site.root, gate_id=site.gate_id, unix=unix,
            interpreter=micropython,
        )  # fmt: skip

    code = site.casting.from_file("lin-all-green")
    with powered(NOON) as turnstile:
        turnstile.drop(site.bundle)
        turnstile.wait_ms(2 * NEXT_LOOK_MS)
        assert turnstile.present(code).granted
    with powered(NOON + 5 * HOUR) as turnstile:
        turnstile.wait_ms(NEXT_LOOK_MS)
    with powered(NOON + 4 * HOUR) as turnstile:
        assert turnstile.present(code).reason == "clock_untrusted"
    with powered(NOON + 5 * HOUR - 300) as turnstile:
        assert turnstile.present(code).granted, "a clock that is corrected by a little is not wrong"
    with powered(NOON + 400 * DAY) as turnstile:  # far ahead by mistake, and nothing counts there
        turnstile.wait_ms(NEXT_LOOK_MS)
    with powered(NOON + 6 * HOUR) as turnstile:
        assert turnstile.present(code).granted
