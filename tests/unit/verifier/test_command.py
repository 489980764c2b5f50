"""`gatectl verify` as its user meets it: lines in, lines out, exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import trust_list
from host_tools.codes import hc1
from host_tools.verifying.service import Service

from .people import FOUR, GREEN, NOW, PLATFORM, STRANGER, TRUSTED, certificate, code, trust_part

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


def test_what_was_signed_cannot_act_on_the_terminal(trust: Path) -> None:
    document = hc1.vaccination("AT", 2, 2, "2026-01-15")
    product = "[/red] [link=x]\x1b[31m\x07\x7f\x9b2J\n\u2028\u202e\U000e0001"
    document["v"][0]["mp"] = product  # type: ignore[index]
    shown = certificate(document).decode()
    people = verify("--trust", trust, *AT, "--", shown)
    assert (people.returncode, people.stderr) == (0, b"")
    for part in (b"[/red]", b"[link=x]\\u001b[31m\\u0007\\u007f\\u009b2J\\u000a\\u2028\\u202e"):
        assert part in people.stdout
    (line,) = verify("--trust", trust, *AT, "--json", shown).stdout.decode().splitlines()
    assert line.isprintable()
    assert json.loads(line)["claims"]["vaccination"][0]["product"] == product


@pytest.mark.parametrize("sampled", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_beyond_the_calendar_is_shown_all_the_same(trust: Path, sampled: str) -> None:
    entry = hc1.vaccination("AT", 2, 2, "2026-01-15")["v"][0]  # type: ignore[index]
    test = entry | {"tt": "LP6464-4", "tr": "260415000", "sc": sampled}
    document = hc1.vaccination("AT", 2, 2, "2026-01-15") | {"v": [], "t": [test]}
    outcome = verify("--trust", trust, *AT, certificate(document).decode())
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert b"s after 1970" in outcome.stdout


def test_a_verifier_that_dies_is_replaced() -> None:
    with Service(trust=trust_part()) as service:
        assert service._served._process is not None
        service._served._process.kill()
        lost = service.verify(certificate(), NOW)
        assert (lost["ok"], lost["reason"], lost["stage"]) == (False, "internal_error", "gate")
        assert list(lost) == ["ok", "reason", "stage", "format", "issuer", "kid", "claims"]
        assert service.verify(certificate(), NOW)["ok"]


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
