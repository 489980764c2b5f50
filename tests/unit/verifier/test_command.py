"""`gatectl verify` as its user meets it: lines in, lines out, exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import trust_list

from .people import FOUR, GREEN, NOW, PLATFORM, STRANGER, TRUSTED, certificate, code

GATECTL = Path(sys.executable).with_name("gatectl")
AT = ("--at", "2026-09-21T14:13:20Z")  # NOW


@pytest.fixture(scope="module")
def trust(tmp_path_factory: Any) -> Path:
    file: Path = tmp_path_factory.mktemp("verify") / "trust.json"
    trust_list.save(file, [one.entry for one in TRUSTED])
    return file


def verify(*args: object, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [GATECTL, "verify", *map(str, args)]
    return subprocess.run(command, input=input, capture_output=True, check=False)


def test_now_is_the_time_of_these_tests() -> None:
    from host_tools.times import rfc3339

    assert rfc3339(NOW) == AT[1]


def test_one_answer_for_each_line_in_order(trust: Path) -> None:
    lines = [
        code(PLATFORM.says(GREEN)),
        b"",
        code(STRANGER.says(GREEN)) + b"\r",
        bytes(range(256)).replace(b"\n", b""),
        b"X" * 1_000_000,
        code(PLATFORM.says(FOUR)) + b" ",
        certificate(),
    ]
    outcome = verify("--trust", trust, *AT, "-", input=b"\n".join(lines))
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    answers = [json.loads(line) for line in outcome.stdout.split(b"\n")[:-1]]
    assert [answer["reason"] for answer in answers] == [
        None,
        "code_empty",
        "issuer_unknown",
        "prefix_unknown",
        "code_too_long",
        "base45_invalid",
        None,
    ]
    fields = ["ok", "reason", "stage", "format", "issuer", "kid", "claims"]
    assert all(list(answer) == fields for answer in answers)


def test_one_code_on_the_command_line(trust: Path) -> None:
    answer = verify("--trust", trust, *AT, "--json", certificate().decode())
    assert json.loads(answer.stdout)["format"] == "HC1"
    people = verify("--trust", trust, *AT, code(STRANGER.says(GREEN)).decode())
    assert people.returncode == 0
    assert "issuer_unknown" in people.stdout.decode()
    assert "发" in people.stdout.decode()  # the reason in Chinese too


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--trust", "absent.json", "HC1:"),
        ("--trust", __file__, "HC1:"),
        ("--bundle", __file__, "HC1:"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(args: tuple[str, ...]) -> None:
    outcome = verify(*args)
    assert outcome.returncode == 2
    assert b"Traceback" not in outcome.stderr
    assert outcome.stderr


def test_a_time_that_is_none_is_wrong_usage(trust: Path) -> None:
    outcome = verify("--trust", trust, "--at", "yesterday evening", "HC1:")
    assert outcome.returncode == 2
    assert b"is not a time" in outcome.stderr
