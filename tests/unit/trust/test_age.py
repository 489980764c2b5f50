"""How old parts are: fresh, ending, in grace, expired; and which refusal follows from that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCRIPT = """
import json
from gate.trust import age

class Part:
    def __init__(self, expires, warning, grace, lenient=False):
        self.expires, self.warning, self.grace, self.lenient = expires, warning, grace, lenient

class Manifest:
    def __init__(self, **parts):
        self.parts = parts
        self.order = ["trust", "policy", "revocation", "recent", "values"]
        self.order = [name for name in self.order if name in parts]

part = Part(1000, 100, 50)
print(json.dumps([age.state(part, now) for now in (899, 900, 999, 1000, 1049, 1050)]))
for name in ("trust", "policy", "revocation", "recent", "values"):
    parts = {"trust": Part(5000, 0, 0), "policy": Part(5000, 0, 0)}
    parts[name] = part
    manifest = Manifest(**parts)
    print(json.dumps([age.refusal(manifest, now) for now in (1049, 1050)]))
    assert age.refuses_at(manifest) == 1050
lenient = Manifest(trust=Part(5000, 0, 0), policy=Part(6000, 0, 0), values=Part(10, 0, 0, True))
print(json.dumps([age.refusal(lenient, 4999), age.worst(lenient, 4999), age.refuses_at(lenient)]))
"""


def test_states_and_refusals_of_every_part(run_firmware: Callable[..., list[Any]]) -> None:
    states, *refusals, lenient = run_firmware(SCRIPT)
    assert states == ["fresh", "ending", "ending", "grace", "grace", "expired"]
    assert refusals == [
        [None, "trust_expired"],
        [None, "policy_expired"],
        [None, "revocation_expired"],
        [None, "revocation_expired"],
        [None, "values_expired"],
    ]
    assert lenient == [None, "expired", 5000]
