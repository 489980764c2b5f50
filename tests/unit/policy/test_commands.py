"""gatectl policy check, explain and test, as operators use them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from host_tools.firmware import ROOT
from tests.unit.gatectl import gatectl, works

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, keys for the tower, its bundle, and Lin's code."""
    there = tmp_path_factory.mktemp("operator")
    shutil.copytree(EXAMPLES, there / "examples")
    for name in ("national", "shanghai", "hospital"):
        works("keys", "new", "issuer", "--name", name, cwd=there)
    works("keys", "new", "operator", cwd=there)
    site = there / "tower.yaml"
    site.write_text((EXAMPLES / "sites" / "shanghai-tower.yaml").read_text())
    works("bundle", "build", "tower.yaml", cwd=there)
    lin = "examples/persons/lin-all-green.yaml"
    works("issue", lin, "-o", "lin.txt", "-o", "lin.png", cwd=there)
    return there


def explained(folder: Path, *args: str) -> dict[str, Any]:
    told = json.loads(
        works("policy", "explain", *args, "--bundle", "tower.bundle", "--json", cwd=folder)
    )
    assert isinstance(told, dict)
    return told


def test_check_says_what_the_rules_take(folder: Path) -> None:
    said = works("policy", "check", "examples/sites/campus.yaml", cwd=folder)
    assert "4 ways in, 4 people listed; " in said
    document = json.loads(works("policy", "check", "tower.yaml", "--json", cwd=folder))
    assert document["home"] == "CN-31"
    assert 100 < document["bytes"] < 400
    assert 500 < document["heap"] < 4000


def test_check_shows_every_mistake(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("policy:\n  colours: [gren]\n  ways: []\n")
    done = gatectl("policy", "check", "wrong.yaml", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gatectl: wrong.yaml:2:13: ")
    assert "did you mean green?\n  2 |   colours: [gren]\n    |             ^^^^\n" in done.stderr
    assert "wrong.yaml:3:9: " in done.stderr


WARNED = """
home: CN
timezone: UTC
policy:
  speakers: {test: [CN]}
  zones: {trap: 5, unseen: 5}
  hours: {unused: [daily 08:00-09:00]}
  conditions: {idle: {logic: true}}
  lists:
    empty: {spares: replay}
    useless: {subjects: ["0011223344556677"]}
    staff: {subjects: ["0011223344556677"]}
  ways:
    - {name: a, list: staff}
    - {name: never, test: {max_age: 1 hour, min_age: 2 hours}}
    - {name: foreign, test: {from: [AT]}}
    - {name: nowhere, test: any}
lane: {ways: [a, never, foreign]}
lanes:
  - {gates: in, direction: entry, zone: trap}
  - {gates: out, direction: exit, zone: unseen}
texts: {not_listed/nobody: {en: x}, test_stale: {fr: Le test est trop vieux}}
"""


def test_check_warns_of_what_is_hardly_meant(folder: Path) -> None:
    (folder / "warned.yaml").write_text(WARNED)
    done = gatectl("policy", "check", "warned.yaml", cwd=folder)
    assert done.returncode == 0
    for text in (
        "hours 'unused'", "condition 'idle'", "list 'empty': nobody", "list 'useless'",
        "way 'a': whoever has a picture", "way 'never': max_age", "way 'foreign': it asks",
        "way 'nowhere': no lane", "no condition, list or way 'nobody'", "no texts in 'fr'",
        "zone 'trap': no lane leads out", "zone 'unseen': no lane leads into it",
    ):  # fmt: skip
        assert text in done.stderr, text
    assert done.stderr.count("warning: ") == 12


def test_explain_tells_the_whole_path(folder: Path) -> None:
    said = works("policy", "explain", "lin.png", "--bundle", "tower.bundle", cwd=folder)
    assert said.startswith("granted at ")
    for line in (
        "+ prefix, base45, cbor, cose, key, signature, time, claims, policy",
        "decided by: CN-31, National platform:", "+ risk regions", "+ way 'health code and test'",
        "3 h old, at most 24 h; colour green", "20 h old, at most 48 h; kind naat, asked: naat",
        "way 'vaccinated': not tried", "the person is digest:",
        "a grant opens for 3 s; waits 3 s for a passage, which may take 15 s",
        "the same person again: not for 10 minutes",
    ):  # fmt: skip
        assert line in said, line


def test_explain_tells_the_numbers_that_decide(folder: Path) -> None:
    later = works(
        "policy", "explain", "lin.txt", "--bundle", "tower.bundle", "--at", "in 23 hours",
        cwd=folder,
    )  # fmt: skip
    assert later.startswith("refused") or "way 'vaccinated': holds" in later
    assert "- way 'health code and test': health_stale" in later
    assert "26 h old, at most 24 h; colour green (health_stale)" in later
    told = explained(folder, "lin.txt", "--at", "in 23 hours", "--gate", "A-1")
    assert (told["verdict"], told["rule"], told["gate"]) == ("granted", "vaccinated", "A-1")
    way = told["trace"]["ways"][0]
    [health] = [need for need in way["needs"] if need["what"] == "health"]
    [fact] = [fact for fact in health["claims"][0]["facts"] if fact["what"] == "age"]
    assert fact["most"] == 86400 < fact["is"]


def test_verify_and_explain_allow_the_skew_of_the_gate(folder: Path) -> None:
    site = (folder / "tower.yaml").read_text()
    lanes = "lanes: [{gates: [roof], clock_skew: 1 hour}]\n"
    (folder / "skew.yaml").write_text(site + lanes)
    works("bundle", "build", "skew.yaml", cwd=folder)
    text = (folder / "lin.txt").read_text().strip()
    bundle = ("--bundle", "skew.bundle", "--json", "--at", "30 minutes ago")
    for gate, reason in (("lobby", "code_not_yet_valid"), ("roof", None)):
        answer = json.loads(works("verify", text, *bundle, "--gate", gate, cwd=folder))
        told = json.loads(works("policy", "explain", text, *bundle, "--gate", gate, cwd=folder))
        assert (answer["reason"], told["reason"]) == (reason, reason), gate


def test_explain_tells_of_refusals_at_every_stage(folder: Path) -> None:
    text = (folder / "lin.txt").read_text().strip()
    cut, wrong = text[: 4 + 3 * (len(text) // 6)], text.replace("OC1:", "XX1:")
    broken = explained(folder, cut)
    assert broken["verdict"] == "refused"
    assert broken["trace"] is None
    assert broken["stages"][-1] == {"stage": broken["stage"], "passed": False}
    assert explained(folder, wrong)["reason"] == "prefix_unknown"
    late = explained(folder, text, "--at", "in 3 days")
    assert (late["reason"], late["stages"][-1]["stage"]) == ("code_expired", "time")
    said = works("policy", "explain", wrong, "--bundle", "tower.bundle", cwd=folder)
    assert "- prefix" in said


def test_explain_takes_a_code_from_stdin(folder: Path) -> None:
    text = (folder / "lin.txt").read_text()
    said = works("policy", "explain", "-", "--bundle", "tower.bundle", cwd=folder, input=text)
    assert said.startswith("granted")


def test_explain_agrees_with_verify(folder: Path) -> None:
    for at in ("now", "in 5 hours", "in 23 hours", "in 30 hours", "2 days ago"):
        command = ("lin.txt", "--bundle", "tower.bundle", "--at", at, "--json")
        text = (folder / "lin.txt").read_text().strip()
        verified = json.loads(works("verify", text, *command[1:], cwd=folder))
        told = json.loads(works("policy", "explain", *command, cwd=folder))
        for field in ("reason", "stage", "format", "issuer", "kid"):
            assert told[field] == verified[field], (at, field)
        assert told["rule"] == verified.get("rule")
        assert told["decided_by"] == verified.get("decided_by")


def test_the_example_table_comes_out_as_expected(folder: Path) -> None:
    done = gatectl("policy", "test", "examples/cases/campus.yaml", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 as expected, 0 not" in done.stdout
    assert "DIFFERS" not in done.stdout


def test_what_differs_is_shown_and_fails(folder: Path) -> None:
    cases = folder / "cases.yaml"
    cases.write_text(
        """
bundle: tower.bundle
cases:
  - {name: Lin, code: lin.txt, expect: granted}
  - {name: Lin again, code: lin.png, expect: test_stale}
  - name: rule
    code: lin.txt
    expect: {verdict: granted, rule: vaccinated, jurisdiction: CN}
"""
    )
    done = gatectl("policy", "test", "cases.yaml", cwd=folder)
    assert done.returncode == 1
    for text in (
        "1 as expected, 2 not", "cases.yaml:5:5: Lin again",
        "verdict: expected refused, got granted", "reason: expected test_stale, got none",
        "rule: expected vaccinated, got health code and test",
        "jurisdiction: expected CN, got CN-31",
    ):  # fmt: skip
        assert text in done.stdout, text
    rows = json.loads(gatectl("policy", "test", "cases.yaml", "--json", cwd=folder).stdout)
    assert [row["passed"] for row in rows] == [True, False, False]
    assert rows[0]["told"]["rule"] == "health code and test"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("cases: [{code: x}]", "either 'site' or 'bundle'"),
        ("site: s.yaml\ncases: [{name: x}]", "either 'person' or 'code'"),
        ("site: s.yaml\ncases: [{code: x, expect: test_stal}]", "did you mean test_stale?"),
        ("site: s.yaml\ncases: [{code: x, expect: {verdict: grant}}]", "did you mean granted?"),
        ("site: s.yaml\ncases: [{code: x, wen: now}]", "is not known here"),
        ("site: s.yaml\ncases: [{person: nobody.yaml}]", "cannot be read"),
        ("site: s.yaml\ncases: [{code: x}]", "s.yaml: cannot be read"),
        ("site: s.yaml\ncases: []", "1 to 1000 are possible"),
    ],
)
def test_mistakes_in_a_table(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "c.yaml").write_text(text + "\n")
    done = gatectl("policy", "test", "c.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert complaint in done.stderr


def test_wrong_usage(folder: Path) -> None:
    assert gatectl("policy", "explain", "lin.txt", cwd=folder).returncode == 2
    assert gatectl("policy", "exlain", cwd=folder).returncode == 2
    assert gatectl("policy", "check", "nothing.yaml", cwd=folder).returncode == 2
