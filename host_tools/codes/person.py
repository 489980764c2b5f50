"""A person's file (YAML) -> what is to be said about them, by whom, until when.

examples/persons/ has one of each. Claims that name no issuer are made by the file's `issuer`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from host_tools.names import COLOURS, KINDS, LATEST, TEST_KINDS, TEST_RESULTS, place_number
from host_tools.times import DAY
from host_tools.yaml_file import Item

MAX_EACH = 4  # claims of a kind in one statement
MAX_STATEMENTS = 8
MAX_REGIONS = 32
MAX_RISKS = 16
MAX_WINDOW = 60  # days
MAX_AGE = 525600  # minutes
DEFAULT_VALIDITY = DAY

_FIELDS = (
    "name", "subject", "holder", "issuer", "issued", "valid", "valid_until", "not_before", "id",
    "health", "travel", "vaccination", "tests", "recovery",
)  # fmt: skip
_SECTIONS = {
    "health": "health",
    "travel": "travel",
    "vaccination": "vaccination",
    "tests": "test",
    "recovery": "recovery",
}

ClaimSet = dict[int, list[list[object]]]


@dataclass
class Statement:
    """What one issuer says. `issuer` is a key's name or file, or None: the default one."""

    issuer: str | None
    claims: ClaimSet = field(default_factory=dict)


@dataclass
class Person:
    """What a code is to say. subject: None if the file leaves it to the phone."""

    subject: bytes | None
    issued: int
    expires: int
    not_before: int | None
    cti: bytes | None
    holder: str | None
    statements: list[Statement]


def read_person(root: Item, now: int) -> Person:
    """Read a person's file. `now` is what "now" and "3 hours ago" count from."""
    fields = root.mapping(_FIELDS)
    issued = fields["issued"].instant(now) if "issued" in fields else now
    default = fields["issuer"].text() if "issuer" in fields else None
    return Person(
        subject=fields["subject"].hex(8, 16) if "subject" in fields else None,
        issued=issued,
        expires=_expires(fields, issued),
        not_before=fields["not_before"].instant(now) if "not_before" in fields else None,
        cti=_cti(fields["id"]) if "id" in fields else None,
        holder=fields["holder"].text() if "holder" in fields else None,
        statements=_statements(root, fields, default, issued, now),
    )


def _expires(fields: Mapping[str, Item], issued: int) -> int:
    if "valid" in fields and "valid_until" in fields:
        fields["valid_until"].fail("say either 'valid' or 'valid_until', not both")
    if "valid_until" in fields:
        expires = fields["valid_until"].instant(issued)
        if not issued < expires <= LATEST:
            fields["valid_until"].fail("this is not after the time of issue")
        return expires
    if "valid" in fields:
        return issued + fields["valid"].duration(1, LATEST - issued)
    return issued + DEFAULT_VALIDITY


def _cti(item: Item) -> bytes:
    return secrets.token_bytes(8) if item.text() == "random" else item.hex(4, 16)


def _statements(
    root: Item, fields: Mapping[str, Item], default: str | None, issued: int, now: int
) -> list[Statement]:
    statements: dict[str | None, Statement] = {}
    for section, kind in _SECTIONS.items():
        if section not in fields:
            continue
        allowed, required, read = _CLAIMS[kind]
        for item in fields[section].items(1, MAX_EACH * MAX_STATEMENTS):
            parts = item.mapping(("issuer", *allowed), required)
            issuer = parts["issuer"].text() if "issuer" in parts else default
            statement = statements.setdefault(issuer, Statement(issuer))
            claims = statement.claims.setdefault(KINDS[kind], [])
            if len(claims) == MAX_EACH:
                item.fail(f"one issuer may make at most {MAX_EACH} claims of one kind")
            claims.append(read(parts, issued, now))
    if not statements:
        root.fail(f"nothing is said; add one of {', '.join(_SECTIONS)}")
    if len(statements) > MAX_STATEMENTS:
        root.fail(f"{len(statements)} issuers; a code holds statements of at most {MAX_STATEMENTS}")
    return list(statements.values())


def _age(item: Item, issued: int, now: int) -> int:
    """Whole minutes before the time of issue."""
    minutes = (issued - item.instant(now)) // 60
    if not 0 <= minutes <= MAX_AGE:
        item.fail("this must be before the time of issue, and at most a year before it")
    return minutes


def _health(parts: Mapping[str, Item], issued: int, now: int) -> list[object]:
    age = _age(parts["assessed"], issued, now) if "assessed" in parts else 0
    return [_place(parts["jurisdiction"]), parts["colour"].choice(COLOURS), age]


def _travel(parts: Mapping[str, Item], issued: int, now: int) -> list[object]:
    window = parts["window"].duration(DAY, MAX_WINDOW * DAY) // DAY if "window" in parts else 14
    regions: dict[int | str, int] = {}
    for name, seen in parts["regions"].pairs():
        ago = issued // DAY - seen.day(now)
        if not 0 <= ago <= window:
            seen.fail(f"the record looks back {window} days from the time of issue")
        regions[_place(name)] = ago
    if len(regions) > MAX_REGIONS:
        parts["regions"].fail(f"{len(regions)} regions; at most {MAX_REGIONS} are possible")
    claim: list[object] = [_place(parts["jurisdiction"]), window, regions]
    if "risk" in parts:
        claim.append([_place(item) for item in parts["risk"].items(1, MAX_RISKS)])
    return claim


def _vaccination(parts: Mapping[str, Item], _issued: int, now: int) -> list[object]:
    return [
        _place(parts["jurisdiction"]),
        parts["product"].text(1, 24),
        parts["dose"].integer(1, 9),
        parts["of"].integer(1, 9),
        parts["date"].day(now),
    ]


def _test(parts: Mapping[str, Item], issued: int, now: int) -> list[object]:
    return [
        _place(parts["jurisdiction"]),
        parts["kind"].choice(TEST_KINDS),
        parts["result"].choice(TEST_RESULTS),
        _age(parts["sampled"], issued, now),
    ]


def _recovery(parts: Mapping[str, Item], _issued: int, now: int) -> list[object]:
    first, start, end = (parts[name].day(now) for name in ("first_positive", "from", "until"))
    if not first <= start <= end:
        parts["until"].fail("the dates must be in order: first_positive, from, until")
    return [_place(parts["jurisdiction"]), first, start, end]


def _place(item: Item) -> int | str:
    """A place as claims have it: Chinese ones by their number."""
    return place_number(item.jurisdiction())


_Reader = Callable[[Mapping[str, Item], int, int], list[object]]
# kind -> fields that may be there, fields that must be there, and who reads them
_CLAIMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], _Reader]] = {
    "health": (("jurisdiction", "colour", "assessed"), ("jurisdiction", "colour"), _health),
    "travel": (("jurisdiction", "window", "regions", "risk"), ("jurisdiction", "regions"), _travel),
    "vaccination": (
        ("jurisdiction", "product", "dose", "of", "date"),
        ("jurisdiction", "product", "dose", "of", "date"),
        _vaccination,
    ),
    "test": (
        ("jurisdiction", "kind", "result", "sampled"),
        ("jurisdiction", "kind", "result", "sampled"),
        _test,
    ),
    "recovery": (
        ("jurisdiction", "first_positive", "from", "until"),
        ("jurisdiction", "first_positive", "from", "until"),
        _recovery,
    ),
}
