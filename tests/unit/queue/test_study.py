"""What is drawn, what is varied, and that docs/queue.md is what the sources say today."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

from host_tools.boards import profiles
from host_tools.cli.sim_queue import PAGE, PICTURE, SEED, STORED
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from host_tools.queue import assumptions, plot, report, study
from host_tools.queue.assumptions import Assumptions
from host_tools.queue.draws import Draws, quantile
from host_tools.queue.terminal import CODES, Terminal
from host_tools.queue.visits import WAYS, crowd, visits
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile
from tests.unit.gatectl import gatectl_here

SMALL = study.Size(rates=(6, 12), minutes=10, crowds=2, people=100)


# Chance


def test_the_spread_is_what_the_assumption_says(assumed: Assumptions) -> None:
    draws = Draws(assumed, 3)
    drawn = sorted(draws.seconds("page_load") for _ in range(20_000))
    assert statistics.median(drawn) == pytest.approx(assumed["page_load"].value, rel=0.03)
    assert drawn[int(0.95 * len(drawn))] == pytest.approx(19, rel=0.05)
    assert quantile(assumed["page_load"], 0.95) == pytest.approx(19)
    assert quantile(assumed["relay"], 0.3) == assumed["relay"].value, "the same for everybody"


def test_one_changed_assumption_leaves_all_other_draws_alone(assumed: Assumptions) -> None:
    before, after = Draws(assumed, 1), Draws(assumed.with_value("aim", 2), 1)
    for _ in range(50):
        after.seconds("aim")
        assert before.seconds("walk") == after.seconds("walk")
        assert before.happens("ready") == after.happens("ready")


@pytest.mark.parametrize("group", [1, 4])
def test_a_crowd_comes_at_its_rate(assumed: Assumptions, group: int) -> None:
    draws = Draws(assumed.with_value("group", group), 5)
    arrivals = crowd(draws, 20, 600)
    assert len(arrivals) / 600 == pytest.approx(20, rel=0.06)
    assert arrivals == sorted(arrivals) and arrivals[0] > 0 and arrivals[-1] < 600 * 60
    assert len(set(arrivals)) == pytest.approx(len(arrivals) / group, rel=0.1)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_same_seed_gives_the_same_crowd(
    assumed: Assumptions, terminal: Terminal, way: study.Way
) -> None:
    one, same, other = (
        visits(way, Draws(assumed, seed), terminal, [0.0] * 50) for seed in (1, 1, 2)
    )
    assert one == same != other


# What a way of checking is made of


def test_with_nothing_left_to_chance_our_check_is_the_sum_of_its_parts(
    assumed: Assumptions, terminal: Terminal
) -> None:
    for name, value in {"ready": 1, "reread": 0, "refused": 0, "aim": 0, "step_up": 0}.items():
        assumed = assumed.with_value(name, value)
    (visit,) = visits(WAYS[0], Draws(assumed, 1), terminal, [0.0])
    expected = 0.4 + 764 * 10 / 9600 + terminal.instructions * 1.5 / 240e6
    assert visit.at_reader == pytest.approx(expected)


def test_a_longer_wait_anywhere_never_lets_more_people_through(
    assumed: Assumptions, terminal: Terminal
) -> None:
    """In the units of seconds each assumption can only cost."""
    slower = [name for name, one in assumed.items() if one.unit == "s"]
    assert len(slower) > 10
    for way in WAYS:
        base = study.capacity(way, assumed, terminal, 1, 100)
        for name in slower:
            changed = assumed.with_value(name, assumed[name].high)
            assert study.capacity(way, changed, terminal, 1, 100) <= base, name


def test_no_more_get_through_than_come_or_than_the_lane_can(
    assumed: Assumptions, terminal: Terminal
) -> None:
    document = study.study(assumed, terminal, 1, SMALL)
    for way in document["ways"].values():
        for point in way["rates"]:
            assert 0 < point["low"] <= point["through"] <= point["high"]
            assert point["median_s"] <= point["p95_s"]
        slow, fast = way["rates"]
        assert slow["median_s"] < fast["median_s"], "a larger crowd waits longer"


# Our terminal's part


@pytest.fixture(scope="module")
def site() -> DemoSite:
    return DemoSite.make(NOON)


@pytest.fixture
def codes(site: DemoSite) -> dict[str, str]:
    return {
        "printed": site.casting.from_file("lin-all-green"),
        "live": site.casting.from_file("zhou-several-issuers", True),
    }


@pytest.mark.parametrize("name", list(CODES))
def test_codes_are_as_long_as_people_s_are(codes: dict[str, str], name: str) -> None:
    with_line_end = len(codes[name]) + 1
    assert abs(CODES[name].characters - with_line_end) <= 4, "a signature's leading zeros"


@pytest.mark.parametrize("baud", study.BAUDS)
def test_the_simulated_gate_s_line_takes_what_is_calculated(
    site: DemoSite,
    codes: dict[str, str],
    terminal: Terminal,
    micropython: Interpreter,
    tmp_path: Path,
    baud: int,
) -> None:
    code = codes["live"]
    turnstile = Turnstile(
        tmp_path, terminal.board, bundle=site.bundle, root=site.root, baud=baud,
        interpreter=micropython,
    )  # fmt: skip
    calculated = Terminal(terminal.board, baud, CODES["live"]).transfer_s
    with turnstile:
        began = turnstile.gate.clock.now()
        took = (turnstile.show(code).last_byte_us - began) / 1e6
    assert took * CODES["live"].characters / (len(code) + 1) == pytest.approx(calculated, rel=1e-3)


def test_the_decision_is_counted_and_never_the_largest_part(terminal: Terminal) -> None:
    assert terminal.instructions > 5_000_000
    assert 0.01 < terminal.decision_s(1.5) < 0.1 < terminal.transfer_s
    c3 = Terminal(profiles.load("esp32-c3-devkit"), 9600, CODES["live"])
    assert c3.decision_s(1) > terminal.decision_s(1), "at 160 MHz instead of 240"


# What a reader thinks instead


def test_a_file_and_single_figures(assumed: Assumptions, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("page_load: {value: 3, p95: 9, source: my own watch}\nready: 0.6\n")
    changed = assumptions.changed(assumed, mine, ["aim=1.6", "cycles = 2"])
    assert (changed["page_load"].value, changed["page_load"].p95) == (3, 9)
    assert changed["page_load"].source == "my own watch"
    assert changed["ready"].value == 0.6
    assert changed["aim"].value == 1.6
    assert changed["aim"].p95 == pytest.approx(3.6), "people still differ as they did"
    assert changed["walk"] == assumed["walk"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("walks: 1\n", "did you mean walk"),
        ("ready: 1.5\n", "from 0 to 1"),
        ("walk: fast\n", "no figure"),
        ("walk: nan\n", "no figure"),
        ("walk: -1\n", "no figure"),
        ("walk: {value: 3, p95: 2}\n", "p95 is below value"),
        ("walk: {low: 3, high: 2}\n", "low is higher"),
        ("walk: {unit: h}\n", "'unit' is not known here"),
        ("walk: [1]\n", "single value"),
    ],
)
def test_mistakes_in_the_file_are_shown(
    assumed: Assumptions, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(Failure, match=said):
        assumptions.changed(assumed, tmp_path / "mine.yaml", [])


@pytest.mark.parametrize("setting", ["aim", "aims=1", "aim=soon", "ready=2", "pages=0", "=1"])
def test_so_are_those_on_the_command_line(assumed: Assumptions, setting: str) -> None:
    with pytest.raises(Failure, match="--set"):
        assumptions.changed(assumed, None, [setting])


@pytest.mark.parametrize("rates", ["5", "0:9:1", "1:900:1", "9:1:1", "1:9:0", "a:b:c"])
def test_rates_that_make_no_sense(tmp_path: Path, rates: str) -> None:
    done = gatectl_here("sim", "queue", "--rates", rates, cwd=tmp_path)
    assert done.returncode == 2 and "--rates" in done.stderr


def test_the_command_s_json_is_the_study_s_document(tmp_path: Path) -> None:
    done = gatectl_here(
        "sim", "queue", "--json", "--rates", "4:8:4", "--minutes", 2, "--people", 50,
        "--code", "printed", "--svg", "mine.svg", cwd=tmp_path,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert [point["rate"] for point in document["ways"]["one"]["rates"]] == [4, 8]
    assert document["terminal"]["characters"] == CODES["printed"].characters
    assert "people who come" in (tmp_path / "mine.svg").read_text()


# The page


@pytest.fixture(scope="module")
def stored() -> dict[str, object]:
    document: dict[str, object] = json.loads(STORED.read_text(encoding="utf-8"))
    return document


def test_page_and_picture_are_those_of_the_stored_figures(stored: dict[str, object]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert report.placed(page, stored) == page, "gatectl sim queue --update-docs"
    assert plot.svg(stored) == PICTURE.read_text(encoding="utf-8")


def test_the_stored_figures_are_those_of_today(
    stored: dict[str, object], assumed: Assumptions, terminal: Terminal
) -> None:
    """A part of the study, done again; the whole takes half a minute."""
    size = study.Size()
    assert stored["assumptions"] == study.told(assumed)
    assert stored["codes"] == study.codes(assumed, terminal, SEED, size.people)
    for way in WAYS:
        found = stored["ways"][way.name]  # type: ignore[index]
        assert found["capacity"] == study.capacity(way, assumed, terminal, SEED, size.people)
        again = study.at_rate(way, assumed, terminal, SEED, size, 6)
        assert again in found["rates"]
