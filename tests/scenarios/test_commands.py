"""gatectl demo, sim and scan as people and CI use them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from host_tools.simulator.demo_site import DemoSite

GATECTL = Path(sys.executable).with_name("gatectl")


def run(*args: str, cache: Path | None = None, input: str = "") -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) if cache is None else {**os.environ, "GATE_CACHE": str(cache)}
    return subprocess.run(
        [GATECTL, *args], input=input, capture_output=True, text=True, check=False,
        env=environment, timeout=60,
    )  # fmt: skip


def test_demo(tmp_path: Path) -> None:
    done = run("demo", "--svg", str(tmp_path / "demo.svg"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all 13 as expected" in done.stdout
    assert done.stdout.count("then shut") == 4
    assert done.stdout.count("stayed shut") == 9
    for text in ("请通行", "Welcome", "健康码颜色不符合要求", "replayed", "on this computer"):
        assert text in done.stdout
    assert "\x1b" not in done.stdout, "plain where there is no terminal"
    picture = (tmp_path / "demo.svg").read_text()
    assert picture.startswith("<svg")
    assert "@font-face" not in picture, "nothing is fetched to look at it"


def test_scan_without_a_gate_says_what_to_do(tmp_path: Path) -> None:
    done = run("scan", "OC1:ABC", cache=tmp_path)
    assert done.returncode == 1
    assert "gatectl sim" in done.stderr


@pytest.mark.parametrize(
    ("args", "status", "complaint"),
    [
        (("scan",), 2, "give a code"),
        (("scan", "nothing.png"), 1, "no such file"),
        (("sim", "--board", "esp31-devkit"), 1, "did you mean"),
        (("sim", "--root", __file__), 2, "--bundle"),
        (("sim", "--at", "someday"), 2, "--at"),
    ],
)
def test_mistakes(tmp_path: Path, args: tuple[str, ...], status: int, complaint: str) -> None:
    done = run(*args, cache=tmp_path)
    assert (done.returncode, done.stdout) == (status, "")
    assert complaint in done.stderr


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A gate that runs, and the cache folder under which it can be reached."""
    cache = tmp_path_factory.mktemp("cache")
    with subprocess.Popen(
        [GATECTL, "sim"], env={**os.environ, "GATE_CACHE": str(cache)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if "show it a code" in line:
                break
        yield cache
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(10) == 0
        assert rest.endswith("stopped\n")


def test_scan_pictures_files_texts_and_stdin(gate: Path, tmp_path: Path) -> None:
    codes = gate / "sim" / "codes"
    granted = run("scan", str(codes / "erika-eu-certificate.png"), cache=gate)
    assert granted.returncode == 0, granted.stderr
    assert re.match(r"granted after \d+ ms\n  请通行\n  Welcome\n  relay: opened", granted.stdout)
    refused = run("scan", str(codes / "chen-forged.png"), "--json", cache=gate)
    assert refused.returncode == 1
    answer = json.loads(refused.stdout)
    assert (answer["reason"], answer["stage"]) == ("signature_invalid", "signature")
    assert answer["relay_on_ms"] is None
    (tmp_path / "code.txt").write_text("OC1:ABC\n")
    for args, text in (((str(tmp_path / "code.txt"),), ""), (("-",), "OC1:ABC\n")):
        assert "cose_invalid" in run("scan", *args, cache=gate, input=text).stdout
    assert "reader_garbage" in run("scan", "码", cache=gate).stdout


def test_a_phone_at_the_made_up_site(gate: Path) -> None:
    """Each scan is a new live code of the same person."""
    phone = ("scan", "--holder", "zhou", "--holders", str(gate / "sim" / "holders"), "--json")
    first = run(*phone, "--gate", "A-1", cache=gate)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["granted"]
    again = run(*phone, cache=gate)
    assert json.loads(again.stdout)["reason"] == "replayed"


def test_fire_from_another_terminal(gate: Path) -> None:
    assert run("scan", "--fire", "on", cache=gate).stdout == "the fire contact is on\n"
    time.sleep(0.3)
    assert "--fire off" in run("scan", "OC1:ABC", cache=gate).stderr
    assert run("scan", "--fire", "off", cache=gate).stdout == "the fire contact is off\n"
    time.sleep(0.5)
    assert "cose_invalid" in run("scan", "OC1:ABC", cache=gate).stdout


def test_an_update_from_another_terminal(gate: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.bundle"
    strange.write_bytes(DemoSite.make(1_800_000_000).bundle)
    done = run("scan", "--update", str(strange), cache=gate)
    assert (done.returncode, done.stdout) == (1, "refused: bundle_signatures\n"), done.stderr


def test_a_second_gate_is_refused(gate: Path) -> None:
    done = run("sim", cache=gate)
    assert done.returncode == 1
    assert "running already" in done.stderr
