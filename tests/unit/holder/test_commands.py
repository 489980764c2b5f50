"""`gatectl holder` as people use it: one phone, three issuers who never meet, one code."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bootstrap.places import ROOT

from ..gatectl import GATECTL
from ..gatectl import gatectl_here as gatectl
from ..gatectl import works_here as works

ZHOU = ROOT / "examples" / "persons" / "zhou-several-issuers.yaml"
SITE = ROOT / "examples" / "sites" / "shanghai-tower.yaml"
SUBJECT = "7be2049fd5a1c836"
ISSUERS = ("national", "shanghai", "hospital")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each issuer on a machine of its own (a key store of its own), a phone, and a site."""
    path = tmp_path_factory.mktemp("city")
    works("holder", "new", "zhou", "--subject", SUBJECT, cwd=path)
    works("holder", "request", "zhou", "-o", "request.png", "-o", "request.txt", cwd=path)
    for name in ISSUERS:
        works("keys", "new", "issuer", "--name", name, "--keys", name, cwd=path)
        works("issue", ZHOU, "--for", "request.png", "--only", name, "--keys", name,
              "-o", f"{name}.png", "-o", f"{name}.txt", cwd=path)  # fmt: skip
        public = works("keys", "show", name, "--pem", "--keys", name, cwd=path)
        (path / f"{name}.pub.pem").write_text(public)
    works("keys", "new", "operator", cwd=path)
    site = SITE.read_text().replace("proof: no", "proof: {required: yes, max_age: 30 seconds}")
    for name in ISSUERS:
        site = site.replace(f"key: {name}\n", f"key: {name}.pub.pem\n")
    (path / "site.yaml").write_text(site)
    works("bundle", "build", "site.yaml", cwd=path)
    added = works("holder", "add", "zhou", "national.png", "shanghai.txt", "hospital.png",
                  "--site", "site.yaml", cwd=path)  # fmt: skip
    assert "CN-31 green, assessed 40 min ago; by Shanghai health, 2" in added
    return path


def verdict(folder: Path, code: str, *options: str) -> str | None:
    answer = json.loads(
        works("verify", "--bundle", "site.bundle", "--json", *options, code, cwd=folder)
    )
    reason: str | None = answer["reason"]
    return reason


def test_a_live_code_opens_the_gate_for_seconds(folder: Path) -> None:
    code = works("holder", "show", "zhou", cwd=folder).rstrip("\n")
    assert code.startswith("OC1:")
    assert verdict(folder, code) is None
    assert verdict(folder, code, "--at", "in 60 seconds") == "proof_stale"
    static = works("holder", "show", "zhou", "--static", cwd=folder).rstrip("\n")
    assert verdict(folder, static) == "proof_required"
    other = works("holder", "show", "zhou", "--gate", "B-9", cwd=folder).rstrip("\n")
    assert verdict(folder, other) == "proof_other_gate"
    assert verdict(folder, other, "--gate", "A-1") == "proof_other_gate"
    assert verdict(folder, other, "--gate", "B-9") is None


def test_claims_are_listed(folder: Path) -> None:
    document = json.loads(works("holder", "show", "zhou", "--json", cwd=folder))
    assert (document["name"], document["subject"]) == ("zhou", SUBJECT)
    issuers = [one["issuer"] for one in document["statements"]]
    assert issuers == ["Shanghai health", "National platform", "Ruijin Hospital"]
    assert document["qr_version"] <= 19
    (listed,) = json.loads(works("holder", "list", "--json", cwd=folder))
    assert listed["statements"] == document["statements"]
    assert re.search(r"zhou +7be2049fd5a1c836 +3 +health travel vaccination test +2\d h left",
                     works("holder", "list", cwd=folder))  # fmt: skip


def test_pictures_of_what_one_site_needs(folder: Path) -> None:
    works("holder", "show", "zhou", "--only", "health", "-o", "less.png", "-o", "less.txt",
          cwd=folder)  # fmt: skip
    less = (folder / "less.txt").read_text().strip()
    assert len(less) < len(works("holder", "show", "zhou", cwd=folder).strip())
    assert verdict(folder, less) == "vaccination_missing"
    assert (folder / "less.png").read_bytes().startswith(b"\x89PNG")


def test_others_are_refused(folder: Path) -> None:
    works("holder", "new", "eve", cwd=folder)
    done = gatectl("holder", "add", "eve", "national.png", cwd=folder)
    assert done.returncode == 1
    assert "national.png: this was made for another person" in done.stderr
    assert "gatectl holder request eve" in done.stderr
    request = works("holder", "request", "eve", cwd=folder).strip()
    done = gatectl("issue", ZHOU, "--for", request, "--keys", "national", cwd=folder)
    assert done.returncode == 1
    assert f"the file is about {SUBJECT}" in done.stderr
    done = gatectl("holder", "show", "eve", cwd=folder)
    assert done.returncode == 1
    assert "gatectl holder add eve" in done.stderr
    works("holder", "remove", "eve", "--yes", cwd=folder)
    assert "eve" not in works("holder", "list", cwd=folder)


def test_a_key_that_nobody_knows_is_said(folder: Path) -> None:
    works("holder", "new", "lone", "--subject", SUBJECT, cwd=folder)
    works("holder", "request", "lone", "-o", "lone.txt", cwd=folder)
    works("issue", ZHOU, "--for", "lone.txt", "--only", "national", "--keys", "national",
          "-o", "n.txt", cwd=folder)  # fmt: skip
    done = gatectl("holder", "add", "lone", "n.txt", cwd=folder)
    assert done.returncode == 0
    assert "not checked" in done.stderr
    done = gatectl("holder", "add", "lone", "n.txt", "national.txt", cwd=folder)
    assert (done.returncode, "another phone of the same person" in done.stderr) == (1, True)
    assert "removed: travel" in works("holder", "remove", "lone", "travel", cwd=folder)
    assert "no statement about" in works("holder", "remove", "lone", "travel", cwd=folder)


@pytest.mark.parametrize(
    ("args", "status", "complaint"),
    [
        (("new", "Zhou"), 1, "not a name"),
        (("new", "x", "--subject", "123"), 2, "hexadecimal"),
        (("show", "zhuo"), 1, "did you mean zhou"),
        (("show", "zhou", "--every", "1h"), 2, "from 1 to 600"),
        (("show", "zhou", "--every", "5s", "--once"), 2, "--every"),
        (("show", "zhou", "--static", "--gate", "A-1"), 2, "--gate"),
        (("show", "zhou", "--only", "helth"), 2, "did you mean health"),
        (("show", "zhou", "-o", "x.pdf"), 2, "ends in"),
        (("show", "zhou", "--gate", "g" * 33), 1, "1 to 32 bytes"),
        (("remove", "zhou", "tests"), 2, "did you mean test"),
        (("add", "zhou", "nothing.txt"), 1, "no such file"),
        (("add", "zhou", "OC1:ABC"), 1, "gatectl issue PERSON --for"),
        (("shwo",), 2, "did you mean show"),
    ],
)
def test_mistakes(folder: Path, args: tuple[str, ...], status: int, complaint: str) -> None:
    done = gatectl("holder", *args, cwd=folder)
    assert (done.returncode, done.stdout) == (status, "")
    assert complaint in " ".join(done.stderr.replace("│", " ").split())


def test_issue_for_a_phone_leaves_the_proof_to_it(folder: Path) -> None:
    for more in (("--proof",), ("--holder", "x")):
        done = gatectl("issue", ZHOU, "--for", "request.txt", *more, cwd=folder)
        assert done.returncode == 2
    done = gatectl("issue", ZHOU, "--for", "national.txt", cwd=folder)
    assert "gatectl holder request" in done.stderr
    done = gatectl("issue", ZHOU, "--for", "request.txt", "--only", "city", "--keys", "national",
                   cwd=folder)  # fmt: skip
    assert "in it speak hospital, national, shanghai" in done.stderr


def test_a_file_that_changes(folder: Path) -> None:
    """What an operator holds before a reader, or a second screen shows."""
    with subprocess.Popen(
        [GATECTL, "holder", "show", "zhou", "--every", "1s", "-o", "live.txt"], cwd=folder,
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert "every 1 s" in process.stdout.readline()
        seen = set()
        for _ in range(200):
            if (folder / "live.txt").exists():
                seen.add((folder / "live.txt").read_text())
            if len(seen) == 2:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert len(seen) == 2


def screen_of(args: list[str], folder: Path, columns: int, lines: int, until: str) -> str:
    """What a terminal of a size gets to see, until a text has appeared; then Ctrl+C."""
    parent, child = pty.openpty()
    size = {"COLUMNS": str(columns), "LINES": str(lines), "TERM": "xterm-256color"}
    with subprocess.Popen(
        [GATECTL, *args], cwd=folder, stdin=child, stdout=child, stderr=child,
        env={**os.environ, **size}, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(child)
        seen = b""
        sent = False
        while select.select([parent], [], [], 30)[0]:
            try:
                data = os.read(parent, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            seen += data
            if not sent and until in seen.decode("utf-8", "replace"):
                process.send_signal(signal.SIGINT)
                sent = True
    os.close(parent)
    return seen.decode("utf-8", "replace")


def test_the_screen_of_a_phone(folder: Path) -> None:
    seen = screen_of(["holder", "show", "zhou", "--gate", "A-1"], folder, 110, 70, "Ctrl+C ends")
    assert re.search(r"made \d\d:\d\d:\d\d UTC, for gate A-1; a new one in [1-5] s", seen)
    assert "CN-31 green" in seen
    assert "stopped" in seen
    small = screen_of(["holder", "show", "zhou"], folder, 80, 24, "\0")
    assert "needs a terminal of" in " ".join(small.split())
    once = screen_of(["holder", "show", "zhou", "--once"], folder, 110, 70, "\0")
    assert "characters" in once
    assert "Ruijin Hospital" in once


def test_a_phone_before_a_simulated_gate(folder: Path, tmp_path: Path) -> None:
    """gatectl sim in one terminal, gatectl scan --holder in another, as README tells it."""
    environment = {**os.environ, "GATE_CACHE": str(tmp_path)}

    def scan(*args: str) -> dict[str, object]:
        done = subprocess.run(
            [GATECTL, "scan", *args, "--json"], cwd=folder, env=environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.stdout, done.stderr
        answer: dict[str, object] = json.loads(done.stdout)
        assert done.returncode == (0 if answer["granted"] else 1)
        return answer

    with subprocess.Popen(
        [GATECTL, "sim", "--bundle", "site.bundle", "--gate", "A-1"], cwd=folder,
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert any("show it a code" in line for line in process.stdout)
        try:
            assert scan("--holder", "zhou", "--gate", "B-9")["reason"] == "proof_other_gate"
            granted = scan("--holder", "zhou", "--gate", "A-1")
            assert granted["granted"], granted
            works("holder", "show", "zhou", "--at", "50 seconds ago", "-o", "old.png", cwd=folder)
            assert scan("old.png")["reason"] == "proof_stale"
            assert scan("--holder", "zhou")["reason"] == "replayed"
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
    for args in (("--holder", "zhou", "x.png"), ("--gate", "A-1", "x.png")):
        assert gatectl("scan", *args, cwd=folder).returncode == 2
