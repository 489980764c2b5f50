"""The EU's published DCC test cases through `gatectl verify`: each refused at its own stage."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

# Published flag that is false -> stages at which that shows.
STAGES = {
    "EXPECTEDUNPREFIX": {"prefix"},
    "EXPECTEDB45DECODE": {"base45"},
    "EXPECTEDCOMPRESSION": {"inflate"},
    "EXPECTEDDECODE": {"cbor", "cose"},
    "EXPECTEDVERIFY": {"key", "signature"},
    "EXPECTEDEXPIRATIONCHECK": {"time"},
    "EXPECTEDKEYUSAGE": {"claims"},
    "EXPECTEDSCHEMAVALIDATION": {"claims"},
}
# "Wrong CWT structure" is said to fail verification; it is a whole COSE_Sign1 written backwards,
# in which nothing can be found that could be verified.
UNREADABLE = {"common/2DCode/raw/CBO2.json": {"cbor", "cose"}}


def gatectl(*args: str, input: str = "") -> subprocess.CompletedProcess[str]:
    """The command as it is installed beside this interpreter."""
    command = Path(sys.executable).with_name("gatectl")
    return subprocess.run(
        [command, *args], input=input, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def cases(shared_vectors: Path) -> list[dict[str, Any]]:
    lines = (shared_vectors / "dcc.jsonl").read_text().splitlines()
    assert len(lines) > 40
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def answers(cases: list[dict[str, Any]], tmp_path_factory: Any) -> dict[str, dict[str, Any]]:
    """The answer for each case, with the certificates of all of them in one trust file."""
    folder = tmp_path_factory.mktemp("dcc")
    files = []
    for number, certificate in enumerate(sorted({case["certificate"] for case in cases})):
        file = folder / f"{number}.txt"
        file.write_text(certificate)
        files.append(str(file))
    trust = folder / "trust.json"
    imported = gatectl("trust", "import", *files, "--out", str(trust))
    assert imported.returncode == 0, imported.stderr
    clocks: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        clocks.setdefault(case["clock"], []).append(case)
    found = {}
    for clock, at_once in clocks.items():
        at = datetime.fromisoformat(clock).isoformat()
        codes = "".join(case["code"] + "\n" for case in at_once)
        outcome = gatectl("verify", "--trust", str(trust), "--at", at, "-", input=codes)
        assert outcome.returncode == 0, outcome.stderr
        lines = outcome.stdout.splitlines()
        assert len(lines) == len(at_once)
        found |= {case["id"]: json.loads(line) for case, line in zip(at_once, lines, strict=True)}
    return found


def expected_stages(case: dict[str, Any]) -> set[str]:
    """The stages at which a case may be refused; none if it must be accepted."""
    if case["id"] in UNREADABLE:
        return UNREADABLE[case["id"]]
    failing = [flag for flag, fine in case["expected"].items() if fine is False]
    return set().union(*(STAGES.get(flag, set()) for flag in failing))


def test_each_case_is_accepted_or_refused_for_its_published_cause(
    cases: list[dict[str, Any]], answers: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for case in cases:
        answer = answers[case["id"]]
        stages = expected_stages(case)
        if answer["ok"] == bool(stages) or (stages and answer["stage"] not in stages):
            wrong.append((case["id"], case["description"], stages, answer))
    assert not wrong


def test_what_was_signed_is_what_was_published(
    cases: list[dict[str, Any]], answers: dict[str, dict[str, Any]]
) -> None:
    compared = 0
    for case in cases:
        answer = answers[case["id"]]
        if answer["ok"] and case["json"]:
            assert _plain(answer["claims"]["hcert"]) == _plain(case["json"]), case["id"]
            compared += 1
    assert compared > 15


def test_a_refusal_says_what_it_knew(answers: dict[str, dict[str, Any]]) -> None:
    forged = answers["common/2DCode/raw/CO5.json"]
    assert (forged["reason"], forged["format"]) == ("signature_invalid", "HC1")
    assert (forged["kid"], forged["issuer"]) == ("c740251b7fa768b9", None)
    expired = answers["common/2DCode/raw/CO17.json"]
    assert (expired["reason"], expired["issuer"]) == ("code_expired", "AT")


def _plain(value: Any) -> Any:
    """Times compare as moments, and what is null is the same as what is not there."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and len(value) > 10 and value[10:11] == "T":
        return datetime.fromisoformat(value)
    return value
