"""A person's file: what is read from it, and mistakes shown at their place."""

from __future__ import annotations

import cbor2
import pytest

from host_tools import yaml_file
from host_tools.cbor import encode
from host_tools.codes import hc1, oc1
from host_tools.codes.person import Person, read_person
from host_tools.keys.private import generate
from host_tools.names import ES256
from host_tools.problems import Failure
from host_tools.times import DAY, TimeFormError, duration, instant

NOW = 1_790_000_000
FULL = """
subject: 0011 2233 4455 6677
issuer: platform
valid: 2 days
health: {jurisdiction: CN-31, colour: green, assessed: 90 minutes ago}
travel:
  jurisdiction: CN
  window: 7 days
  regions: {CN-31: today, US-NY: 3 days ago}
  risk: [US-NY]
vaccination:
  - {jurisdiction: CN, product: "科兴", dose: 2, of: 3, date: 2026-03-01}
  - {jurisdiction: CN, product: "科兴", dose: 3, of: 3, date: 2026-09-01, issuer: clinic}
tests: {jurisdiction: CN-3101, kind: rat, result: positive, sampled: 1 hour ago}
recovery: {jurisdiction: AT, first_positive: 2026-01-01, from: 2026-01-12, until: 2026-07-01}
"""


def read(text: str, now: int = NOW) -> Person:
    return read_person(yaml_file.parse(text.encode(), "p.yaml"), now)


def day(text: str) -> int:
    return instant(text, 0) // DAY


def test_everything_that_can_be_said() -> None:
    person = read(FULL)
    assert person.subject == bytes.fromhex("0011223344556677")
    assert (person.issued, person.expires) == (NOW, NOW + 2 * DAY)
    platform, clinic = person.statements
    assert (platform.issuer, clinic.issuer) == ("platform", "clinic")
    assert platform.claims == {
        1: [[31, 1, 90]],
        2: [[0, 7, {31: 0, "US-NY": 3}, ["US-NY"]]],
        3: [[0, "科兴", 2, 3, day("2026-03-01")]],
        4: [[3101, 2, 1, 60]],
        5: [["AT", day("2026-01-01"), day("2026-01-12"), day("2026-07-01")]],
    }
    assert clinic.claims == {3: [[0, "科兴", 3, 3, day("2026-09-01")]]}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("colour: green", "colour: gren", "did you mean green?"),
        ("colour: green", "color: green", "did you mean colour?"),
        ("jurisdiction: CN-31,", "jurisdiction: cn-31,", "did you mean CN-31?"),
        ("assessed: 90 minutes ago", "assessed: in 90 minutes", "before the time of issue"),
        ("assessed: 90 minutes ago", "assessed: 90 minutse ago", "is not a time"),
        ("colour: green, ", "", "'colour' is missing"),
        ("window: 7 days", "window: 61 days", "is not from"),
        ("US-NY: 3 days ago", "US-NY: 9 days ago", "looks back 7 days"),
        ("US-NY: 3 days ago", "CN-31: 3 days ago", "a second time"),
        ("dose: 2,", "dose: two,", "whole number from 1 to 9"),
        ("subject: 0011 2233 4455 6677", "subject: 1234", "hexadecimal"),
        ("until: 2026-07-01", "until: 2025-07-01", "in order"),
        ("valid: 2 days", "valid: 2 days\nvalid_until: 2027-01-01", "not both"),
        ("valid: 2 days", "valid_until: 2026-01-01", "not after the time of issue"),
        ("kind: rat", "kind: [rat]", "single value"),
        ("tests: {", "test: {", "did you mean tests?"),
    ],
)  # fmt: skip
def test_mistakes_are_shown_with_line_and_column(before: str, after: str, says: str) -> None:
    assert before in FULL
    with pytest.raises(Failure) as failure:
        read(FULL.replace(before, after))
    place, line, column, message = str(failure.value).split(":", 3)
    assert place == "p.yaml"
    assert says in message
    wrong = FULL.replace(before, after).splitlines()[int(line) - 1]
    assert 1 <= int(column) <= len(wrong)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("- 1", "mapping"),
        ("a: [", "p.yaml:"),
        ("a: !!python/object:os.system x\nsubject: 1", "not known"),
        ("subject: 0011223344556677", "nothing is said"),
        ("subject: 0011223344556677\nhealth: []", "1 to 32"),
    ],
)
def test_files_that_are_none(text: str, says: str) -> None:
    with pytest.raises(Failure, match=r"^p\.yaml") as failure:
        read(text)
    assert says in str(failure.value)


def test_bounds_of_a_code() -> None:
    test = "{jurisdiction: CN, kind: naat, result: negative, sampled: now}"
    claims = "tests: [" + ", ".join([test] * 5) + "]"
    with pytest.raises(Failure, match="at most 4 claims"):
        read("subject: 0011223344556677\n" + claims)
    many = ", ".join(test.replace("{", f"{{issuer: i{n}, ") for n in range(9))
    with pytest.raises(Failure, match="at most 8"):
        read(f"subject: 0011223344556677\ntests: [{many}]")
    said = [oc1.Said(generate(ES256), {4: [[0, 1, 0, 0]] * 4}, NOW, NOW + DAY) for _ in range(14)]
    with pytest.raises(Failure, match="1536 are possible"):
        oc1.issue(bytes(16), said)


def test_times_and_durations() -> None:
    moments = {
        "2026-11-20": "2026-11-20T00:00:00+00:00",
        "2026-11-20 08:30": "2026-11-20T08:30:00+00:00",
        "2026-11-20T08:30:00+08:00": "2026-11-20T00:30:00+00:00",
        "2026-11-20T08:30:00Z": "2026-11-20T08:30:00+00:00",
    }
    for written, meant in moments.items():
        assert instant(written, NOW) == instant(meant, 0)
    assert instant("now", NOW) == NOW
    assert instant("yesterday", NOW) == NOW - NOW % DAY - DAY
    assert instant("3 hours ago", NOW) == NOW - 10800
    assert instant("in 1 week", NOW) == NOW + 7 * DAY
    assert [duration(one) for one in ("90 s", "1 minute", "24h", "14 days")] == [
        90, 60, 86400, 14 * DAY,
    ]  # fmt: skip
    for wrong in ("", "soon", "3 fortnights", "-1 days", "1.5 hours", "1969-12-31", "2026-13-01"):
        with pytest.raises(TimeFormError):
            instant(wrong, NOW)


def test_keys_are_in_bytewise_order() -> None:
    """RFC 8949 4.2.1, where RFC 7049's order, by length first, would differ."""
    encoded = encode({"AT": 1, 310101: 2, -1: 3, 7: 4, "A": 5})
    assert list(cbor2.loads(encoded)) == [7, 310101, -1, "A", "AT"]


def test_a_proof_can_be_renewed_by_the_holder() -> None:
    issuer, holder = generate(ES256), generate(ES256)
    said = [oc1.Said(issuer, {1: [[0, 1, 0]]}, NOW, NOW + DAY)]
    static = oc1.issue(bytes(8), said, holder.public)
    live = oc1.with_proof(static, oc1.Proof(holder, NOW + 5, "A-1"))
    again = oc1.with_proof(live, oc1.Proof(holder, NOW + 5, "A-1"))
    assert live == again
    assert oc1.parse_text(live)[:2] == oc1.parse_text(static)
    with pytest.raises(Failure, match="gate's id"):
        oc1.with_proof(static, oc1.Proof(holder, NOW, "x" * 33))


def test_certificates_for_the_demo_are_whole() -> None:
    key = generate(ES256)
    der = hc1.certificate(key, "AT", "DSC", NOW - DAY, NOW + DAY, ["vaccination"])
    document = hc1.vaccination("AT", 2, 2, "2026-06-01")
    text = hc1.issue(key, hc1.kid_of(der), document, "AT", NOW, NOW + DAY)
    assert text.startswith("HC1:")
    assert len(text) < 700
