"""Stories of people whom a site's rules treat differently, at a simulated gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from host_tools import yaml_file
from host_tools.bundles import build
from host_tools.bundles.site import read_site
from host_tools.codes.issuing import Shown, issue
from host_tools.codes.person import read_person
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import ES256
from tests.scenarios.conftest import MakeTurnstile

EVENING = int(datetime(2026, 11, 24, 10, 59, tzinfo=UTC).timestamp())  # 18:59 in Shanghai
NAMES = ("national", "shanghai", "hospital", "phone")
ZHOU, LIN, WU = "7be2049fd5a1c836", "5a1f3c77d20b94e6", "0badc0de0badc0de"

SITE = """
site: West campus
version: 1
home: CN-31
timezone: Asia/Shanghai
issued: 1 hour ago
trust:
  issuers:
    - {{key: national, name: National platform}}
    - {{key: shanghai, name: Shanghai health, for: [CN-31]}}
    - {{key: hospital, name: Ruijin Hospital, for: [CN]}}
policy:
  speakers: {{health: [CN]}}
  conflict: {conflict}
  hours: {{office: [Mon-Fri 07:30-19:00]}}
  lists:
    staff: {{subjects: ["{staff}"], spares: [replay, anti_passback]}}
    banned: {{subjects: ["{banned}"], deny: yes}}
  ways:
    - {{name: staff, list: staff, health: any}}
    - {{name: visitor, health: {{max_age: 24 hours}}}}
lane: {{pulse: 500 ms, replay: 1 minute, {lane}}}
texts:
  site_closed: {{zh: 已关闭, en: Closed for today | Come tomorrow.}}
"""


class Campus:
    """A site made for a story, and codes of people who come there."""

    def __init__(self, lane: str = "", conflict: str = "most_restrictive") -> None:
        self.keys: dict[str, PrivateKey] = {name: generate(ES256) for name in NAMES}
        text = SITE.format(lane=lane, conflict=conflict, staff=ZHOU, banned=WU)
        root = yaml_file.parse(text.encode(), "campus.yaml")
        site = read_site(root, EVENING, lambda name: self.keys[name].public)
        operator = generate(ES256)
        self.bundle = build.build(site, [operator])
        self.root = build.root([operator.public], 1)

    def code(self, subject: str, *health: tuple[str, str, str], hours_ago: int = 1) -> str:
        """A code with health statuses: issuer, place and colour of each."""
        said = health or (("national", "CN", "green"),)
        claims = ", ".join(
            f"{{issuer: {issuer}, jurisdiction: {place}, colour: {colour}, "
            f"assessed: {hours_ago} hours ago}}"
            for issuer, place, colour in said
        )
        text = f'subject: "{subject}"\nholder: phone\nhealth: [{claims}]\n'
        person = read_person(yaml_file.parse(text.encode(), "person.yaml"), EVENING)
        return issue(
            person, self.keys.__getitem__, lambda name: self.keys[name].public,
            shown=Shown(EVENING) if subject == ZHOU else None,
        )  # fmt: skip


MakeCampus = Callable[..., tuple[Campus, Any]]


@pytest.fixture
def campus_of(turnstile_of: MakeTurnstile) -> MakeCampus:
    def make(**site: str) -> tuple[Campus, Any]:
        campus = Campus(**site)
        turnstile = turnstile_of(bundle=campus.bundle, root=campus.root, unix=EVENING)
        return campus, turnstile

    return make


def test_visitors_go_home_at_seven_and_the_night_shift_comes(campus_of: MakeCampus) -> None:
    campus, turnstile = campus_of(lane="hours: office, outside: [staff]")
    lin, zhou = campus.code(LIN), campus.code(ZHOU)
    shown = turnstile.present(lin)
    assert shown.granted
    assert shown.decision["rule"] == "visitor"
    turnstile.wait_ms(65_000)  # it is past seven now
    late = turnstile.present(lin)
    assert late.reason == "site_closed"
    assert (late.texts["en"], late.texts["en_advice"]) == ("Closed for today", "Come tomorrow.")
    assert late.texts["zh"] == "已关闭"
    night = turnstile.present(zhou)
    assert night.granted
    assert night.decision["rule"] == "staff"
    assert len(turnstile.pulses()) == 2


def test_whoever_is_banned_stays_outside_whatever_the_code_says(campus_of: MakeCampus) -> None:
    campus, turnstile = campus_of()
    wu = turnstile.present(campus.code(WU))
    assert (wu.reason, wu.decision["rule"]) == ("subject_denied", "banned")
    assert wu.pulse is None
    assert "0badc0de" not in " ".join(note.text for note in turnstile.record.notes)
    assert turnstile.present(campus.code(LIN)).granted


def test_nobody_comes_in_twice_without_going_out(campus_of: MakeCampus) -> None:
    campus, turnstile = campus_of(lane="direction: entry, anti_passback: 2 hours")
    first, another = campus.code(LIN), campus.code(LIN, hours_ago=2)
    assert first != another
    assert turnstile.present(first).granted
    assert turnstile.present(another).reason == "replayed"
    turnstile.wait_ms(70_000)
    assert turnstile.present(another).reason == "already_inside", "handed over the fence"
    turnstile.wait_ms(7_200_000)
    assert turnstile.present(first).granted
    zhou = campus.code(ZHOU)
    assert [turnstile.present(zhou).granted for _ in range(3)] == [True] * 3, "staff are spared"


@pytest.mark.parametrize(
    ("conflict", "verdicts"),
    [
        ("most_restrictive", ("health_colour", "health_colour")),
        ("local_wins", ("health_colour", None)),
        ("national_wins", (None, "health_colour")),
    ],
)
def test_city_and_nation_disagree(
    campus_of: MakeCampus, conflict: str, verdicts: tuple[str | None, str | None]
) -> None:
    campus, turnstile = campus_of(conflict=conflict)
    city_orange = campus.code(LIN, ("national", "CN", "green"), ("shanghai", "CN-31", "orange"))
    city_green = campus.code("11" * 8, ("national", "CN", "orange"), ("shanghai", "CN-31", "green"))
    shown = [turnstile.present(code) for code in (city_orange, city_green)]
    assert tuple(one.reason for one in shown) == verdicts
    for one, place in zip(shown, ("CN-31", "CN"), strict=True):
        if one.reason:
            assert (one.decision["rule"], one.decision["jurisdiction"]) == ("colours", place)
