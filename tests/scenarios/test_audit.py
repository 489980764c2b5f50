"""What a whole terminal leaves in its audit log."""

from __future__ import annotations

import json
from typing import Any

from host_tools.audit import folder
from host_tools.audit.bodies import Record
from host_tools.audit.walking import Finding, Proved, Walk
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile

from ..unit.gatectl import works_here


def read(turnstile: Turnstile) -> list[Record]:
    """The log, which is right."""
    steps = list(Walk(folder.find(turnstile.gate.folder)).steps())
    assert [step for step in steps if isinstance(step, Finding)] == []
    return [step.record for step in steps if isinstance(step, Proved)]


def test_everyone_of_the_demo_is_in_the_log_and_nobody_is_named(
    turnstile: Turnstile, site: DemoSite
) -> None:
    said = []
    for person in site.people():
        shown = turnstile.send(person.data) if person.raw else turnstile.present(person.data)
        said.append(shown.reason)
    turnstile.wait_ms(5000)
    records = read(turnstile)
    decisions = [record for record in records if record.kind == "decision"]
    assert [record.text("reason") or None for record in decisions] == said
    granted = [record for record in decisions if record.text("verdict") == "granted"]
    assert len(granted) == said.count(None) > 3
    assert {record.text("gate") for record in decisions} == {site.gate_id}
    assert all(record.unix is not None for record in decisions)
    passages = [record for record in records if record.kind == "passage"]
    assert [one.fields["subject"] for one in passages] == [one.fields["subject"] for one in granted]
    assert {record.text("gate") for record in passages} == {site.gate_id}
    [update] = [record for record in records if record.kind == "update"]
    assert (update.text("verdict"), update.fields["version"]) == ("installed", 1)
    assert [record.kind for record in records if record.kind == "start"] == ["start"]
    content = b"".join(
        path.read_bytes()
        for path in (turnstile.gate.folder / "site" / "log").rglob("*")
        if path.is_file()
    )
    for personal in (b"Musterfrau", b"ERIKA", b"1964", b"URN:UVCI", b"OC1:", b"HC1:"):
        assert personal not in content
    assert bytes.fromhex("5a1f3c77d20b94e6") not in content, "the subject itself"


def test_a_person_is_found_by_the_code(turnstile: Turnstile, codes: dict[str, str]) -> None:
    turnstile.present(codes["lin"])
    turnstile.present(codes["erika"])
    for name in ("lin", "erika"):
        code = turnstile.gate.folder / f"{name}.txt"
        code.write_text(codes[name])
        out = works_here("log", "find", ".", "--code", code, "--json", cwd=turnstile.gate.folder)
        found: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
        decisions = [one for one in found if one["event"] == "decision"]
        assert [one["verdict"] for one in decisions] == ["granted"]


def test_the_log_goes_on_after_a_power_cut(turnstile: Turnstile, codes: dict[str, str]) -> None:
    turnstile.present(codes["lin"])
    turnstile.power_off()
    turnstile.power_on(unix=NOON + 600)
    turnstile.wait_ms(1000)
    turnstile.present(codes["erika"])
    turnstile.power_off()
    turnstile.power_on()  # with a clock that begins anew
    turnstile.wait_ms(1000)
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"
    records = read(turnstile)
    assert [record.start for record in records if record.kind == "start"] == [1, 2, 3]
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    decisions = [record for record in records if record.kind == "decision"]
    assert [record.unix is None for record in decisions] == [False, False, True]
    assert decisions[-1].start == 3 and decisions[-1].ms is not None


def test_a_fire_is_in_the_log(turnstile: Turnstile) -> None:
    turnstile.fire(True)
    turnstile.wait_ms(500)
    turnstile.fire(False)
    turnstile.wait_ms(500)
    kinds = [record.kind for record in read(turnstile)]
    assert [kind for kind in kinds if kind.startswith("fire")] == ["fire_on", "fire_off"]
