"""Policies in words, and what the firmware decides by them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from textwrap import dedent, indent
from typing import Any

from host_tools import interpreter as micropython
from host_tools import yaml_file
from host_tools.firmware import ROOT
from host_tools.interpreter import Interpreter
from host_tools.policies.site_rules import FIELDS, compile_rules

TRACING = ROOT / "host_tools" / "policies" / "device"
MAIN = Path(__file__).with_name("batch_main.py")
NOW = 1_790_000_000
HOUR = 3600
DAY = 86400
TODAY = NOW // DAY

Claims = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """One presentation under one policy part."""

    policy: bytes
    claims: Claims
    format: str = "OC1"
    now: int | None = NOW
    proof: tuple[int, str | None] | None = None
    gate: str | None = "A-1"
    subject: str = "00112233aabbccdd"
    hcert: Any = None


def part(policy: str, lane: str = "", home: str | None = "CN-31", more: str = "") -> bytes:
    """The policy part of a site's `policy:` and `lane:` sections, written as in a site's file."""
    site = f"policy:\n{indent(dedent(policy), '  ')}\n"
    if lane:
        site += f"lane:\n{indent(dedent(lane), '  ')}\n"
    if home:
        site += f"home: {home}\n"
    return site_part(site + dedent(more))


def site_part(site: str) -> bytes:
    """The policy part of a site's file, or rather of its sections that are about rules."""
    root = yaml_file.parse(site.encode(), "site.yaml")
    compiled = compile_rules(root.mapping(FIELDS, ("policy",)), NOW - DAY, NOW + 30 * DAY)
    root.finish()
    return compiled


def decide(
    cases: Sequence[Case], interpreter: Interpreter, explained: bool = False
) -> list[list[Any]]:
    """[granted, reason, rule, claim, named] for each case. explained: as `policy explain` does."""
    with NamedTemporaryFile("w", suffix=".txt") as lines:
        for case in cases:
            document = {**vars(case), "policy": case.policy.hex()}
            lines.write(json.dumps(document) + "\n")
        lines.flush()
        outcome = micropython.run(
            [str(MAIN), lines.name, *(["explained"] if explained else [])],
            interpreter=interpreter, heap="2M", extra_path=[TRACING],
        )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    answers = [json.loads(line) for line in outcome.stdout.split("\n") if line]
    assert len(answers) == len(cases)
    return answers


def health(place: str = "CN-31", colour: str = "green", age: int = HOUR) -> dict[str, Any]:
    return {"issuer": "i", "jurisdiction": place, "colour": colour, "at": NOW - age}


def travel(regions: Mapping[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    visited = {region: TODAY - ago for region, ago in (regions or {"CN-31": 0}).items()}
    usual = {"issuer": "i", "jurisdiction": "CN", "days": 14, "at": NOW - HOUR, "risk": []}
    return {**usual, "regions": visited, **changes}


def vaccination(dose: int = 3, of: int = 3, ago: int = 100, place: str = "CN") -> dict[str, Any]:
    return {
        "issuer": "i", "jurisdiction": place, "product": "X", "dose": dose, "of": of,
        "day": TODAY - ago,
    }  # fmt: skip


def test(result: str = "negative", age: int = HOUR, **changes: Any) -> dict[str, Any]:
    usual = {"issuer": "i", "jurisdiction": "CN-31", "kind": "naat"}
    return {**usual, "result": result, "at": NOW - age, **changes}


def recovery(first: int = 60, start: int = 49, end: int = -100) -> dict[str, Any]:
    return {
        "issuer": "i", "jurisdiction": "AT", "first": TODAY - first, "from": TODAY - start,
        "until": TODAY - end,
    }  # fmt: skip
