"""How old the parts of a bundle are: the firmware's own judgement (gate.trust.age), and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace

from host_tools import firmware
from host_tools.bundles.bundle_file import Manifest, Pinned
from host_tools.times import duration_words, rfc3339

assert firmware.FIRMWARE.is_dir()
from gate.trust import age as judgement  # noqa: E402 - the firmware is on the path only now


def states(manifest: Manifest, now: int) -> Mapping[str, str]:
    """fresh, ending, grace or expired, of each part."""
    return {
        part.name: str(judgement.state(SimpleNamespace(**vars(part.terms)), now))
        for part in manifest.parts
    }


def worst(found: Iterable[str]) -> str:
    return max(found, key=judgement.STATES.index)


def words(part: Pinned, state: str, now: int) -> str:
    """What an operator needs to know."""
    terms = part.terms
    ends = rfc3339(terms.expires)
    left = duration_words(abs(terms.expires - now))
    after = "counts on with a warning" if terms.lenient else "refuses everybody"
    if state == "fresh":
        return f"fresh, until {ends} ({left})"
    if state == "ending":
        return f"ENDS SOON, at {ends} ({left}): build and bring a new bundle"
    if state == "grace":
        last = rfc3339(terms.expires + terms.grace)
        return f"IN ITS GRACE PERIOD since {ends}; from {last} it {after}"
    return f"EXPIRED since {ends}, and its grace period is over: it {after}"
