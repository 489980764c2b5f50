"""Barriers with everything that can be wired to one, and sites that say how they behave."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host_tools import yaml_file
from host_tools.simulator.demo_site import FILE, DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile

if TYPE_CHECKING:
    from .conftest import MakeTurnstile

PULSE_MS = 3000
SITE = FILE.read_text("utf-8").partition("\nlane:")[0]

SENSED = """
name: sensed
title: A turnstile whose sensor sees people
chip: esp32s3
flash: 8
readers: [{kind: plain, uart: 1, rx: 18, tx: 17, baud: 9600}]
relays: [{pin: 4, safe: low, bias: down}]
lanes:
  - readers: [0]
    relays: [0]
    passage: {pin: 6, active: low, pull: up}
    request_to_exit: {pin: 7, active: low, pull: up}
"""
DOOR = SENSED.replace("    passage: {pin: 6,", "    door: {pin: 6,")
TWO_WAY = """
name: two-way
title: A turnstile with a reader and a relay for each direction
chip: esp32s3
flash: 8
readers:
  - {kind: plain, uart: 1, rx: 18, tx: 17, baud: 9600}
  - {kind: plain, uart: 2, rx: 8, tx: 9, baud: 9600}
relays: [{pin: 4, safe: low, bias: down}, {pin: 5, safe: low, bias: down}]
lanes:
  - readers: [0, 1]
    relays: [0, 1]
    passage: {pin: 6, active: low, pull: up}
    request_to_exit: {pin: 7, active: low, pull: up}
"""
INPUTS = """inputs:
  fire: {pin: 10, active: high, pull: up}
  tamper: {pin: 11, active: high, pull: up}
  lock: {pin: 12, active: low, pull: up}
  maintenance: {pin: 13, active: low, pull: up}
"""
IN, OUT = 0, 1  # readers of a two-way turnstile
GATES = ("A-in", "A-out")
BOTH_WAYS = """
lanes:
  - {gates: A-in, direction: entry, zone: hall, anti_passback: 1 hour, replay: 10 seconds}
  - {gates: A-out, direction: exit, zone: hall, anti_passback: 1 hour, replay: 10 seconds}
"""

MakeLane = Callable[..., Turnstile]


@cache
def site_of(rules: str) -> DemoSite:
    """Making keys takes longer than most stories."""
    return DemoSite.make(NOON, document=yaml_file.parse(rules.encode(), "site.yaml"))


def maker(turnstile_of: MakeTurnstile, tmp_path_factory: Any) -> MakeLane:
    """Powers on a turnstile with this board, lane and further lanes."""

    def make(
        board: str = SENSED, lane: str = "", lanes: str = "", capacity: int = 50, **options: Any
    ) -> Turnstile:
        path: Path = tmp_path_factory.mktemp("board") / "board.yaml"
        path.write_text(board + INPUTS)
        site = SITE.replace("policy:\n", f"policy:\n  zones: {{hall: {capacity}}}\n", 1)
        usual = f"pulse: {PULSE_MS} ms, replay: 5 minutes"
        made = site_of(f"{site}\nlane: {{{usual}, {lane}}}\n{lanes}")
        if board is TWO_WAY:
            options.setdefault("gates", GATES)
        turnstile = turnstile_of(made, board=str(path), **options)
        casting = made.casting
        turnstile.codes = {  # type: ignore[attr-defined]
            "lin": casting.from_file("lin-all-green"),
            "erika": casting.dcc("AT"),
            "max": casting.dcc("DE"),
        }
        return turnstile

    return make


def code(turnstile: Turnstile, name: str) -> str:
    return str(turnstile.codes[name])  # type: ignore[attr-defined]


def scan(turnstile: Turnstile, name: str, reader: int = 0) -> str | None:
    """Show a code and wait for the verdict: None, or why not. The lane goes on by itself."""
    before = len(turnstile.record.events("decision"))
    turnstile.show(code(turnstile, name), reader)
    answered = turnstile.gate.run_ms(
        5000, lambda: len(turnstile.record.events("decision")) > before
    )
    assert answered, "no answer"
    turnstile.wait_ms(20)
    reason: str | None = turnstile.record.events("decision")[-1].fields["reason"]
    return reason


def walk(turnstile: Turnstile) -> None:
    """Somebody goes through, and is through when this returns."""
    end = turnstile.walk_through()
    turnstile.gate.run(end - turnstile.gate.clock.now())
    turnstile.wait_ms(100)


def state(turnstile: Turnstile) -> tuple[str, str | None]:
    """The lane's state and alarm, as the log said last."""
    said = turnstile.record.events("lane")
    return (said[-1].fields["state"], said[-1].fields["alarm"]) if said else ("idle", None)


def events(turnstile: Turnstile, name: str) -> list[dict[str, Any]]:
    return [note.fields for note in turnstile.record.events(name)]


def shown(turnstile: Turnstile) -> str:
    return str(turnstile.record.events("display")[-1].fields["show"])
