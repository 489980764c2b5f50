"""What policies take: bytes in the bundle, and of a terminal's heap besides, measured.

`python -m host_tools.policies.sizes` prints the table of docs/policy.md. The firmware opens each
part on MicroPython; the part itself lies in the buffer of the bundle and is read in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from host_tools import interpreter, yaml_file
from host_tools.bundles.site import FIELDS
from host_tools.firmware import ROOT
from host_tools.names import KINDS
from host_tools.policies.site_rules import compile_rules
from host_tools.problems import Failure
from host_tools.times import DAY

HEAVY = 16_000  # bytes of the heap from which on a board may be short of it
DEVICE = Path(__file__).with_name("device") / "check_policy.py"
NOW = 1_790_000_000
EXAMPLES = ROOT / "examples" / "sites"


def compiled(path: Path) -> bytes:
    """The policy part of a site's file."""
    return _part(yaml_file.load(path))


def _part(root: yaml_file.Item) -> bytes:
    parts = root.mapping(FIELDS, ("policy",))
    part = compile_rules(parts, NOW, NOW + 14 * DAY)
    root.finish()
    return part


def listed(people: int) -> bytes:
    """A site with a way in, and a list of so many people."""
    subjects = [f"{number:016x}" for number in range(people)]
    policy = {
        "lists": {"staff": {"subjects": subjects}},
        "ways": [{"name": "staff", "list": "staff", "health": "any"}],
    }
    return _part(yaml_file.parse(json.dumps({"policy": policy}).encode(), "site"))


def fullest() -> bytes:
    """A site that has as much of everything as there may be, but for the programs of conditions."""
    places = [f"CN-{number}" for number in range(10, 26)]
    names = [f"a name of thirty characters {number:02}" for number in range(16)]
    need = {"max_age": "24 hours", "min_age": "1 hours", "from": places}
    span = "Mon-Fri 08:00-18:00"
    policy: dict[str, object] = {
        "colours": ["green", "yellow"],
        "speakers": dict.fromkeys(KINDS, places),
        "conflict": "local_wins",
        "risk_regions": [f"CN-{number}" for number in range(1000, 1064)],
        "hours": dict.fromkeys(names, [span] * 16),
        "conditions": {name: {"logic": {"===": [1, 1]}} for name in names},
        "lists": {
            name: {"subjects": [f"{2048 * at + number:016x}" for number in range(256)]}
            for at, name in enumerate(names[:8])
        },
        "ways": [
            {"name": name, **dict.fromkeys(KINDS, need), "conditions": names, "hours": names[0]}
            for name in names
        ],
    }
    lane = {"gates": ["a gate of thirty characters"] * 8, "ways": names, "accept": names}
    site = {"home": "CN-31", "timezone": "Europe/Vienna", "policy": policy, "lanes": [lane] * 16}
    return _part(yaml_file.parse(json.dumps(site).encode(), "site"))


def heap(part: bytes) -> int:
    """Bytes that the firmware's Policy takes of the heap, its modules and the part apart."""
    with NamedTemporaryFile(suffix=".cbor") as file:
        file.write(part)
        file.flush()
        outcome = interpreter.run([str(DEVICE), file.name], heap="2M")
    if outcome.returncode:
        raise Failure(f"the firmware cannot open these rules: {outcome.stderr.strip()[-500:]}")
    reason, taken = json.loads(outcome.stdout)
    if reason is not None:
        raise Failure(f"the firmware does not accept these rules: {reason}")
    return int(taken)


def table() -> Iterator[str]:
    yield "| rules | bytes in the bundle | bytes of the heap besides |"
    yield "|---|---|---|"
    rows = {
        "examples/sites/shanghai-tower.yaml": compiled(EXAMPLES / "shanghai-tower.yaml"),
        "examples/sites/campus.yaml, which uses everything": compiled(EXAMPLES / "campus.yaml"),
        "one way, 100 people listed": listed(100),
        "one way, 2,048 people listed": listed(2048),
        "as much of everything as there may be": fullest(),
    }
    for name, part in rows.items():
        yield f"| {name} | {len(part):,} | {heap(part):,} |"


if __name__ == "__main__":
    print("\n".join(table()))
