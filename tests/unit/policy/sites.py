"""Random sites as their operators might write them, and random people who come."""

from __future__ import annotations

import random
from typing import Any

from .rules import DAY, HOUR, NOW, Case, Claims, health, recovery, travel, vaccination
from .rules import test as sampled

PLACES = ("CN", "CN-31", "CN-3101", "CN-44", "AT", "US-NY")
KINDS = ("health", "travel", "vaccination", "test", "recovery")
COLOURS = ("green", "yellow", "orange", "red")
SPARES = ("risk_regions", "hours", "proof", "replay", "anti_passback", "rules")
CONFLICTS = ("most_restrictive", "local_wins", "national_wins", "newest_wins")
ENDS = ("itself", "key")
ZONES = {"hall": 200, "laboratory": 12}
SUBJECTS = ("1111111111111111", "2222222222222222", "3333333333333333", "4444444444444444")

Document = dict[str, Any]


def some(rng: random.Random, options: Any, least: int = 0) -> list[Any]:
    return rng.sample(list(options), rng.randint(least, len(options)))


def document(rng: random.Random, plain: bool = False, ages: str = "both") -> Document:
    """A site's sections about rules. plain: without hours, lists, conditions and lanes. ages: which
    bounds of ages it has: "both", or "most" alone."""
    policy: Document = {"ways": []}
    site: Document = {"policy": policy, "home": "CN-31"}
    if rng.random() < 0.7:
        policy["colours"] = some(rng, COLOURS, 1)
    if rng.random() < 0.7:
        policy["speakers"] = {kind: some(rng, PLACES, 1) for kind in some(rng, KINDS, 1)}
    if rng.random() < 0.5:
        policy["risk_regions"] = some(rng, PLACES[2:], 1)
    names: dict[str, list[str]] = {"lists": [], "hours": [], "conditions": []}
    if not plain:
        _add_names(rng, policy, names)
        policy["zones"] = ZONES
        site["timezone"] = "Asia/Shanghai"
    ways = [f"way {number}" for number in range(rng.randint(1, 5))]
    policy["ways"] = [_way(rng, name, names, ages) for name in ways]
    site["lane"] = _lane(rng, ways, names, plain)
    if not plain and rng.random() < 0.6:
        site["lanes"] = [
            {"gates": some(rng, ("A-*", "*", "A-1", "B*2"), 1), **_lane(rng, ways, names, plain)}
            for _ in range(rng.randint(1, 3))
        ]
    for one in policy.get("lists", {}).values():
        if not one.get("deny") and rng.random() < 0.4:
            one["only"] = some(rng, ways, 1)
    return site


def _add_names(rng: random.Random, policy: Document, names: dict[str, list[str]]) -> None:
    if rng.random() < 0.7:
        policy["hours"] = {"day": ["daily 06:00-21:00"], "now": ["daily 00:00-24:00"]}
    if rng.random() < 0.7:
        logic = {"true": True, "false": False, "wrong": 1, "green": {"var": "claims.health"}}
        policy["conditions"] = {name: {"logic": logic[name]} for name in some(rng, logic, 1)}
    if rng.random() < 0.7:
        policy["lists"] = {}
        for name in some(rng, ("staff", "guests", "banned"), 1):
            one: Document = {"subjects": some(rng, SUBJECTS)}
            if name == "banned":
                one["deny"] = "yes"
            else:
                one["proof"] = rng.choice(("yes", "no"))
                if rng.random() < 0.7:
                    one["spares"] = some(rng, SPARES, 1)
            policy["lists"][name] = one
    for section in names:
        names[section] = list(policy.get(section, {}))


def _way(rng: random.Random, name: str, names: dict[str, list[str]], ages: str) -> Document:
    way: Document = {"name": name}
    for kind in some(rng, KINDS, 1)[:2]:
        need: Document = {}
        if rng.random() < 0.7:
            need["max_age"] = f"{rng.randint(1, 400)} hours"
        if ages == "both" and rng.random() < 0.3:
            need["min_age"] = f"{rng.randint(1, 48)} hours"
        if kind == "vaccination":
            need["complete"] = rng.choice(("yes", "no"))
        elif kind == "travel" and rng.random() < 0.5:
            need["window"] = f"{rng.randint(1, 20)} days"
        elif kind == "test" and rng.random() < 0.5:
            need["kinds"] = some(rng, ("naat", "rat"), 1)
        if rng.random() < 0.3:
            need["from"] = some(rng, PLACES, 1)
        way[kind] = need or "any"
    if rng.random() < 0.3:
        way["formats"] = rng.choice((["OC1"], ["HC1"], ["OC1", "HC1"]))
    if names["hours"] and rng.random() < 0.3:
        way["hours"] = rng.choice(names["hours"])
    if names["lists"] and rng.random() < 0.3:
        way["list"] = rng.choice(names["lists"])
    if names["conditions"] and rng.random() < 0.3:
        way["conditions"] = some(rng, names["conditions"], 1)
    if any(names.values()) and rng.random() < 0.2:
        way["proof"] = rng.choice(("yes", "no"))
    return way


def _add_barrier(rng: random.Random, lane: Document, names: dict[str, list[str]]) -> None:
    for option, words in (("relay", ("pulse", "hold")), ("alarm", ENDS), ("fire", ENDS)):
        if rng.random() < 0.3:
            lane[option] = rng.choice(words)
    if rng.random() < 0.3:
        lane["passage"] = f"{rng.randint(10, 60)} seconds"
    if rng.random() < 0.3:
        lane["held_open"] = f"{rng.randint(1, 600)} seconds"
    if not names["hours"] and rng.random() < 0.3:
        lane["clock"] = rng.choice(("refuse", "floor"))


def _lane(
    rng: random.Random, ways: list[str], names: dict[str, list[str]], plain: bool
) -> Document:
    lane: Document = {
        "pulse": f"{rng.randint(100, 10000)} ms",
        "replay": f"{rng.randint(0, 86400)} seconds",
        "clock_skew": f"{rng.randint(0, 3600)} seconds",
        "proof": {"required": rng.choice(("yes", "no")), "max_age": f"{rng.randint(5, 600)} s"},
    }
    _add_barrier(rng, lane, names)
    if plain:
        return lane
    if rng.random() < 0.5:
        lane["ways"] = some(rng, ways, 1)
    if names["hours"] and rng.random() < 0.5:
        lane["hours"] = rng.choice(names["hours"])
        if rng.random() < 0.5:
            lane["outside"] = some(rng, ways, 1)
    if rng.random() < 0.5:
        lane["direction"] = "entry"
        if rng.random() < 0.5:
            lane["zone"] = rng.choice(list(ZONES))
        lane["anti_passback"] = f"{rng.randint(1, 172800)} seconds"
    for rule in ("accept", "refuse"):
        if names["conditions"] and rng.random() < 0.2:
            lane[rule] = some(rng, names["conditions"], 1)
    return lane


def person(rng: random.Random, part: bytes, now: int = NOW) -> Case:
    """Someone who comes, with claims of the past."""
    claims: Claims = {}
    for kind in some(rng, KINDS):
        claims[kind] = [claim(rng, kind) for _ in range(rng.randint(1, 3))]
    proof = (now - rng.randint(0, 60), rng.choice((None, "A-1"))) if rng.random() < 0.7 else None
    gate = rng.choice(("A-1", "A-2", "B12", None))
    subject = rng.choice(SUBJECTS)
    return Case(part, claims, rng.choice(("OC1", "OC1", "HC1")), now, proof, gate, subject)


def claim(rng: random.Random, kind: str) -> dict[str, Any]:
    age = rng.choice((0, 1, 10, 100, 300)) * HOUR
    place = rng.choice(PLACES)
    if kind == "health":
        return health(place, rng.choice(("green", "green", "yellow", "red")), age)
    if kind == "travel":
        visited = {rng.choice(PLACES): rng.randint(0, 20) for _ in range(2)}
        return travel(visited, jurisdiction=place, at=NOW - age, days=rng.randint(1, 20))
    if kind == "vaccination":
        return vaccination(rng.randint(1, 3), 2, age // DAY, place)
    if kind == "test":
        result = rng.choice(("negative", "negative", "negative", "positive", "other"))
        return sampled(result, age, kind=rng.choice(("naat", "rat")), jurisdiction=place)
    return {**recovery(first=age // DAY + 20, start=9, end=-100), "jurisdiction": place}
