"""The EU's published test cases shown to the simulated gate: it opens for valid certificates and
stays shut for the others, each for its published cause."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import build
from host_tools.bundles.certificates import entry_of
from host_tools.bundles.entry import merge
from host_tools.bundles.site import Site
from host_tools.cbor import encode
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import ES256
from host_tools.simulator.turnstile import Outcome
from tests.scenarios.conftest import MakeTurnstile
from tests.vectors.test_dcc import expected_stages

DAY = 86400
PULSE_MS = 100

Case = dict[str, Any]

# Any certificate opens that says what it must: vaccinated, tested negative, or recovered. No replay
# window, since some cases hold the same certificate.
POLICY = {
    1: [1],
    2: {},
    3: [],
    4: [{1: "vaccinated", 2: {3: {}}}, {1: "tested", 2: {4: {}}}, {1: "recovered", 2: {5: {}}}],
    5: {1: PULSE_MS, 2: 0, 3: False, 4: 30, 5: 60},
}


@pytest.fixture(scope="module")
def cases(shared_vectors: Path) -> list[Case]:
    return [json.loads(line) for line in (shared_vectors / "dcc.jsonl").read_text().splitlines()]


def a_bundle(cases: list[Case], operator: PrivateKey, clock: int) -> bytes:
    """Every certificate of the cases is trusted; the gate's clock is that of one case."""
    ders = {base64.b64decode(case["certificate"]) for case in cases}
    issuers = tuple(merge(entry_of(der, "dcc") for der in ders))
    site = Site("DCC", 1, clock - DAY, clock + DAY, (), issuers, encode(POLICY))
    return build.build(site, [operator])


def test_the_gate_opens_for_valid_certificates_only(
    turnstile_of: MakeTurnstile, cases: list[Case]
) -> None:
    operator = generate(ES256)
    root = build.root([operator.public], 1)
    by_clock: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        by_clock[round(datetime.fromisoformat(case["clock"]).timestamp())].append(case)
    wrong = []
    opened = 0
    for clock, at_once in by_clock.items():
        bundle = a_bundle(cases, operator, clock)
        turnstile = turnstile_of(bundle=bundle, root=root, unix=clock)
        for case in at_once:
            before = len(turnstile.pulses())
            outcome = turnstile.present(case["code"])
            pulses = turnstile.pulses()[before:]
            if not fits(outcome, [pulse.length_us for pulse in pulses], case):
                wrong.append((case["id"], case["description"], outcome.decision))
            opened += len(pulses)
    assert not wrong
    assert opened > 15


def fits(outcome: Outcome, pulses: list[int | None], case: Case) -> bool:
    """Whether the relay and the reason are what the case's flags say."""
    stages = expected_stages(case)
    if stages:
        return pulses == [] and outcome.decision["stage"] in stages
    return outcome.granted and len(pulses) == 1
