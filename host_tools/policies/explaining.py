"""How the firmware decides on a code, step by step: asked of MicroPython, told in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from host_tools import firmware
from host_tools.names import word
from host_tools.policies.lanes import DIRECTIONS
from host_tools.policies.lists import SPARES
from host_tools.policies.site_rules import CONFLICT
from host_tools.policies.words import duration_words
from host_tools.problems import Failure
from host_tools.served import NoAnswer, Served
from host_tools.times import DAY, day_text, rfc3339

LOOP = Path(__file__).with_name("device") / "explain_loop.py"
PATIENCE = 60.0
MAX_CODE = 8192  # bytes handed over; the firmware refuses what is longer than a code can be

# the stages of encodings that a format has; all the others have every format
_ENCODINGS = {
    "OC1": ("base45", "cbor", "cose"),
    "HC1": ("base45", "inflate", "cbor", "cose"),
    "SHC": ("numeric", "jws", "inflate", "json"),
}

Told = dict[str, Any]


class Explainer:
    """Explains decisions by a bundle. A context manager."""

    def __init__(self, bundle: bytes, root: bytes) -> None:
        self._belief = (bundle, root)
        heap = f"{4 + len(bundle) // 100_000}M"
        self._served = Served(LOOP, heap=heap, patience=PATIENCE)

    def __enter__(self) -> Explainer:
        return self

    def __exit__(self, *_: object) -> None:
        self._served.stop()

    def explain(self, code: bytes, at: int, gate: str | None) -> Told:
        """What the firmware says of a code at a time (Unix seconds), and how it came to that."""
        frames = (*self._belief, (gate or "").encode(), at.to_bytes(8, "big"), code[:MAX_CODE])
        try:
            told: Told = json.loads(self._served.ask(frames))
        except (NoAnswer, ValueError):
            raise Failure(
                f"the firmware gave no answer; see why with: gatectl micropython {LOOP}"
            ) from None
        told["time"] = rfc3339(at)
        told["gate"] = gate
        told["stages"] = stages(told["format"], told["stage"])
        told["texts"] = {language: told["texts"][language] for language in _languages()}
        return told


def _languages() -> tuple[str, ...]:
    assert firmware.FIRMWARE.is_dir()
    from gate.ui import LANGUAGES

    return tuple(LANGUAGES)


def stages(code_format: str | None, refused_at: str | None) -> list[dict[str, object]]:
    """Every stage of a format up to the one that refused."""
    from gate.refusal import STAGES

    passed_by = _ENCODINGS.get(code_format or "", ())
    others = {stage for one in _ENCODINGS.values() for stage in one} - set(passed_by)
    found: list[dict[str, object]] = []
    for stage in STAGES[1:-1]:  # the reader and the gate itself are not asked here
        if stage in others and stage != refused_at:
            continue
        found.append({"stage": stage, "passed": stage != refused_at})
        if stage == refused_at:
            break
    return found


def lines(told: Told) -> Iterator[str]:
    """The path of a decision, for people. A line that begins with + held, with - did not."""
    where = f"gate {told['gate']}" if told["gate"] else "the usual lane"
    yield f"{told['verdict']} at {told['time']}, {where}"
    if told["reason"]:
        yield f"  reason: {told['reason']} (stage {told['stage']})"
    for text in told["texts"].values():
        yield f"  {' · '.join(filter(None, text))}"
    if told["rule"]:
        yield f"  rule: {told['rule']}" + (f", {told['named']}" if _other(told) else "")
    if told["decided_by"]:
        yield f"  decided by: {claim_words(told['decided_by'])}"
    yield ""
    yield "the code"
    if told["format"]:
        issuer = told["issuer"] or "nobody known"
        yield f"  {told['format']}, signed by {issuer} (key {told['kid']})"
    passed = [str(stage["stage"]) for stage in told["stages"] if stage["passed"]]
    if passed:
        yield f"  + {', '.join(passed)}"
    yield from (f"  - {stage['stage']}" for stage in told["stages"] if not stage["passed"])
    if told["trace"]:
        yield from _trace(told["trace"])


def _other(told: Told) -> bool:
    return bool(told["named"]) and told["named"] != told["rule"]


def _trace(trace: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "what it says, and whose word counts"
    for one in trace["claims"]:
        why = "" if one["believed"] else ": another one is believed (conflict)"
        if not one["heard"]:
            why = ": its issuer may not speak about that here"
        mark = "+" if one["believed"] else "-"
        yield f"  {mark} {one['kind']} {claim_words(one['claim'])}{why}"
    lane = trace["lane"]
    if lane is None:
        return
    yield ""
    yield "steps"
    for name, mode in lane["conflict"].items():
        word = next(word for word, number in CONFLICT.items() if number == mode)
        yield f"    when issuers disagree about {name}: {word}"
    if lane["zone"]:
        local = "not known" if lane["local"] is None else rfc3339(lane["local"])[:-1]
        opened = "" if lane["hours"] is None else f", lane {'open' if lane['open'] else 'closed'}"
        hours = f", hours {lane['hours']}" if lane["hours"] else ""
        yield f"    local time {local} ({lane['zone']}){hours}{opened}"
    yield from _lists(trace["lists"])
    for step in trace["steps"]:
        reason = "" if step["passed"] else f": {step['reason']} ({step['rule']})"
        yield f"  {'+' if step['passed'] else '-'} {step['step']}{reason}"
    for condition in trace["conditions"]:
        if condition["everybody"]:
            yield f"    condition {condition['name']}: {condition['outcome']}"
    if all(step["passed"] for step in trace["steps"]):
        outcomes = {one["name"]: one["outcome"] for one in trace["conditions"]}
        for way in trace["ways"]:
            yield from _way(way, outcomes)
        if not trace["ways"]:
            yield "  - no way in takes codes of this format"
    yield from _barrier(lane["barrier"])


def _barrier(lane: Mapping[str, Any]) -> Iterator[str]:
    """What the lane makes of a grant."""
    yield ""
    yield "the barrier"
    opened = "until the passage is over" if lane["hold"] else f"for {lane['pulse'] / 1000:g} s"
    yield (
        f"    a grant opens {opened}; waits {lane['passage_ms'] / 1000:g} s for a passage, "
        f"which may take {lane['held_ms'] / 1000:g} s"
    )
    if lane["direction"]:
        yield f"    direction: {word(DIRECTIONS, lane['direction'])}"
    if lane["replay"]:
        yield f"    the same person again: not for {duration_words(lane['replay'])}"
    if lane["passback"]:
        yield f"    anti-passback: {duration_words(lane['passback'])}"
    if lane["zone"]:
        yield f"    counted in zone {lane['zone']}, at most {lane['capacity']}"


def _lists(lists: Mapping[str, Any]) -> Iterator[str]:
    on = ", ".join(lists["on"]) or "none"
    yield f"    the person is digest:{lists['digest']}; on lists: {on}"
    if lists["lapsed"]:
        yield f"    on lists that do not count now: {', '.join(lists['lapsed'])}"
    spared = [name for name, bit in SPARES.items() if lists["spared"] & bit]
    if spared:
        yield f"    spared: {', '.join(spared)}"


def _way(way: Mapping[str, Any], outcomes: Mapping[str, str]) -> Iterator[str]:
    yield ""
    if way["bar"]:
        yield f"- way {way['name']!r}: {way['bar']}{_bar_words(way)}"
        return
    if not way["walked"]:
        yield f"  way {way['name']!r}: not tried, another one has granted"
        return
    mark = "+" if way["met"] else "-"
    yield f"{mark} way {way['name']!r}: {'holds' if way['met'] else way['reason']}"
    for need in way["needs"]:
        mark = "+" if need["met"] else "-"
        what = need["what"]
        if what == "condition":
            what += f" {need['named']}: {outcomes[need['named']]}"
        elif "facts" in need:
            what += "".join(f": {_fact(fact)}" for fact in need["facts"])
        reason = "" if need["met"] else f" ({need['reason']})"
        places = f", from {' '.join(need['places'])} only" if need.get("places") else ""
        yield f"  {mark} {what}{places}{reason}"
        for one in need["claims"]:
            mark = "-" if one["reason"] else "+"
            facts = "; ".join(filter(None, map(_fact, one["facts"])))
            reason = f" ({one['reason']})" if one["reason"] else ""
            claim = one["claim"]
            yield f"      {mark} {claim['jurisdiction']}, {claim['issuer']}: {facts}{reason}"


def _bar_words(way: Mapping[str, Any]) -> str:
    if way["bar"] in ("not_listed", "listing_not_valid") and way["list"]:
        return f" (list {way['list']})"
    if way["bar"] == "site_closed" and way["hours"]:
        return f" (hours {way['hours']})"
    return ""


def _fact(fact: Mapping[str, Any]) -> str:
    """One thing that was looked at, with its bounds: "53 h old, at most 48 h"."""
    what, value = fact["what"], fact["is"]
    if what == "age":
        words = f"{_span(value)} old" if value >= 0 else f"{_span(-value)} in the future"
        return words + _bounds(fact, _span)
    if what == "today":
        return (
            f"today {day_text(value)}, from {day_text(fact['least'])} to {day_text(fact['most'])}"
        )
    if what == "window":
        return f"looks back {value} days" + _bounds(fact, lambda days: f"{days} days")
    if what == "dose":
        return f"dose {value}" + _bounds(fact, str)
    if what == "series":
        return "" if fact["least"] is None else f"dose {value} of {fact['least']}, the last asked"
    among = fact.get("among") or ()
    return f"{what} {value}" + (f", asked: {' or '.join(among)}" if among else "")


def _bounds(fact: Mapping[str, Any], words: Any) -> str:
    found = ""
    if fact["least"] is not None:
        found += f", at least {words(fact['least'])}"
    if fact["most"] is not None:
        found += f", at most {words(fact['most'])}"
    return found


def _span(seconds: int) -> str:
    """An age as people say it: minutes, hours up to four days, then days."""
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 4 * DAY:
        hours, rest = divmod(seconds, 3600)
        return f"{hours} h" + (f" {rest // 60} min" if rest >= 60 else "")
    return duration_words(seconds - seconds % DAY)


def claim_words(claim: Mapping[str, Any]) -> str:
    """A claim on one line."""
    parts = [f"{claim['jurisdiction']}, {claim['issuer']}:"]
    for name in sorted(claim.keys() - {"jurisdiction", "issuer"}):
        value = claim[name]
        if name == "at":
            value = rfc3339(value)
        elif name in ("day", "first", "from", "until"):
            value = day_text(value)
        elif name == "regions":
            value = " ".join(f"{place} ({day_text(day)})" for place, day in value.items())
        elif isinstance(value, list):
            value = " ".join(map(str, value)) or "none"
        parts.append(f"{name} {value}")
    return " ".join(parts)
