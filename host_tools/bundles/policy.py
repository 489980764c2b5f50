"""The policy of a site in words (YAML) -> the policy part (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from host_tools.cbor import encode
from host_tools.names import COLOURS, FORMATS, KINDS, TEST_KINDS
from host_tools.times import DAY
from host_tools.yaml_file import Item

FIELDS = ("colours", "speakers", "risk_regions", "ways")
LANE_FIELDS = ("pulse", "replay", "proof", "clock_skew")
MAX_WAYS = 8
MAX_RISKS = 64
MAX_SECONDS = 3153600000  # 100 years

PULSE_MS = 3000
REPLAY_S = 600
PROOF_AGE_S = 30
SKEW_S = 60

_AGES = ("max_age", "min_age")
# kind -> what may be asked of it besides ages and places
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "health": (),
    "travel": ("window",),
    "vaccination": ("dose", "complete"),
    "test": ("kinds",),
    "recovery": (),
}


@dataclass(frozen=True)
class Lane:
    """How the lane behaves: milliseconds, seconds."""

    pulse_ms: int = PULSE_MS
    replay: int = REPLAY_S
    proof: bool = False
    proof_age: int = PROOF_AGE_S
    skew: int = SKEW_S

    def fields(self) -> dict[int, object]:
        return {1: self.pulse_ms, 2: self.replay, 3: self.proof, 4: self.proof_age, 5: self.skew}


def read_policy(item: Item, lane: Lane, home: str | None) -> bytes:
    """The policy part of a site's `policy:` section."""
    parts = item.mapping(FIELDS, ("ways",))
    accepted = parts["colours"].items(1, len(COLOURS)) if "colours" in parts else []
    fields: dict[int, object] = {
        1: sorted({colour.choice(COLOURS) for colour in accepted} or {COLOURS["green"]}),
        2: _speakers(parts["speakers"]) if "speakers" in parts else {},
        3: parts["risk_regions"].jurisdictions(MAX_RISKS) if "risk_regions" in parts else [],
        4: [_way(way) for way in parts["ways"].items(1, MAX_WAYS)],
        5: lane.fields(),
    }
    if home is not None:
        fields[6] = home
    return encode(fields)


def read_lane(item: Item) -> Lane:
    """The `lane:` section; whatever is not said has its usual value."""
    parts = item.mapping(LANE_FIELDS)
    proof, proof_age = False, PROOF_AGE_S
    if "proof" in parts and parts["proof"].is_mapping:
        inner = parts["proof"].mapping(("required", "max_age"), ("required",))
        proof = inner["required"].boolean()
        proof_age = inner["max_age"].duration(5, 600) if "max_age" in inner else PROOF_AGE_S
    elif "proof" in parts:
        proof = parts["proof"].boolean()
    return Lane(
        pulse_ms=_milliseconds(parts["pulse"]) if "pulse" in parts else PULSE_MS,
        replay=parts["replay"].duration(0, DAY) if "replay" in parts else REPLAY_S,
        proof=proof,
        proof_age=proof_age,
        skew=parts["clock_skew"].duration(0, 3600) if "clock_skew" in parts else SKEW_S,
    )


def _speakers(item: Item) -> dict[int, object]:
    kinds = item.mapping(tuple(KINDS))
    return {KINDS[kind]: places.jurisdictions() for kind, places in kinds.items()}


def _way(item: Item) -> dict[int, object]:
    parts = item.mapping(("name", "formats", *KINDS), ("name",))
    needs = {KINDS[kind]: _need(kind, parts[kind]) for kind in KINDS if kind in parts}
    if not needs:
        item.fail(f"this way asks for nothing; add one of {', '.join(KINDS)}")
    way: dict[int, object] = {1: parts["name"].text(1, 32), 2: needs}
    if "formats" in parts:
        way[3] = sum({form.choice(FORMATS) for form in parts["formats"].items(1, len(FORMATS))})
    return way


def _need(kind: str, item: Item) -> dict[int, object]:
    """What is asked of one kind of claim; "any" or nothing at all: that there is one."""
    if not item.is_mapping:
        if item.node.value not in ("any", ""):
            item.fail("say what is asked, such as {max_age: 24 hours}, or any")
        return {}
    parts = item.mapping((*_AGES, *_NEEDS[kind], "from"))
    need: dict[int, object] = {}
    for number, name in enumerate(_AGES, 1):
        if name in parts:
            need[number] = parts[name].duration(0, MAX_SECONDS)
    if "dose" in parts:
        need[3] = parts["dose"].integer(1, 9)
    if "window" in parts:
        need[3] = parts["window"].duration(DAY, 60 * DAY) // DAY
    if "complete" in parts:
        need[4] = parts["complete"].boolean()
    if "kinds" in parts:
        need[5] = sorted({one.choice(TEST_KINDS) for one in parts["kinds"].items(1, 2)})
    if "from" in parts:
        need[6] = parts["from"].jurisdictions()
    return need


def _milliseconds(item: Item) -> int:
    text = item.text().strip().lower()
    number, _, unit = text.partition(" ")
    if unit == "ms" and number.isdecimal():
        value = int(number)
    else:
        value = item.duration(0, 10) * 1000
    if not 100 <= value <= 10000:
        item.fail(f"{text!r} is not from 100 ms to 10 seconds")
    return value
