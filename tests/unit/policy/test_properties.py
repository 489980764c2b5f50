"""What holds for every policy and everybody: on the firmware, over random sites and people."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_tools import interpreter as micropython_interpreter
from host_tools.firmware import FIRMWARE, ROOT
from host_tools.interpreter import Interpreter
from host_tools.names import COLOURS as COLOUR_NUMBERS
from host_tools.names import FORMATS, is_jurisdiction
from host_tools.policies.lists import SPARES as SPARED
from host_tools.policies.site_rules import CONFLICT
from host_tools.times import duration

from . import sites
from .rules import Case, decide, health, site_part, travel
from .rules import test as sampled

MEANING = Path(__file__).with_name("meaning_main.py")
EXAMPLE = (ROOT / "examples" / "sites" / "campus.yaml").read_text()
SEEDS = st.integers(0, 2**32)
few = settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])


def compiled(site: sites.Document) -> bytes:
    return site_part(json.dumps(site))


def meanings(parts: list[bytes], interpreter: Interpreter) -> list[Any]:
    done = micropython_interpreter.run(
        [str(MEANING)], interpreter=interpreter, heap="4M", timeout=120,
        input="".join(part.hex() + "\n" for part in parts),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


# from words to the firmware's meaning


def expected(site: sites.Document) -> dict[str, Any]:
    """What a site's sections mean, read off the words."""
    policy = site["policy"]
    ways = policy["ways"]
    modes = policy.get("conflict", {})
    return {
        "colours": sorted(policy.get("colours", ["green"]), key=COLOUR_NUMBERS.__getitem__),
        "speakers": policy.get("speakers", {}),
        "risks": policy.get("risk_regions", []),
        "home": site["home"],
        "conflict": {kind: CONFLICT[mode] for kind, mode in modes.items() if CONFLICT[mode]},
        "ways": [
            {
                "name": way["name"],
                "needs": {kind: _need(kind, way[kind]) for kind in sites.KINDS if kind in way},
                "formats": sum(FORMATS[name] for name in way.get("formats", FORMATS)),
                "hours": way.get("hours"),
                "conditions": way.get("conditions", []),
                "list": way.get("list"),
                "proof": None if "proof" not in way else way["proof"] == "yes",
            }
            for way in ways
        ],
        "lists": [
            [
                name,
                len(one["subjects"]),
                one.get("deny") == "yes",
                sum(SPARED[word] for word in one.get("spares", [])),
                one.get("proof") == "yes",
                one.get("only"),
            ]
            for name, one in policy.get("lists", {}).items()
        ],
        "lane": _lane(site["lane"]),
        "lanes": [[one["gates"], _lane(one, site["lane"])] for one in site.get("lanes", [])],
    }


def _need(kind: str, words: Any) -> list[Any]:
    if words == "any":
        words = {}
    number = words.get("window")
    return [
        duration(words["max_age"]) if "max_age" in words else None,
        duration(words["min_age"]) if "min_age" in words else None,
        None if number is None else duration(number) // 86400,
        words.get("complete") == "yes",
        sorted(words.get("kinds", []), key=("naat", "rat").index),
        words.get("from", []),
    ]


def _lane(own: sites.Document, usual: sites.Document | None = None) -> list[Any]:
    lane = {**(usual or {}), **own}
    rules = [
        list(dict.fromkeys([*(usual or {}).get(rule, []), *own.get(rule, [])]))
        for rule in ("accept", "refuse")
    ]
    return [
        int(lane["pulse"].split()[0]),
        duration(lane["replay"]),
        lane["proof"]["required"] == "yes",
        duration(lane["proof"]["max_age"]),
        duration(lane["clock_skew"]),
        lane.get("ways"),
        lane.get("hours"),
        lane.get("outside", []),
        1 if "direction" in lane else None,
        duration(lane["anti_passback"]) if "anti_passback" in lane else 0,
        *rules,
        [
            lane.get("relay") == "hold",
            1000 * duration(lane["passage"]) if "passage" in lane else 0,
            1000 * duration(lane.get("held_open", "15 seconds")),
            lane.get("alarm") == "key",
            lane.get("fire") == "key",
        ],
        [lane.get("zone"), sites.ZONES.get(lane.get("zone", "")), lane.get("clock") == "floor"],
    ]


@few
@given(seed=SEEDS)
def test_what_the_host_compiles_the_firmware_understands_alike(
    micropython: Interpreter, seed: int
) -> None:
    rng = random.Random(seed)
    documents = []
    for _ in range(20):
        site = sites.document(rng)
        site["policy"]["conflict"] = {
            kind: rng.choice(sites.CONFLICTS) for kind in ("health", "travel", "test")
        }
        documents.append(site)
    found = meanings([compiled(site) for site in documents], micropython)
    for site, meaning in zip(documents, found, strict=True):
        assert meaning == expected(site)


def full_part() -> bytes:
    """The part of the example that uses everything, without its file of people."""
    text = EXAMPLE[EXAMPLE.index("policy:") :]
    text = text.replace("file: ../lists/staff.txt", 'subjects: ["7be2049fd5a1c836"]')
    return site_part(f"home: CN-31\ntimezone: Europe/Vienna\n{text}")


FULL = full_part()


@few
@given(seed=SEEDS, noise=st.lists(st.binary(max_size=60), min_size=10, max_size=40))
def test_whatever_is_no_policy_part_is_refused_as_such(
    micropython: Interpreter, seed: int, noise: list[bytes]
) -> None:
    rng = random.Random(seed)
    damaged = list(noise)
    for _ in range(120):
        data = bytearray(FULL)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(data))
            piece = rng.choice(
                (b"", rng.randbytes(1), rng.randbytes(4), bytes([data[at] ^ 1 << rng.randrange(8)]))
            )
            data[at : at + rng.randrange(3)] = piece
        damaged.append(bytes(data))
    answers = meanings(damaged, micropython)
    assert len(answers) == len(damaged)
    assert {answer for answer in answers if isinstance(answer, str)} == {"policy_invalid"}


def test_every_cut_is_refused(micropython: Interpreter) -> None:
    cut = meanings([FULL[:size] for size in range(len(FULL))], micropython)
    assert set(cut) == {"policy_invalid"}
    assert meanings([FULL, FULL + b"\0"], micropython)[1] == "policy_invalid"


# decisions


def crowd(rng: random.Random, size: int, **site: Any) -> list[Case]:
    """People at the gates of a few sites."""
    cases = []
    for _ in range(size // 20):
        part = compiled(sites.document(rng, **site))
        cases += [sites.person(rng, part) for _ in range(20)]
    return cases


@few
@given(seed=SEEDS)
def test_a_stricter_claim_opens_nothing(micropython: Interpreter, seed: int) -> None:
    """By default: whoever is refused is refused with one more claim that is worse than theirs."""
    rng = random.Random(seed)
    cases = crowd(rng, 160, plain=True)
    worse = [replace(case, claims=with_worse(case, rng)) for case in cases]
    before, after = decide(cases, micropython), decide(worse, micropython)
    for case, changed, first, second in zip(cases, worse, before, after, strict=True):
        assert first[0] or not second[0], (case, changed, first, second)
    assert any(answer[0] for answer in before)


def with_worse(case: Case, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """One claim more, like one that is there but worse; or one that no site lets pass."""
    claims = {kind: list(said) for kind, said in case.claims.items()}
    kind = rng.choice(("health", "travel", "test"))
    if kind in claims:
        base = dict(rng.choice(claims[kind]))
        if kind == "health":
            worst = sites.COLOURS[sites.COLOURS.index(base["colour"]) :]
            base["colour"] = rng.choice(worst)
        elif kind == "travel":
            base["risk"] = [rng.choice(sites.PLACES)]
        else:
            base["result"] = rng.choice((base["result"], "positive"))
        claims[kind].append(base)
    else:
        made = {"health": health(colour="red"), "travel": travel(risk=["CN-53"])}
        claims[kind] = [made.get(kind) or sampled("positive")]
        if kind == "health":  # a site may accept red: then a first claim is no worse one
            claims[kind] = []
    return claims


@few
@given(seed=SEEDS)
def test_whoever_may_not_speak_changes_nothing(micropython: Interpreter, seed: int) -> None:
    rng = random.Random(seed)
    cases, talked = [], []
    for _ in range(8):
        site = sites.document(rng)
        site["policy"]["speakers"] = {kind: ["CN-31"] for kind in sites.KINDS}
        site["policy"]["conflict"] = rng.choice(sites.CONFLICTS)
        part = compiled(site)
        for _ in range(20):
            case = sites.person(rng, part)
            claims = {kind: list(said) for kind, said in case.claims.items()}
            for kind in sites.some(rng, sites.KINDS, 1):
                said = {**sites.claim(rng, kind), "jurisdiction": rng.choice(("CN", "AT", "CN-44"))}
                claims.setdefault(kind, []).insert(rng.randint(0, len(claims.get(kind, []))), said)
            cases.append(case)
            talked.append(replace(case, claims=claims))
    before, after = decide(cases, micropython), decide(talked, micropython)
    for case, first, second in zip(talked, before, after, strict=True):
        assert (first[0], first[2]) == (second[0], second[2]), case
        if first[0]:
            assert first == second, case
        elif first[1] != second[1]:  # the person is told more exactly what is missing
            assert first[1].endswith("_missing"), (first, second)
            assert second[1].endswith("_jurisdiction"), (first, second)


@few
@given(seed=SEEDS, older=st.integers(1, 1000))
def test_growing_older_opens_nothing(micropython: Interpreter, seed: int, older: int) -> None:
    """Where no least age is asked for: time alone never lets anybody in who was refused before."""
    rng = random.Random(seed)
    cases, aged = [], []
    for case in crowd(rng, 160, plain=True, ages="most"):
        if case.proof is None:
            claims = {
                kind: [
                    {field: v - 3600 * older if field == "at" else v for field, v in one.items()}
                    for one in said
                ]
                for kind, said in case.claims.items()
                if kind in ("health", "test")
            }
            kept = {kind: said for kind, said in case.claims.items() if kind in claims}
            cases.append(replace(case, claims=kept))
            aged.append(replace(case, claims=claims))
    before, after = decide(cases, micropython), decide(aged, micropython)
    for case, first, second in zip(cases, before, after, strict=True):
        assert first[0] or not second[0], (case, first, second)


@few
@given(seed=SEEDS)
def test_without_a_clock_or_a_claim_nobody_comes_in(micropython: Interpreter, seed: int) -> None:
    rng = random.Random(seed)
    cases = crowd(rng, 200)
    for answer in decide([replace(case, now=None) for case in cases], micropython):
        assert answer[:3] == [False, "clock_untrusted", "clock"]
    for answer in decide([replace(case, claims={}) for case in cases], micropython):
        assert answer[0] is False


@few
@given(seed=SEEDS)
def test_a_grant_names_a_way_and_a_claim_that_may_speak(
    micropython: Interpreter, seed: int
) -> None:
    rng = random.Random(seed)
    granted = 0
    for case, answer in zip(cases := crowd(rng, 300), decide(cases, micropython), strict=True):
        if answer[0]:
            granted += 1
            assert answer[2].startswith("way "), case
            assert any(answer[3] in said for said in case.claims.values())
            assert is_jurisdiction(answer[3]["jurisdiction"])
        else:
            assert answer[1], case
    assert granted < len(cases)


# what explains is what decides


def test_telling_of_a_decision_does_not_change_it(micropython: Interpreter) -> None:
    rng = random.Random(7)
    cases = crowd(rng, 240)
    cases += [sites.person(rng, FULL) for _ in range(60)]
    told = decide(cases, micropython, explained=True)
    assert told == decide(cases, micropython)
    assert sum(answer[0] for answer in told) >= 3


def test_there_is_one_place_that_grants() -> None:
    sources = {path: path.read_text() for path in (FIRMWARE / "gate").rglob("*.py")}
    places = [
        (path.name, line.strip())
        for path, text in sources.items()
        for line in text.splitlines()
        if re.search(r"Decision\(\s*True|granted\s*=\s*True|\.granted\s*=(?!=)", line)
    ]
    assert places == [
        ("decide.py", "self.granted = granted"),
        ("decide.py", "return Decision(True, None, claim, way.name)"),
    ]
